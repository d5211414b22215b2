"""The exercises of lesson 13 about priority and about nodes that die."""

from __future__ import annotations

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import after, pods, ready, replicas
from labkit.fields import quantity
from labkit.kinds import Key
from labkit.kinds.podrequest import pod_requests
from labkit.lab import Lab


def priority_class(name: str, value: int, more: str = "") -> str:
    """A PriorityClass; `more` is one further field."""
    return f"""
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {{name: {name}}}
value: {value}
{more}
"""


def of_class(name: str) -> str:
    """The line of a pod's spec that names a class."""
    return f"priorityClassName: {name}\n"


# Lesson 13.4: first in line

BATCH, FRONT = 100, 1000
ONE_CORE = quantity.parse("1")


def crowded() -> Lab:
    """Twelve cores, all taken: three by front (priority 1000), nine by report (priority 100)."""
    lab = Lab.kubernetes(nodes=3, cpu="4", seed=1)
    lab.apply(priority_class("batch", BATCH) + "---" + priority_class("front", FRONT))
    lab.apply(deployment("front", 3, of_class("front"), cpu="1"))
    lab.run("30s").apply(deployment("report", 9, of_class("batch"), cpu="1"))
    return lab.run("30s")


def pay(line: str = "priorityClassName: pay\n") -> str:
    """The Deployment pay of two pods."""
    return deployment("pay", 2, line, cpu="1")


def _front_comes_first(lab: Lab) -> bool:
    """Whether front gets the whole cluster when it wants it."""
    return ready(after(lab, "scale deployment front --replicas=12", time="2m"), "front") == 12


def _priority(lab: Lab, name: str) -> int:
    pod = lab.cluster.get(Key("Pod", "default", name))
    return int((pod or {}).get("spec", {}).get("priority") or 0)


def _others_stay_at_zero(lab: Lab) -> bool:
    return _priority(after(lab, "run visitor --image=shop/tool:1.0"), "visitor") == 0


def _priorities(lab: Lab) -> set[int]:
    return {_priority(lab, pod.metadata.name) for pod in pods(lab, "pay")}


def _two_with_a_core(lab: Lab) -> bool:
    return [pod_requests(pod.spec).get("cpu") for pod in pods(lab, "pay") if pod.is_ready] == [ONE_CORE] * 2


def _never(lab: Lab) -> bool:
    return any(pod.spec.preemption_policy == "Never" for pod in pods(lab, "pay"))


FIRST_IN_LINE = Exercise(
    name="first-in-line",
    task=(
        "The nodes are full. Run two pods of shop/pay:1.0, labelled app=pay, one core each, so that they push report's"
        " pods (priority 100) aside. front (priority 1000) must go on coming before pay, and nobody else's priority may"
        " change."
    ),
    labs=(crowded,),
    goals=(
        Goal("Two pods with the label app=pay are ready, with a core each.", _two_with_a_core),
        Goal(
            "front still comes first: it gets the whole cluster when it wants it.",
            lambda lab: bool(pods(lab, "pay")) and _front_comes_first(lab),
        ),
        Goal(
            "Nobody else has changed: report wants nine pods, and a pod that names no class has priority 0.",
            lambda lab: bool(pods(lab, "pay")) and replicas(lab, "report") == 9 and _others_stay_at_zero(lab),
        ),
    ),
    signs=(
        Sign("a global default is for one application", lambda lab: not _others_stay_at_zero(lab)),
        Sign("a high priority always preempts", _never),
        Sign("a PriorityClass works by being there", lambda lab: _priorities(lab) == {0}),
        Sign("a lower number comes first", lambda lab: max(_priorities(lab), default=FRONT) <= BATCH),
        Sign("the highest number is the safest", lambda lab: max(_priorities(lab), default=0) >= FRONT),
    ),
    hints=(
        "kubectl get priorityclasses shows the values there are. pay belongs between two of them.",
        "A PriorityClass with value 500, and spec.priorityClassName in the template of pay's pods.",
    ),
    right=(
        priority_class("pay", 500) + "---" + pay(),
        priority_class("urgent", 101, "preemptionPolicy: PreemptLowerPriority") + "---" + pay(of_class("urgent")),
        priority_class("pay", 999, "description: money")
        + "---"
        + pay().replace("kind: Deployment", "kind: ReplicaSet"),
    ),
    wrong={
        "no name": Wrong("a PriorityClass works by being there", priority_class("pay", 500) + "---" + pay("")),
        "number one": Wrong("a lower number comes first", priority_class("pay", 1) + "---" + pay()),
        "never": Wrong(
            "a high priority always preempts", priority_class("pay", 500, "preemptionPolicy: Never") + "---" + pay()
        ),
        "a million": Wrong("the highest number is the safest", priority_class("pay", 1_000_000) + "---" + pay()),
        "for all": Wrong(
            "a global default is for one application",
            priority_class("pay", 500, "globalDefault: true") + "---" + pay(""),
        ),
    },
)


# Lesson 13.5: a node dies


def _silenced(lab: Lab) -> Lab:
    """Two minutes after the machine of the node with most of web's pods died."""
    trial = lab.fork()
    homes = [pod.spec.node_name for pod in pods(trial, "web") if pod.spec.node_name]
    if homes:
        trial.fail(max(sorted(set(homes)), key=homes.count))
    return trial.run("2m")


def _bounded(lab: Lab, key: str) -> bool:
    """Whether every pod tolerates this taint, and less than 300 seconds."""
    found = [[one.toleration_seconds for one in pod.spec.tolerations if one.key == f"node.kubernetes.io/{key}"]
             for pod in pods(lab, "web")]  # fmt: skip
    return bool(found) and all(times and times[0] is not None and times[0] < 300 for times in found)


def _endless(lab: Lab) -> bool:
    tolerations = [one for pod in pods(lab, "web") for one in pod.spec.tolerations]
    return any(one.effect in ("", "NoExecute") and one.toleration_seconds is None for one in tolerations)


def impatient(*keys: str, seconds: str = ", tolerationSeconds: 30") -> str:
    """Tolerations of a node's troubles, for some seconds."""
    lines = "".join(
        f"- {{key: node.kubernetes.io/{key}, operator: Exists, effect: NoExecute{seconds}}}\n" for key in keys
    )
    return "tolerations:\n" + lines


GUARD = """---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  minAvailable: 4
  selector: {matchLabels: {app: web}}
"""

DEAD_NODE = Exercise(
    name="a-node-dies",
    task=(
        "Write the Deployment web: four pods of shop/web:1.0, labelled app=web. When the machine of a node dies, four"
        " must be ready again within two minutes."
    ),
    labs=(lambda: Lab.kubernetes(nodes=4, seed=1), lambda: Lab.kubernetes(nodes=2, seed=2)),
    goals=(
        Goal("Four pods with the label app=web are ready.", lambda lab: ready(lab, "web") == 4),
        Goal("Two minutes after a node died, four are ready.", lambda lab: ready(_silenced(lab), "web") == 4),
    ),
    signs=(
        Sign("a toleration ends by itself", _endless),
        Sign("a PDB stops node failure", lambda lab: bool(lab.get("pdb"))),
        Sign(
            "a dead node is tainted not-ready",
            lambda lab: _bounded(lab, "not-ready") and not _bounded(lab, "unreachable"),
        ),
        Sign("pods leave a dead node at once", lambda lab: ready(lab, "web") == 4 and ready(_silenced(lab), "web") < 4),
    ),
    hints=(
        "kubectl get pod NAME -o yaml: every pod has two tolerations for 300 seconds. What are they for?",
        "node.kubernetes.io/not-ready and .../unreachable, effect NoExecute, with tolerationSeconds: 30, say.",
    ),
    right=(
        deployment("web", 4, impatient("not-ready", "unreachable")),
        deployment("web", 4, impatient("unreachable", seconds=", tolerationSeconds: 10")),
        deployment("web", 4, impatient("not-ready", "unreachable", seconds=", tolerationSeconds: 0")),
    ),
    wrong={
        "the defaults": Wrong("pods leave a dead node at once", deployment("web", 4)),
        "a budget": Wrong("a PDB stops node failure", deployment("web", 4) + GUARD),
        "not-ready alone": Wrong("a dead node is tainted not-ready", deployment("web", 4, impatient("not-ready"))),
        "no seconds": Wrong(
            "a toleration ends by itself", deployment("web", 4, impatient("not-ready", "unreachable", seconds=""))
        ),
    },
)
