"""The front door: few names, all of them real, and cheap to open."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

import labkit

BUDGET = 0.3
"""Seconds that `import labkit` may take, as the interpreter counts them."""

HEAVY = {"pandas", "matplotlib", "IPython", "ipywidgets", "jupyterlab", "nbformat", "scipy", "kubernetes_validate"}


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)


def loaded_by(code: str) -> set[str]:
    told = python("-c", f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))")
    return {name.partition(".")[0] for name in json.loads(told.stdout)}


def test_import_labkit_stays_within_its_budget(record_property):
    times = [microseconds(python("-X", "importtime", "-c", "import labkit").stderr) for _ in range(3)]
    record_property("measured", f"import labkit: {min(times) / 1000:.1f} ms")
    assert min(times) < BUDGET * 1e6


def microseconds(report: str) -> int:
    last = re.findall(r"\|\s+(\d+) \| labkit$", report, re.MULTILINE)[-1]
    return int(last)


def test_import_labkit_loads_nothing_heavy():
    assert not loaded_by("import labkit") & (HEAVY | {"networkx", "numpy", "msgspec"})


def test_a_lab_needs_neither_notebooks_nor_plots():
    loaded = loaded_by("from labkit import Lab; Lab.kubernetes(nodes=1).run('10s')")
    assert not loaded & (HEAVY - {"kubernetes_validate"})


def test_there_are_at_most_40_public_names():
    assert len(labkit.__all__) == len(set(labkit.__all__)) <= 40
    assert dir(labkit) == sorted(labkit.__all__)


@pytest.mark.parametrize("name", labkit.__all__)
def test_every_public_name_is_there_and_documented(name):
    assert getattr(labkit, name).__doc__


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Lap'"):
        labkit.Lap  # noqa: B018
