"""`kubectl explain`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.kinds import KINDS
from labkit.kubectl.enums import ENUMS
from labkit.kubectl.explain import resource_and_path, wrapped
from labkit.manifests import schema


def test_a_field_tells_its_type_and_what_is_below(lab):
    text = lab.kubectl("explain deployment.spec.strategy.rollingUpdate").stdout
    assert text.startswith(
        "GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n\nFIELD: rollingUpdate <RollingUpdateDeployment>\n"
    )
    assert "\n  maxSurge\t<IntOrString>\n" in text


def test_a_field_that_takes_few_values_lists_them(lab):
    text = lab.kubectl("explain deploy.spec.strategy.type").stdout
    assert "FIELD: type <string>\nENUM:\n    Recreate\n    RollingUpdate\n\nDESCRIPTION:\n" in text
    assert '    Possible enum values:\n     - `"Recreate"` Kill all existing pods before creating new ones.\n' in text


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("explain pod.spec.toleratons", 'error: field "toleratons" does not exist\n'),
        ("explain pod.spec.nodeName.x", 'error: field "x" does not exist\n'),
        ("explain nothing", 'the server doesn\'t have a resource type "nothing"\n'),
        ("explain pod deploy", "error: We accept only this format: explain RESOURCE\n\n"),
    ],
)
def test_what_is_not_there_is_an_error(lab, command, error):
    refused = lab.kubectl(command)
    assert (refused.stderr, refused.exit_code) == (error, 1)


@pytest.mark.parametrize("name", [name for name in KINDS if schema.name_of(name)])
def test_every_kind_can_be_explained_in_full(lab, name):
    assert lab.kubectl(f"explain {name} --recursive").stdout.startswith(("GROUP:", "KIND:"))


def test_groups_and_paths_are_told_apart():
    assert resource_and_path("deployments.apps.spec.replicas") == (KINDS["Deployment"], ["spec", "replicas"])
    assert resource_and_path("po") == (KINDS["Pod"], [])


def test_enumerated_fields_are_fields_of_the_schema():
    ends = {name.rpartition(".")[2]: name for name in schema.definitions()}
    for place, word in ENUMS:
        assert word in schema.definition(ends[place])["properties"]


@given(st.lists(st.text("abc", min_size=1, max_size=9), max_size=30), st.integers(9, 40))
def test_wrapping_loses_no_word_and_keeps_the_width(words, width):
    lines = wrapped(" ".join(words), width).split("\n")
    assert " ".join(lines).split() == words
    assert all(len(line) <= width for line in lines)
