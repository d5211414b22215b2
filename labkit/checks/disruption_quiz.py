"""What lesson 13 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.answers import deployment
from labkit.checks.disruption import budget, probed
from labkit.checks.observing import after, pods, ready
from labkit.checks.priority import GUARD, crowded, of_class, pay, priority_class
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.lab import Lab


def _front_and_pay() -> int:
    """How many of front's pods are left when pay has pushed its way in."""
    lab = crowded()
    lab.apply(priority_class("pay", 500) + "---" + pay(of_class("pay")))
    return ready(lab.run("1m"), "front")


def _end_of_the_drain() -> str:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(probed(2) + "---" + budget("minAvailable: 2"))
    lab.run("1m")
    return "never" if lab.kubectl("drain node-1").exit_code else "after some seconds"


def _after_a_death() -> int:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(deployment("web", 4) + GUARD)
    lab.run("1m").fail("node-1")
    return ready(lab.run("2m"), "web")


def _on_a_cordoned_node() -> int:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(deployment("web", 4))
    there = after(lab.run("1m"), "cordon node-1", time="10m")
    return sum(pod.spec.node_name == "node-1" for pod in pods(there, "web"))


PREDICTIONS = {
    "victims": Foresight(
        "All nodes are full: three pods of front (priority 1000), nine of report (priority 100). Now two pods of pay"
        " come, with priority 500. How many of front's pods are left?",
        ("1", "2", "3"),
        _front_and_pay,
        "Only pods with a lower priority can be victims: two of report's go.",
    ),
    "cordoned": Foresight(
        "Two of web's four pods run on node-1. You cordon it. How many are on it ten minutes later?",
        ("0", "1", "2"),
        _on_a_cordoned_node,
        "Cordoning keeps new pods away. Those that are there stay.",
    ),
    "drain": Foresight(
        "web has two pods, and its budget says minAvailable: 2. One of them is on node-1. When does kubectl drain"
        " node-1 end?",
        ("at once", "after some seconds", "never"),
        _end_of_the_drain,
        "A replacement is made only after a pod is gone, and none may go first.",
    ),
    "death": Foresight(
        "web has four pods on two nodes, and its budget says minAvailable: 4. One machine dies. How many pods are ready"
        " two minutes later?",
        ("0", "2", "4"),
        _after_a_death,
        "A budget holds back those who ask, and a dying machine asks nobody. Its pods are replaced after five minutes.",
    ),
}

QUIZ = (
    Item(
        "Seven pods, minAvailable: 50 %. How many may go at the same time?",
        (
            mistaken("4", "Half of 7 is 3.5, and it is rounded up: four must stay."),
            right("3", "50 % of 7 is 3.5, rounded up to four that must stay."),
            wrong("As many as the Deployment's maxUnavailable", "a rolling update asks the budget"),
        ),
    ),
    Item(
        "What does kubectl drain do with a pod of a Deployment?",
        (
            wrong("It moves it to another node", "drain moves pods"),
            right(
                "It asks the API server to evict it; a new one is made elsewhere",
                "The eviction may be refused. Then drain asks again, every five seconds.",
            ),
            wrong("It waits until the pod ends by itself", "cordon evicts"),
        ),
    ),
    Item(
        "Which of these asks the budget?",
        (
            wrong("kubectl delete pod", "a budget guards against deletion"),
            wrong("A rolling update", "a rolling update asks the budget"),
            wrong("A NoExecute taint", "a taint asks the budget"),
            right("kubectl drain", "Drain uses the eviction API, and that is where budgets are asked."),
        ),
    ),
    Item(
        "The scheduler needs room for an important pod. Every possible victim is guarded by a budget that allows none.",
        (
            wrong("The important pod waits", "a budget is a wall against preemption"),
            right(
                "It takes victims all the same", "For preemption a budget is a wish: broken where nothing else helps."
            ),
            wrong("The victims run on elsewhere", "preemption is free"),
        ),
    ),
    Item(
        "A machine loses its power. When are its pods made anew elsewhere, if nothing special was set?",
        (
            wrong("At once", "pods leave a dead node at once"),
            right(
                "After about six minutes",
                "About 50 seconds until it counts as silent, and 300 that its pods tolerate that.",
            ),
            wrong("When their budget allows it", "a PDB stops node failure"),
        ),
    ),
    Item(
        "One of two pods runs but isn't ready. The budget says minAvailable: 2 and nothing else. May it be evicted?",
        (
            wrong("Yes, it serves nobody", "a broken pod may always be evicted"),
            right(
                "No, not before another one is ready",
                "By default such pods go freely only while enough others are ready. AlwaysAllow changes that.",
            ),
            wrong(
                "Yes, if minAvailable is set to 0 meanwhile, which is harmless",
                "no budget is the cure for a stuck drain",
            ),
        ),
    ),
)
