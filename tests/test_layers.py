"""Imports point down only: the contracts of pyproject.toml hold."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


@pytest.fixture(scope="module")
def contracts() -> list[dict]:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    return project["tool"]["importlinter"]["contracts"]


def test_imports_point_down_only(root, capsys):
    status = lint_imports(config_filename=str(root / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_module_has_its_layer(root, contracts):
    named = {module.strip() for layer in contracts[0]["layers"] for module in layer.replace("|", ":").split(":")}
    modules = {path.stem for path in (root / "labkit").glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in (root / "labkit").glob("*/__init__.py")}
    assert {f"labkit.{name}" for name in modules | packages} == named


def test_everything_below_the_surfaces_is_kept_from_drawing(contracts):
    layers = contracts[0]["layers"]
    lower = layers[layers.index("labkit.lab") :]
    below = [module.strip() for layer in lower for module in layer.replace("|", ":").split(":")]
    assert contracts[1]["source_modules"] == below
