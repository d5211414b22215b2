"""One attempt: order of filters, scoring, ties, sampling, the message."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ZONE, add, node, pod, world

from labkit.errors import ApiError
from labkit.kinds import Key
from labkit.scheduler import DEFAULT, Profile, decide
from labkit.scheduler.messages import fit_error
from labkit.scheduler.order import nodes_to_find, visiting_order


def test_a_node_is_refused_by_the_first_plugin_alone():
    taints = [{"key": "k", "effect": "NoSchedule"}]
    cluster = world(node("n1", cpu="1", unschedulable=True, taints=taints))
    assert decide(cluster, add(cluster, pod("a", "2"))).rejected["n1"].plugin == "NodeUnschedulable"


def test_one_feasible_node_isnt_scored():
    cluster = world(node("n1"), node("n2", cpu="1"))
    decision = decide(cluster, add(cluster, pod("a", "2")))
    assert (decision.node, decision.scores, decision.totals, decision.best) == ("n1", {}, {}, ("n1",))


def test_the_total_is_the_sum_of_weighted_scores():
    cluster = world(node("n1"), node("n2", memory="4Gi"))
    decision = decide(cluster, add(cluster, pod("a", "1", "1Gi")))
    for name, total in decision.totals.items():
        assert total == sum(scores[name] for scores in decision.scores.values())


def test_the_first_visited_of_the_best_is_taken_and_the_visit_goes_on_where_it_ended():
    cluster = world(*(node(f"n{number}") for number in range(3)))
    key = add(cluster, pod("a"))
    assert [decide(cluster, key, start=start).node for start in range(3)] == ["n0", "n1", "n2"]
    assert decide(cluster, key, start=1).best == ("n1", "n2", "n0")
    assert decide(cluster, key, start=1).next_start == 1


def test_ties_can_be_drawn_from_a_seeded_generator():
    cluster = world(*(node(f"n{number}") for number in range(5)))
    key = add(cluster, pod("a"))
    drawn = [decide(cluster, key, rng=random.Random(seed)).node for seed in range(20)]
    assert len(set(drawn)) > 1
    assert drawn == [decide(cluster, key, rng=random.Random(seed)).node for seed in range(20)]


def test_zones_take_turns():
    assert visiting_order(["a", "a", "a", "b", "", "b"]).tolist() == [0, 3, 4, 1, 5, 2]


@given(st.lists(st.sampled_from("abc")))
def test_every_node_is_visited_once(zones):
    assert sorted(visiting_order(zones).tolist()) == list(range(len(zones)))


@pytest.mark.parametrize(("nodes", "found"), [(5, 5), (99, 99), (150, 100), (1000, 420), (5000, 500), (10000, 500)])
def test_fewer_nodes_are_looked_for_the_more_there_are(nodes, found):
    assert nodes_to_find(nodes) == found


def test_the_visit_ends_when_enough_nodes_are_found():
    cluster = world(*(node(f"n{number}", cpu="1" if number == 3 else "4") for number in range(200)))
    decision = decide(cluster, add(cluster, pod("a", "2")))
    assert len(decision.feasible) == 100
    assert decision.next_start == 101
    assert list(decision.rejected) == ["n3"]
    everywhere = decide(cluster, Key("Pod", "default", "a"), profile=Profile(percentage=100))
    assert len(everywhere.feasible) == 199


def test_reasons_are_sorted_as_texts():
    told = fit_error(14, {"Insufficient cpu": 10, "Too many pods": 2, "never": 0}, postfilter="preemption: no.")
    assert told == "0/14 nodes are available: 10 Insufficient cpu, 2 Too many pods. preemption: no."


def test_without_nodes_there_is_nothing_to_say():
    cluster = world()
    assert decide(cluster, add(cluster, pod("a"))).message == "no nodes available to schedule pods"


def test_a_missing_claim_refuses_the_pod_before_any_node_is_asked():
    cluster = world(node("n1"), node("n2"))
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "lost"}}]
    decision = decide(cluster, add(cluster, pod("a", volumes=volumes)))
    assert decision.rejected == {}
    assert decision.message == '0/2 nodes are available: persistentvolumeclaim "lost" not found. not found'


def test_a_pod_that_isnt_there_cant_be_decided():
    with pytest.raises(ApiError, match="not found"):
        decide(world(node("n1")), Key("Pod", "default", "nobody"))


def test_a_plugin_needs_no_more_than_a_name_and_a_method():
    class NodeNumber:
        name = "NodeNumber"

        def score(self, cycle, rows):
            return 10 * rows

    cluster = world(*(node(f"n{number}") for number in range(3)))
    profile = Profile(plugins=(*DEFAULT.plugins, NodeNumber()), weights={**DEFAULT.weights, "NodeNumber": 2})
    decision = decide(cluster, add(cluster, pod("a")), profile=profile)
    assert decision.scores["NodeNumber"] == {"n0": 0, "n1": 20, "n2": 40}
    assert decision.node == "n2"


def test_deciding_writes_nothing():
    cluster = world(node("n1", labels={ZONE: "a"}))
    key = add(cluster, pod("a", "9"))
    writes = len(cluster.history)
    decide(cluster, key)
    assert len(cluster.history) == writes
