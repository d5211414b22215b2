"""`kubectl taint`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.kinds import Key
from labkit.kubectl.taint import EFFECTS, Change, Taint, parse, reorganized

TAINTS = st.builds(Taint, st.sampled_from("abc"), st.sampled_from(["", "x"]), st.sampled_from(EFFECTS))
UNIQUE = st.lists(TAINTS, unique_by=lambda one: (one.key, one.effect))


def taints(lab):
    return lab.cluster.require(Key("Node", "", "node-1"))["spec"].get("taints")


def test_taints_are_added_changed_and_removed(lab):
    lines = ("a=b:NoSchedule", "a=c:NoSchedule --overwrite", "a:NoSchedule-")
    say = [lab.kubectl(f"taint nodes node-1 {words}").stdout for words in lines]
    assert say == ["node/node-1 tainted\n", "node/node-1 modified\n", "node/node-1 untainted\n"]
    assert not taints(lab)


def test_every_node_that_matches_is_tainted(lab):
    assert lab.kubectl("taint nodes --all a:NoSchedule").stdout == "node/node-1 tainted\nnode/node-2 tainted\n"
    assert lab.kubectl("taint node -l disk=ssd b:NoExecute").stdout == "node/node-1 tainted\n"
    assert [one["key"] for one in taints(lab)] == ["b", "a"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("nodes node-1", "error: at least one taint update is required\n"),
        ("a:NoSchedule", "error: one or more resources must be specified as <resource> <name>\n"),
        (
            "nodes a:NoSchedule",
            "error: at least one resource name must be specified since 'all' parameter is not set\n",
        ),
        ("nodes node-1 a-", 'error: taint "a" not found\n'),
        ("nodes nothing a:NoSchedule", 'Error from server (NotFound): nodes "nothing" not found\n'),
        ("pods web-1 a:NoSchedule", "error: invalid resource type pods, only node types are supported\n"),
        ("nodes node-1 a:NoSchedule node-2", "error: all resources must be specified before taint changes: node-2\n"),
        (
            "nodes node-1 a:NoRun",
            "error: invalid taint effect: NoRun, unsupported taint effect\n"
            "See 'kubectl taint -h' for help and examples\n",
        ),
        (
            "nodes node-1 a:NoSchedule a=b:NoSchedule",
            "error: duplicated taints with the same key and effect: a=b:NoSchedule\n"
            "See 'kubectl taint -h' for help and examples\n",
        ),
        (
            "nodes node-1 a:NoSchedule a-",
            'error: can not both modify and remove the following taint(s) in the same command: {"a":""}\n',
        ),
    ],
)
def test_lines_that_make_no_sense_are_refused(lab, words, error):
    done = lab.kubectl(f"taint {words}")
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)


def test_a_taint_that_is_there_is_not_changed_unasked(lab):
    lab.kubectl("taint nodes node-1 a=b:NoSchedule")
    refused = lab.kubectl("taint nodes node-1 a=c:NoSchedule").stderr
    assert refused == "error: node node-1 already has a taint(s) with same effect(s) and --overwrite is false\n"


@given(UNIQUE, UNIQUE)
def test_added_taints_stand_first_and_none_is_there_twice(old, add):
    new, _ = reorganized(old, Change(add, []), True)
    assert new[: len(add)] == add
    assert len({(one.key, one.effect) for one in new}) == len(new)
    assert {one.key for one in old} <= {one.key for one in new}


@given(UNIQUE.filter(bool))
def test_what_is_added_can_be_removed(found):
    gone = parse([f"{one.key}:{one.effect}-" for one in found]).remove
    assert reorganized(found, Change([], gone), False) == ([], "untainted")
