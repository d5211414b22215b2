"""What the server offers."""

from __future__ import annotations

import json

import pytest

from labkit import Lab
from labkit.kinds import RESOURCES
from labkit.kubectl import run


def test_every_kind_is_listed_once():
    assert run(Lab.kubernetes(nodes=0), "api-resources --no-headers").count("\n") == len(RESOURCES)


def test_wide_adds_verbs_and_categories():
    line = next(
        line for line in run(Lab.kubernetes(nodes=0), "api-resources -o wide").splitlines() if line.startswith("pods ")
    )
    assert line.split()[-2:] == ["create,delete,deletecollection,get,list,patch,update,watch", "all"]


def test_kinds_can_be_chosen():
    assert run(Lab.kubernetes(nodes=0), "api-resources --api-group=batch -o name") == "cronjobs.batch\njobs.batch\n"
    assert run(Lab.kubernetes(nodes=0), "api-resources --categories=all -o name").splitlines()[0] == "pods"
    assert "bindings" not in run(Lab.kubernetes(nodes=0), "api-resources --verbs=list -o name").splitlines()


def test_core_comes_last_among_the_versions():
    assert run(Lab.kubernetes(nodes=0), "api-versions").splitlines()[-1] == "v1"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("api-resources -o yaml", "error: --output yaml is not available\n"),
        ("api-resources --sort-by=age", "error: --sort-by accepts only name or kind\n"),
        ("version -o wide", "error: --output must be 'yaml' or 'json'\n"),
        ("get --raw /nothing", "Error from server (NotFound): the server could not find the requested resource\n"),
    ],
)
def test_what_is_not_offered_is_refused(command, text):
    assert run(None, command).stderr == text


def test_the_version_can_be_had_as_json_and_raw():
    assert json.loads(run(None, "version -o json").stdout)["serverVersion"]["gitVersion"] == "v1.36.2"
    assert json.loads(run(None, "get --raw /version"))["minor"] == "36"
