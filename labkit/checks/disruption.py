"""The exercises of lesson 13 about budgets and drains; priority.py has those about priority and dead nodes."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import NamedTuple

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import fewest_ready, on_node, pods, ready, replicas
from labkit.checks.priority import DEAD_NODE, FIRST_IN_LINE
from labkit.kinds import Key
from labkit.kinds.policy import PodDisruptionBudget
from labkit.lab import Lab


class Drained(NamedTuple):
    """What came of draining every node in turn: whether each was emptied, and the fewest pods that were ready."""

    ended: bool
    fewest: int


@lru_cache(maxsize=4)
def drained(lab: Lab, app: str = "web") -> Drained:
    """Drain each node of a fork and open it again, as in a week of maintenance."""
    trial, start, ended = lab.fork(), lab.now, True
    for key in lab.cluster.keys("Node"):
        ended &= not trial.kubectl(f"drain {key.name} --timeout=90s").exit_code
        trial.kubectl(f"uncordon {key.name}")
        trial.run("10s")
    return Drained(ended, fewest_ready(trial, app, start))


def budgets(lab: Lab) -> list[PodDisruptionBudget]:
    """The budgets of the namespace default."""
    return list(lab.cluster.items("PodDisruptionBudget"))


def budget(limit: str, label: str = "app: web", more: str = "") -> str:
    """A PodDisruptionBudget for these pods with one limit."""
    return f"""
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: web}}
spec:
  {limit}{more and f"{chr(10)}  {more}"}
  selector:
    matchLabels: {{{label}}}
"""


def probed(number: int) -> str:
    """The Deployment web whose pods answer some seconds after they started, and say so."""
    notes = "  template:\n    metadata:\n      annotations: {labkit.dev/starts-in: 4s}"
    text = deployment("web", number).replace("  template:\n    metadata:", notes, 1)
    probe = "        readinessProbe: {httpGet: {port: 80}, periodSeconds: 2}\n        image:"
    return text.replace("        image:", probe, 1)


# Lesson 13.1: a budget that fits


def _sized(number: int) -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(probed(number))
    return lab.run("1m")


def _three_quarters(lab: Lab) -> bool:
    return drained(lab).fewest * 4 >= (replicas(lab, "web") or 0) * 3


def _selects_nobody(lab: Lab) -> bool:
    return any(not each.status.expected_pods and not each.status.current_healthy for each in budgets(lab))


def _is_number(lab: Lab) -> bool:
    return any(isinstance(each.spec.min_available, int) for each in budgets(lab))


def _allows_most(lab: Lab) -> bool:
    return any(each.spec.max_unavailable not in (None, 0, 1) for each in budgets(lab)) and not _three_quarters(lab)


A_BUDGET_THAT_FITS = Exercise(
    name="a-budget-that-fits",
    task=(
        "Write a PodDisruptionBudget named web. During drains at least three quarters of web's pods must be ready, and"
        " every drain must come to its end, whether web has four pods or eight."
    ),
    labs=(partial(_sized, 4), partial(_sized, 8)),
    goals=(
        Goal("Every node can be drained.", lambda lab: bool(budgets(lab)) and drained(lab).ended),
        Goal("At every moment three quarters are ready.", lambda lab: bool(budgets(lab)) and _three_quarters(lab)),
    ),
    signs=(
        Sign("two budgets protect twice", lambda lab: len(budgets(lab)) > 1 and not _selects_nobody(lab)),
        Sign("a budget finds its Deployment by name", _selects_nobody),
        Sign("the strictest budget is the safest", lambda lab: bool(budgets(lab)) and not drained(lab).ended),
        Sign(
            "a number in a budget grows with the Deployment", lambda lab: _is_number(lab) and not _three_quarters(lab)
        ),
        Sign("maxUnavailable is what must stay", _allows_most),
    ),
    hints=(
        "A quarter may be missing: one of four, two of eight. Which of the two fields says that in one number?",
        'maxUnavailable: "25%" follows the size. The selector must find the pods: kubectl get pods --show-labels.',
    ),
    right=(budget('maxUnavailable: "25%"'), budget('minAvailable: "75%"'), budget("maxUnavailable: 1")),
    wrong={
        "all of them": Wrong("the strictest budget is the safest", budget('minAvailable: "100%"')),
        "none may be missing": Wrong("the strictest budget is the safest", budget("maxUnavailable: 0")),
        "three": Wrong("a number in a budget grows with the Deployment", budget("minAvailable: 3")),
        "the other field": Wrong("maxUnavailable is what must stay", budget('maxUnavailable: "75%"')),
        "one more": Wrong(
            "two budgets protect twice",
            budget("maxUnavailable: 1") + "---" + budget("minAvailable: 1").replace("{name: web}", "{name: web-2}"),
        ),
        "another label": Wrong("a budget finds its Deployment by name", budget("maxUnavailable: 1", "name: web")),
    },
)


# Lesson 13.2: the drain that doesn't end

START = 60.0


def _stuck() -> Lab:
    """Two pods, and a budget that wants both."""
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(probed(2) + "---" + budget("minAvailable: 2"))
    return lab.run(START)


def _cordoned(lab: Lab) -> bool:
    return bool(lab.cluster.read(Key("Node", "", "node-1")).spec.unschedulable)


def _out_of_service(lab: Lab) -> bool:
    return not on_node(lab, "node-1") and (_cordoned(lab) or _tainted(lab))


def _tainted(lab: Lab) -> bool:
    taints = lab.cluster.read(Key("Node", "", "node-1")).spec.taints
    return any(taint.effect == "NoExecute" for taint in taints)


def _wants_two(lab: Lab) -> bool:
    return any(each.status.desired_healthy >= 2 for each in budgets(lab))


def _two_all_the_time(lab: Lab) -> bool:
    return fewest_ready(lab, "web", START) >= 2


THE_LONGEST_DRAIN = Exercise(
    name="the-longest-drain",
    task=(
        "node-1 must be emptied for repair, and kubectl drain doesn't end. Empty it so that two pods of web are ready"
        " at every moment, and the budget goes on wanting two."
    ),
    labs=(_stuck,),
    goals=(
        Goal("node-1 is empty and takes no new pods.", _out_of_service),
        Goal(
            "While it was emptied, two pods of web were ready at every moment.",
            lambda lab: _out_of_service(lab) and _two_all_the_time(lab),
        ),
        Goal("A budget still wants two of them.", _wants_two),
    ),
    signs=(
        Sign("a budget in the way may be deleted", lambda lab: not _wants_two(lab)),
        Sign("a taint asks the budget", _tainted),
        Sign("cordon evicts", lambda lab: _cordoned(lab) and bool(on_node(lab, "node-1"))),
        Sign("a budget guards against deletion", lambda lab: not _two_all_the_time(lab)),
    ),
    hints=(
        "kubectl get pdb shows how many pods may go now. What would make that number 1?",
        "One pod more on another node: scale up, or cordon the node and let a rolling update make the pods anew.",
    ),
    right=(
        "kubectl scale deployment web --replicas=3\nkubectl rollout status deployment web\nkubectl drain node-1",
        "kubectl cordon node-1\nkubectl rollout restart deployment web\nkubectl rollout status deployment web",
        "kubectl scale deployment web --replicas=4\nkubectl drain node-1\nkubectl scale deployment web --replicas=3",
    ),
    wrong={
        "without the budget": Wrong(
            "a budget in the way may be deleted", "kubectl delete pdb web\nkubectl drain node-1"
        ),
        "deleting": Wrong("a budget guards against deletion", "kubectl drain node-1 --disable-eviction"),
        "a taint": Wrong("a taint asks the budget", "kubectl taint nodes node-1 repair=now:NoExecute"),
        "a cordon": Wrong("cordon evicts", "kubectl cordon node-1"),
    },
)


# Lesson 13.3: pods that are broken already


def _broken(ill: int) -> Lab:
    """Three pods on three nodes, some of which run and are never ready."""
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(probed(3))
    lab.run("40s")
    for pod in lab.get("pods")[:ill]:
        lab.kubectl(f"label pod {pod['metadata']['name']} ill=yes")
    return lab.behave("ill=yes", ready=False).run("20s")


def _all_there(lab: Lab) -> bool:
    return all("ill" not in pod.metadata.labels for pod in pods(lab, "web")) and len(pods(lab, "web")) == 3


def _never_below(lab: Lab) -> bool:
    return drained(lab).fewest >= min(ready(lab, "web"), 2)


def _always_allows(lab: Lab) -> bool:
    return any(each.spec.unhealthy_pod_eviction_policy == "AlwaysAllow" for each in budgets(lab))


BROKEN_ALREADY = Exercise(
    name="broken-already",
    task=(
        "Two of web's three pods run but never get ready. Write the budget web so that nodes can be drained all the"
        " same, while a drain never leaves fewer than two ready where three are well."
    ),
    labs=(partial(_broken, 2), partial(_broken, 0)),
    goals=(
        Goal("Every node can be drained.", lambda lab: bool(budgets(lab)) and drained(lab).ended),
        Goal("Pods that are well are never fewer than two.", lambda lab: bool(budgets(lab)) and _never_below(lab)),
    ),
    signs=(
        Sign("the strictest budget is the safest", lambda lab: _all_there(lab) and not drained(lab).ended),
        Sign("no budget is the cure for a stuck drain", lambda lab: not _never_below(lab)),
        Sign("a broken pod may always be evicted", lambda lab: not _always_allows(lab) and not drained(lab).ended),
    ),
    hints=(
        "Of three pods one may be missing, and two are missing already. By default that holds back everybody.",
        "A field of the budget, unhealthyPodEvictionPolicy, lets pods go that aren't ready anyway.",
    ),
    right=(
        budget("maxUnavailable: 1", more="unhealthyPodEvictionPolicy: AlwaysAllow"),
        budget("minAvailable: 2", more="unhealthyPodEvictionPolicy: AlwaysAllow"),
        budget('maxUnavailable: "30%"', more="unhealthyPodEvictionPolicy: AlwaysAllow"),  # of 3, rounded up: 1
    ),
    wrong={
        "the default": Wrong("a broken pod may always be evicted", budget("maxUnavailable: 1")),
        "no protection": Wrong("no budget is the cure for a stuck drain", budget("minAvailable: 0")),
        "all may go": Wrong("no budget is the cure for a stuck drain", budget('maxUnavailable: "100%"')),
        "all must stay": Wrong(
            "the strictest budget is the safest",
            budget("minAvailable: 3", more="unhealthyPodEvictionPolicy: AlwaysAllow"),
        ),
    },
)

EXERCISES = (A_BUDGET_THAT_FITS, THE_LONGEST_DRAIN, BROKEN_ALREADY, FIRST_IN_LINE, DEAD_NODE)
