"""What arguments mean."""

from __future__ import annotations

import pytest

from labkit.errors import CommandError
from labkit.kinds import KINDS
from labkit.kubectl.call import Call
from labkit.kubectl.parser import COMMANDS
from labkit.kubectl.resources import kind_of, select, typed_name


def found(lab, *args, **flags):
    lab.kubectl("version --client")
    call = Call(lab, COMMANDS["get"], list(args), flags)
    return select(call, list_all=True)


@pytest.mark.parametrize(
    "word", ["deploy", "deployment", "deployments", "Deployment", "deployments.apps", "deploy.apps"]
)
def test_a_kind_has_many_spellings(lab, word):
    lab.kubectl("version --client")
    call = Call(lab, COMMANDS["get"], [], {})
    assert kind_of(word, call).name == "Deployment"


@pytest.mark.parametrize(
    ("args", "names"),
    [
        (["pods"], "hungry web-1 web-2"),
        (["pod", "web-2", "web-1"], "web-2 web-1"),
        (["pod/web-1", "deploy/web"], "web-1 web"),
        (["po,deploy"], "hungry web-1 web-2 web"),
        (["deploy,po/web"], "web"),
        (["no"], "node-1 node-2"),
    ],
)
def test_arguments_name_objects(lab, args, names):
    assert " ".join(item.obj["metadata"]["name"] for item in found(lab, *args).items) == names


def test_one_name_is_single_and_a_list_of_one_is_not(lab):
    assert found(lab, "pod", "web-1").single
    assert not found(lab, "deploy").single


def test_what_is_not_there_is_an_error_beside_the_rest(lab):
    result = found(lab, "pod", "web-1", "x", "y")
    assert [str(error) for error in result.errors] == ['pods "x" not found', 'pods "y" not found']
    assert len(result.items) == 1


def test_no_arguments_are_refused_with_examples(lab):
    with pytest.raises(CommandError, match="You must provide one or more resources"):
        found(lab)


def test_typed_names_carry_the_group():
    assert typed_name(KINDS["Deployment"], "web") == "deployment.apps/web"
    assert typed_name(KINDS["Pod"], "web") == "pod/web"
