"""What lesson 11 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.answers import deployment, pod
from labkit.checks.observing import nodes, ready
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.checks.together_apart import OWN, apart, spread
from labkit.lab import Lab


def _a_stranger_comes() -> str:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(deployment("db", 3, apart(OWN)))
    lab.run("1m").apply(pod("copy", "db"))
    return "It waits" if len(nodes(lab.run("1m"), "db")) == 3 else "It runs"


def _ready_after_zone_failure() -> int:
    lab = Lab.kubernetes(nodes=6, seed=1)
    lab.apply(deployment("web", 6, spread()))
    return ready(lab.run("1m").cut("a").run("10m"), "web")


PREDICTIONS = {
    "symmetric": Foresight(
        "On each of three nodes runs a db pod that refuses to share with app=db. A pod labelled app=db"
        " comes, without any"
        " rule of its own. What happens?",
        ("It runs", "It waits"),
        _a_stranger_comes,
        "Required anti-affinity works both ways: those who are there keep the newcomer out.",
    ),
    "zone": Foresight(
        "Six web pods lie evenly over three zones, maxSkew 1, DoNotSchedule. Zone a fails. How many are"
        " ready ten minutes"
        " later?",
        ("4", "5", "6"),
        _ready_after_zone_failure,
        "The failed zone still counts as an empty place, so a third pod in b or c would be a skew of 2 or more.",
    ),
}

QUIZ = (
    Item(
        "Zones a, b and c have 3, 2 and 2 matching pods. maxSkew is 1, DoNotSchedule. Where may the next one go?",
        (
            right("to b or c", "There it makes 3, one more than the lowest. In a it would be 4 against 2."),
            mistaken("anywhere", "In a there would be 4 against 2: a skew of 2."),
            wrong("nowhere: every zone has more than one", "maxSkew 1 means one each"),
        ),
    ),
    Item(
        (
            "Six pods with required anti-affinity against themselves by zone; three zones with two nodes each."
            " How many run?"
        ),
        (
            wrong("six, two a zone", "anti-affinity spreads evenly"),
            right("three", "One a zone; the next finds a pod of its kind in each."),
            wrong("six, one a node", "any topology key will do"),
        ),
    ),
    Item(
        "A cache pod must be on the web pod's node: required podAffinity by hostname. The web pod is deleted and comes"
        " back on another node. The cache …",
        (
            wrong("moves after it", "affinity moves running pods"),
            right("stays where it is", "The rule was asked when the cache was scheduled."),
            mistaken("is evicted", "Nothing about affinity evicts. IgnoredDuringExecution is meant so."),
        ),
    ),
    Item(
        "A Deployment has no rules. Will its three pods be on three nodes?",
        (
            wrong("Yes, the scheduler always spreads them.", "spreading by default is a promise"),
            right(
                "Mostly, but nothing guarantees it.",
                "Spreading is a score. Others can outweigh it, and room may be short.",
            ),
            wrong("Yes: two pods of a kind refuse each other.", "anti-affinity binds only the pod that has it"),
        ),
    ),
    Item(
        "A constraint's labelSelector matches none of the pods it is written in. What does it do?",
        (
            wrong("It counts the pod's own kind anyway.", "a rule knows its own pods"),
            right("It spreads nothing: every place has zero matching pods.", "The selector alone says who is counted."),
            mistaken("The API server refuses it.", "It is valid, and now and then useful: to keep away from others."),
        ),
    ),
)
