"""What is kept of equal pods: the same decisions, with fewer questions."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from making import ZONE, add, node, place, pod, world

from labkit.kinds import Key
from labkit.scheduler import DEFAULT, Columns, decide
from labkit.scheduler.memory import Memory

APP_A = {"matchLabels": {"app": "a"}}
SPREAD = [{"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": APP_A}]
CLASSES = {
    "plain": {"cpu": "500m"},
    "thirsty": {"cpu": "1", "memory": "1Gi"},
    "port": {"ports": [{"containerPort": 80, "hostPort": 80}]},
    "spread": {"cpu": "300m", "labels": {"app": "a"}, "topologySpreadConstraints": SPREAD},
    "picky": {"cpu": "200m", "nodeSelector": {"disk": "ssd"}},
}


def told(decision) -> tuple:
    found = decision.node, decision.feasible, decision.rejected, decision.scores, decision.totals, decision.best
    return *found, decision.message, decision.next_start, decision.nominated, decision.victims


EVERY_NODE = replace(DEFAULT, percentage=100)
WANTED = {
    "plain": {"cpu": "400m"},
    "owned": {"cpu": "300m", "labels": {"app": "served"}},
    "spread": {"cpu": "300m", "labels": {"app": "a"}, "topologySpreadConstraints": SPREAD},
    "apart": {"labels": {"app": "a"}, "affinity": {"podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "kubernetes.io/hostname", "labelSelector": APP_A}]}}},
    "important": {"cpu": "1", "priority": 5},
    "vital": {"cpu": "1500m", "memory": "1Gi", "priority": 10},
    "port": CLASSES["port"],
}  # fmt: skip
BUDGET = {
    "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "guard", "namespace": "default"},
    "spec": {"minAvailable": 1, "selector": APP_A},
}  # fmt: skip
SERVICE = {
    "apiVersion": "v1", "kind": "Service", "metadata": {"name": "served", "namespace": "default"},
    "spec": {"selector": {"app": "served"}, "ports": [{"port": 80}]},
}  # fmt: skip


def settle(cluster, key, decision, bound: list) -> None:
    """What the scheduler does with a decision; victims leave at once every other time."""
    if decision.node:
        cluster.bind(key, decision.node)
        bound.append(key)
    elif decision.nominated:
        cluster.set_status(key, {"nominatedNodeName": decision.nominated})
        for victim in decision.victims if cluster.version % 2 else ():
            cluster.remove(victim)
            bound.remove(victim)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["1", "2", "4"]), min_size=1, max_size=6),
    st.lists(
        st.sampled_from([*WANTED, *WANTED, "plain", "vital", "budget", "taint", "lose a pod", "lose a node"]),
        max_size=50,
    ),
)
def test_every_decision_of_a_busy_cluster_is_the_one_made_from_scratch(sizes, steps):
    nodes = (node(f"n{number}", cpu, labels={ZONE: "ab"[number % 2]}) for number, cpu in enumerate(sizes))
    cluster = world(*nodes, SERVICE)
    columns, memory, bound = Columns(cluster), Memory(), []
    for number, step in enumerate(steps):
        if step in WANTED:
            key = add(cluster, pod(f"p{number}", **WANTED[step]))
            decision = decide(cluster, key, columns.refresh(cluster), EVERY_NODE, memory=memory)
            assert told(decision) == told(decide(cluster, key, profile=EVERY_NODE))
            settle(cluster, key, decision, bound)
        elif step == "budget" and cluster.get(Key("PodDisruptionBudget", "default", "guard")) is None:
            cluster.create(BUDGET)
        elif step == "taint":
            taint = {"key": "old", "effect": ("PreferNoSchedule", "NoSchedule")[number % 2]}
            cluster.patch(Key("Node", "", "n0"), {"spec": {"taints": [taint]}})
        elif step == "lose a node" and len(sizes) > 3 and cluster.get(Key("Node", "", "n3")) is not None:
            cluster.remove(Key("Node", "", "n3"))
        elif step == "lose a pod" and bound:
            cluster.remove(bound.pop())


steps = st.lists(st.sampled_from([*CLASSES, "cordon", "label", "new node", "lose a pod"]), max_size=40)


@given(steps)
def test_decisions_with_memory_are_the_decisions_without(steps):
    cluster = world(*(node(f"n{number}", cpu="2", labels={ZONE: "ab"[number % 2]}) for number in range(4)))
    columns, memory, bound = Columns(cluster), Memory(), []
    for number, step in enumerate(steps):
        if step in CLASSES:
            key = add(cluster, pod(f"p{number}", **CLASSES[step]))
            decision = decide(cluster, key, columns.refresh(cluster), start=number, memory=memory)
            assert told(decision) == told(decide(cluster, key, start=number))
            if decision.node:
                cluster.bind(key, decision.node)
                bound.append(key)
        elif step == "cordon":
            cluster.patch(Key("Node", "", "n1"), {"spec": {"unschedulable": bool(number % 2)}})
        elif step == "label":
            cluster.patch(Key("Node", "", "n2"), {"metadata": {"labels": {"disk": "ssd"}}})
        elif step == "new node":
            cluster.create(node(f"m{number}", cpu="1"))
        elif bound:
            cluster.remove(bound.pop())


def test_only_changed_nodes_are_asked_again_and_of_equal_ones_the_first(monkeypatch):
    fit = next(plugin for plugin in DEFAULT.plugins if plugin.name == "NodeResourcesFit")
    asked, real = [], type(fit).filter

    def counting(self, cycle, rows):
        asked.append(len(rows))
        return real(self, cycle, rows)

    monkeypatch.setattr(type(fit), "filter", counting)
    cluster = world(*(node(f"n{number}") for number in range(10)))
    columns, memory = Columns(cluster), Memory()
    for number in range(4):
        key = add(cluster, pod(f"p{number}", "100m"))
        decide(cluster, key, columns.refresh(cluster), memory=memory)
        cluster.bind(key, f"n{number}")
    assert asked == [10, 10, 1]
    place(cluster, pod("other"), "n9")
    decide(cluster, add(cluster, pod("last", "100m")), columns.refresh(cluster), memory=memory)
    assert asked[3:] == [1]
