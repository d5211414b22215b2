"""Preemption: who has to go, where, and what is said if nobody does."""

from making import add, node, place, pod, world

from labkit.kinds import Key
from labkit.scheduler import decide


def victims(decision) -> list[str]:
    return [victim.name for victim in decision.victims]


def budget(name: str, app: str) -> dict:
    return {
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name, "namespace": "default"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": app}}},
    }  # fmt: skip


def test_only_as_many_pods_go_as_must():
    cluster = world(node("n1", cpu="4"))
    for name, cpu in (("big", "2"), ("small", "1"), ("tiny", "1")):
        place(cluster, pod(name, cpu), "n1")
    decision = decide(cluster, add(cluster, pod("vip", "2", priority=10)))
    assert (decision.node, decision.nominated) == (None, "n1")
    assert victims(decision) == ["small", "tiny"]
    assert decision.message == "0/1 nodes are available: 1 Insufficient cpu."


def test_the_node_with_the_least_important_victims_is_taken():
    cluster = world(node("n1", cpu="1"), node("n2", cpu="1"))
    place(cluster, pod("dear", "1", priority=5), "n1")
    place(cluster, pod("cheap", "1", priority=1), "n2")
    assert decide(cluster, add(cluster, pod("vip", "1", priority=10))).nominated == "n2"


def test_fewer_broken_budgets_matter_most():
    cluster = world(node("n1", cpu="1"), node("n2", cpu="1"), budget("guard", "web"))
    place(cluster, pod("guarded", "1", labels={"app": "web"}), "n1")
    place(cluster, pod("dear", "1", priority=5), "n2")
    decision = decide(cluster, add(cluster, pod("vip", "1", priority=10)))
    assert (decision.nominated, victims(decision)) == ("n2", ["dear"])


def test_a_guarded_pod_goes_if_nobody_else_can():
    cluster = world(node("n1", cpu="1"), budget("guard", "web"))
    place(cluster, pod("guarded", "1", labels={"app": "web"}), "n1")
    assert victims(decide(cluster, add(cluster, pod("vip", "1", priority=10)))) == ["guarded"]


def test_equals_are_left_alone():
    cluster = world(node("n1", cpu="1"))
    place(cluster, pod("old", "1"), "n1")
    said = decide(cluster, add(cluster, pod("new", "1"))).postfilter
    nobody = "0/1 nodes are available: 1 No preemption victims found for incoming pod."
    assert said == f"no new claims to deallocate, preemption: {nobody}"


def test_a_polite_pod_asks_nobody_to_leave():
    cluster = world(node("n1", cpu="1"))
    place(cluster, pod("old", "1"), "n1")
    polite = pod("new", "1", priorityClassName="polite")
    said = decide(cluster, add(cluster, polite)).postfilter
    assert said == "no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never."


def test_what_is_too_big_for_the_node_isnt_helped():
    cluster = world(node("n1", cpu="1"))
    place(cluster, pod("old", "1"), "n1")
    decision = decide(cluster, add(cluster, pod("new", "2", priority=10)))
    assert decision.nominated is None
    assert decision.postfilter.endswith("1 Preemption is not helpful for scheduling.")


def test_anti_affinity_of_a_victim_goes_with_it():
    avoid = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [avoid]}}
    cluster = world(node("n1"))
    place(cluster, pod("hermit", affinity=affinity), "n1")
    place(cluster, pod("bystander"), "n1")
    decision = decide(cluster, add(cluster, pod("vip", labels={"app": "web"}, priority=10)))
    assert victims(decision) == ["hermit"]


def test_room_that_was_made_is_kept_for_the_pod_it_was_made_for():
    cluster = world(node("n1", cpu="2"))
    vip = add(cluster, pod("vip", "2", priority=10))
    cluster.set_status(vip, {"nominatedNodeName": "n1"})
    assert decide(cluster, add(cluster, pod("cheeky", "1"))).node is None
    assert decide(cluster, vip).node == "n1"


def test_the_nominated_node_is_tried_first():
    cluster = world(node("n1"), node("n2"))
    key = add(cluster, pod("vip", "1"))
    cluster.set_status(key, {"nominatedNodeName": "n2"})
    decision = decide(cluster, key)
    assert (decision.feasible, decision.node) == (("n2",), "n2")
    assert key == Key("Pod", "default", "vip")
