"""The affinity tuner: the scheduler's verdicts and points as a table, and the wiring of its rules."""

from __future__ import annotations

import pytest

from labkit.lab import Lab
from labkit.views.affinity import describe, judge, table
from labkit.widgets import affinity_tuner
from labkit.widgets.affinity_tuner import AffinityTuner, Rule, Tuner


@pytest.fixture
def labelled() -> Lab:
    lab = Lab.kubernetes(nodes=3, zones="ab")
    lab.kubectl("label nodes node-1 node-2 disk=ssd")
    lab.kubectl("label nodes node-2 cores=16")
    return lab


@pytest.fixture
def tuner(labelled: Lab) -> AffinityTuner:
    return affinity_tuner(labelled, [("disk", "In", "ssd, nvme")], [(60, ("cores", "Gt", "8"))])


def test_every_node_has_its_verdict_and_its_points(tuner: AffinityTuner) -> None:
    one, two, three = judge(tuner.model.why())
    assert (one.standing, one.likes[0][0], one.sum, one.counted) == ("feasible", 0, 0, 0)
    assert (two.standing, two.likes[0][0], two.sum, two.scaled, two.counted) == ("chosen", 60, 60, 100, 200)
    assert two.total == two.counted + two.others
    assert three.refusals == ("term 1: disk in (ssd, nvme) fails: no label disk",)


def test_only_labels_that_tell_machines_apart_are_shown(tuner: AffinityTuner) -> None:
    assert judge(tuner.model.why())[1].labels == ("zone=b", "disk=ssd", "cores=16")
    assert tuner.model.keys() == ["cores", "disk", "topology.kubernetes.io/zone"]


def test_the_table_and_the_caption_say_the_same(tuner: AffinityTuner) -> None:
    assert "The pod goes to node-2; 2 of 3 nodes can take it." in tuner.table.value
    assert table(tuner.model.why()).rows[1][:2] == ("node-2", "chosen")
    assert "★" in tuner.table.value and "✗" in tuner.table.value


def test_changing_a_rule_changes_the_picture(tuner: AffinityTuner) -> None:
    _, operator, values = tuner.children[1].children
    operator.value = "DoesNotExist"
    assert values.disabled
    assert "The pod goes to node-3; 1 of 3 nodes can take it." in tuner.table.value
    operator.value, values.value = "In", "tape"
    assert "The pod waits: no node can take it." in tuner.table.value


def test_a_weight_alone_changes_nothing_but_its_own_number(tuner: AffinityTuner) -> None:
    before = [one.counted for one in judge(tuner.model.why())]
    tuner.children[4].children[3].value = 1
    assert [one.counted for one in judge(tuner.model.why())] == before
    assert "Preferred 1, weight 1" in tuner.table.value


def test_without_rules_there_is_no_affinity(labelled: Lab) -> None:
    model = Tuner(labelled, [Rule()], [(50, Rule())])
    assert model.affinity() == {}
    assert describe(model.why()).endswith("3 of 3 nodes can take it.")


def test_what_the_api_server_refuses_is_said_in_its_words(tuner: AffinityTuner) -> None:
    tuner.children[1].children[2].value = ""
    assert "must be specified when `operator` is" in tuner.table.value


def test_the_lab_is_left_as_it_is(tuner: AffinityTuner, labelled: Lab) -> None:
    assert labelled.get("pods") == []
    assert repr(tuner) == "<affinity tuner: 3 nodes>"
