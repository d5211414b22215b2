"""What check_plugin finds, and that the project's own plugins pass."""

import numpy as np
import pytest

from labkit import Lab, Profile, check_plugin
from labkit.errors import LabError
from labkit.scheduler import DEFAULT
from labkit.scheduler.noderesourcesfit import NodeResourcesFit
from labkit.scheduler.pernode import NodeView, PerNode
from labkit.scheduler.plugin import SKIP, UNSCHEDULABLE, Prepared, Verdict
from labkit.scheduler.scoringstrategy import MostAllocated, Point, RequestedToCapacityRatio


def findings(plugin) -> dict[str, str]:
    return {one.where: one.sentence for one in check_plugin(plugin).findings}


@pytest.mark.parametrize("plugin", DEFAULT.plugins, ids=lambda plugin: plugin.name)
def test_the_projects_own_plugins_are_plugins(plugin):
    report = check_plugin(plugin)
    assert report, str(report)


def test_so_are_they_with_other_arguments():
    assert check_plugin(NodeResourcesFit(MostAllocated()))
    assert check_plugin(NodeResourcesFit(RequestedToCapacityRatio((Point(0, 10), Point(100, 0)))))


class NoOldNodes:
    def filter_node(self, pod, node):
        return "node(s) are too old" if node.labels.get("age") == "old" else None

    def score_node(self, pod, node):
        return max(100 - len(node.pods), 0)


def test_ten_lines_are_a_plugin():
    report = check_plugin(NoOldNodes)
    assert report.ok and str(report) == "NoOldNodes is a plugin: nothing was found."


def test_a_plugin_of_ones_own_runs_in_a_lab():
    lab = Lab.kubernetes(nodes=3, zones="", scheduler=Profile().with_plugin(NoOldNodes, weight=10))
    lab.kubectl("label node node-1 age=old")
    lab.kubectl("run web --image=nginx")
    lab.run("1s")
    why = lab.why("web")
    assert why.node == "node-2"
    refused = next(row for row in why.rows if row.rejection)
    assert refused.verdict == "NoOldNodes: node(s) are too old"


def test_a_node_is_seen_with_what_it_has_and_what_is_taken():
    seen: list[NodeView] = []

    class Looking:
        def score_node(self, pod, node):
            seen.append(node)
            return 0

    lab = Lab.kubernetes(nodes=2, cpu="4", scheduler=Profile().with_plugin(Looking()))
    lab.apply([one("a"), one("b")])
    lab.run("1s")
    views = [(view.name, view.free["cpu"], view.requested["cpu"], len(view.pods)) for view in seen[-2:]]
    assert sorted(views) == [("node-1", 3000, 1000, 1), ("node-2", 4000, 0, 0)]
    assert seen[0].labels["kubernetes.io/hostname"] == seen[0].name and seen[0].taints == ()


def one(name: str) -> dict:
    container = {"name": "c", "image": "web:1", "resources": {"requests": {"cpu": "1"}}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}}


@pytest.mark.parametrize(
    ("answer", "said"),
    [(True, "returned True"), ("", "returned ''"), (0, "returned 0")],
)
def test_a_reason_is_a_text_or_none(answer, said):
    rule = type("Rule", (), {"filter_node": lambda self, pod, node: answer})
    assert said in findings(rule)["filter"] and "Return None if the node can take the pod" in findings(rule)["filter"]


@pytest.mark.parametrize("answer", [101, -1, 0.5, None, True])
def test_points_are_whole_and_from_0_to_100(answer):
    rule = type("Rule", (), {"score_node": lambda self, pod, node: answer})
    assert f"score_node returned {answer!r}" in findings(rule)["score"]
    with pytest.raises(LabError, match="Return a whole number from 0 to 100"):
        PerNode(rule())._points(next(turns())[1], 0)


def turns():
    from labkit.scheduler.trials import turns

    return turns()


class Base:
    name = "Mine"


def nothing(cycle, rows):
    return np.zeros(len(rows), np.int64)


def test_a_plugin_needs_a_name_and_something_to_do():
    found = findings(type("Nameless", (), {"score": lambda self, cycle, rows: None}))
    assert found["name"].startswith("a plugin needs a name")
    assert "would never be asked" in findings(Base)["methods"]


def test_a_misspelt_method_is_named():
    class Typo(Base):
        def filter(self, cycle, rows):
            return Verdict.of(np.zeros(len(rows), bool), UNSCHEDULABLE, "no")

        def scores(self, cycle, rows):
            return nothing(cycle, rows)

    assert findings(Typo) == {"scores": "nothing calls a method of this name; did you mean score?"}


def test_a_method_without_its_partner_is_named():
    class Alone(Base):
        def score(self, cycle, rows):
            return nothing(cycle, rows)

        def refusal_terms(self, cycle, row):
            return []

    assert findings(Alone) == {"refusal_terms": "it is called only for a plugin that has filter, which this one hasn't"}


def test_an_event_that_never_happens_is_named():
    class Waiting(Base):
        events = ("Node/Added",)
        score = staticmethod(nothing)

    assert findings(Waiting)["events"] == "'Node/Added' never happens; did you mean 'Node/Add'?"


SCORES = [
    (lambda cycle, rows: [1] * len(rows), "whole number for each row"),
    (lambda cycle, rows: np.ones(len(rows)), "dtype float64; make them whole numbers"),
    (lambda cycle, rows: np.ones(len(rows), bool), "dtype bool"),
    (lambda cycle, rows: np.zeros(len(rows) + 1, np.int64), "shape"),
    (lambda cycle, rows: cycle.columns.allocatable[rows, 0], "from 0 to 100 in the end"),
    (lambda cycle, rows: np.random.randint(0, 100, len(rows)), "gave two answers"),
    (lambda cycle, rows: nothing(cycle, rows) + cycle.pod.metadata.labels["app"], "KeyError: 'app'"),
    (lambda cycle: 0, "takes 1 positional argument"),
]


@pytest.mark.parametrize(("score", "said"), SCORES)
def test_what_is_wrong_with_scores(score, said):
    assert said in findings(type("Scoring", (Base,), {"score": staticmethod(score)}))["score"]


def test_normalized_scores_are_from_0_to_100():
    class Reversed(Base):
        def score(self, cycle, rows):
            return cycle.columns.count[rows] + 1

        def normalize(self, cycle, raw):
            raw -= 1000
            return raw

    sentences = [one.sentence for one in check_plugin(Reversed).findings]
    assert any("from 0 to 100 in the end" in sentence for sentence in sentences)
    assert any("changed the raw scores" in sentence for sentence in sentences)


FILTERS = [
    (lambda cycle, rows: np.zeros(len(rows), bool), "return a Verdict"),
    (lambda cycle, rows: None, "it returned None"),
    (lambda cycle, rows: Verdict(nothing(cycle, rows)[1:], nothing(cycle, rows), str), "its codes have the shape"),
    (lambda cycle, rows: Verdict(nothing(cycle, rows) + 1, nothing(cycle, rows), str), "not 1"),
    (lambda cycle, rows: Verdict(nothing(cycle, rows) + 2, nothing(cycle, rows), lambda _: "no"), "return ('no',)"),
    (lambda cycle, rows: Verdict(nothing(cycle, rows) + 2, nothing(cycle, rows), lambda _: ()), "a tuple of reasons"),
    (lambda cycle, rows: Verdict.of(np.arange(len(rows)) > 0, UNSCHEDULABLE, "no"), "something else of the same node"),
]


@pytest.mark.parametrize(("judge", "said"), FILTERS)
def test_what_is_wrong_with_verdicts(judge, said):
    assert said in findings(type("Filtering", (Base,), {"filter": staticmethod(judge)}))["filter"]


def test_a_plugin_may_not_change_what_all_share():
    class Writing(Base):
        def score(self, cycle, rows):
            cycle.columns.requested[rows] += 1
            return nothing(cycle, rows)

    assert "it changed the columns" in findings(Writing)["score"]


def test_a_plugin_only_decides():
    class Binding(Base):
        def score(self, cycle, rows):
            cycle.world.patch(cycle.info.key, {"metadata": {"labels": {"seen": "yes"}}})
            return nothing(cycle, rows)

    assert "it wrote into the cluster" in findings(Binding)["score"]


def test_a_prefilter_returns_what_it_prepared():
    assert "return Prepared" in findings(type("P", (Base,), {"prefilter": lambda self, cycle: None}))["prefilter"]
    named = type("P", (Base,), {"prefilter": lambda self, cycle: Prepared(nodes=["big"])})
    assert "a set of node names" in findings(named)["prefilter"]
    assert check_plugin(type("P", (Base,), {"prefilter": lambda self, cycle: SKIP}))


def test_a_state_has_to_come_back_when_a_pod_leaves_and_returns():
    class Counting(Base):
        def prefilter(self, cycle):
            return Prepared(state=0)

        def moved(self, cycle, state, info, sign):
            return state + 1

        def filter(self, cycle, rows):
            return Verdict.of(np.full(len(rows), cycle.states[self.name] > 0), UNSCHEDULABLE, "no")

    assert "something else than before" in findings(Counting)["moved"]


def test_a_class_that_wants_arguments_is_told_to_come_as_an_object():
    class Wanting(Base):
        def __init__(self, label):
            self.label = label

    assert "made without arguments" in findings(Wanting)["making it"]


def test_a_report_reads_as_a_list():
    report = check_plugin(Base)
    assert not report
    assert str(report).startswith("Mine: 1 found\n  methods: it has none of prefilter, filter, score, postfilter")
    assert repr(report) == str(report) and "<li>methods: " in report._repr_html_()
