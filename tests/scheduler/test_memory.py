"""What is kept of equal pods: the same decisions, with fewer questions."""

from hypothesis import given
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
    return decision.node, decision.feasible, decision.rejected, decision.scores, decision.message, decision.next_start


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


def test_only_changed_nodes_are_asked_again(monkeypatch):
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
    assert asked == [10, 10, 1, 1]
    place(cluster, pod("other"), "n9")
    decide(cluster, add(cluster, pod("last", "100m")), columns.refresh(cluster), memory=memory)
    assert asked[4:] == [2]
