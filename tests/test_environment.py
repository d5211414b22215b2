"""environment.yml and requirements.lock agree with pyproject.toml."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ONLY_ON_PYPI = {"kubernetes-validate"}


def bounds(lines) -> dict[str, str]:
    requirements = map(Requirement, lines)
    return {canonicalize_name(each.name): str(each.specifier) for each in requirements}


@pytest.fixture(scope="module")
def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def conda(root) -> list:
    return yaml.safe_load((root / "environment.yml").read_text("utf-8"))["dependencies"]


@pytest.fixture(scope="module")
def lock(root) -> str:
    return (root / "requirements.lock").read_text("utf-8")


def test_conda_gets_the_same_packages_with_the_same_bounds(project, conda):
    wanted = bounds([*project["dependencies"], *project["optional-dependencies"]["notebook"]])
    found = bounds(line for line in conda if isinstance(line, str))
    assert found.pop("python") == project["requires-python"]
    assert found.pop("pip") == ""
    assert found == {name: bound for name, bound in wanted.items() if name not in ONLY_ON_PYPI}


def test_conda_installs_this_clone(conda):
    assert {"pip": ["-e ."]} in conda


def test_the_lock_satisfies_every_requirement(project, lock):
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;]+)", lock, re.MULTILINE))
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *extras["notebook"], *extras["test"]]:
        requirement = Requirement(line)
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier, line


def test_make_help_lists_every_target(root):
    text = (root / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()
    told = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[0] for line in told.splitlines()[1:]] == targets


def test_the_lock_has_hashes_and_names_no_host(lock):
    packages = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(packages) > 50
    assert [text.split()[0] for text in packages if "--hash=sha256:" not in text] == []
    assert "://" not in lock
    assert "--index-url" not in lock
