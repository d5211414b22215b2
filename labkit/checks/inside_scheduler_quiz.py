"""What lesson 12 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.answers import deployment, pod
from labkit.checks.inside_scheduler import GATE
from labkit.checks.observing import nodes
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.lab import Lab


def _with_one_soft_taint() -> str:
    lab = Lab.kubernetes(nodes=2, zones="", seed=1)
    lab.kubectl("taint nodes node-2 disk=slow:PreferNoSchedule")
    lab.apply(deployment("web", 6))
    lab.run("1m").apply(pod("report"))
    return nodes(lab.run("1m"), "report")[0]


def _events_of_a_gated_pod() -> str:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(pod("report", pod_spec=GATE))
    found = len(lab.run("10m").cluster.list("Event"))
    return "None" if not found else "One" if found == 1 else "Many"


PREDICTIONS = {
    "soft_taint": Foresight(
        "node-1 runs web pods. node-2 has the taint disk=slow:PreferNoSchedule. A new pod comes: where does it go?",
        ("node-1", "node-2"),
        _with_one_soft_taint,
        "The untainted node gets 100 points times 3. No other score could make up for 300 here.",
    ),
    "gated": Foresight(
        "A pod with a scheduling gate waits for ten minutes. How many FailedScheduling events does it get?",
        ("None", "One", "Many"),
        _events_of_a_gated_pod,
        "A gated pod doesn't enter the queue, so nobody tries and nobody fails.",
    ),
}

QUIZ = (
    Item(
        "Plugin A gives node-1 20 and node-2 10. Plugin B gives node-1 1 and node-2 3. Who has the higher total?",
        (
            wrong("node-1: 21 against 13", "raw scores are added up"),
            right(
                "That depends on how they are normalised, and on the weights.",
                "Scaled to 100 it may be 100 + 33 against 50 + 100, and then the weights come in.",
            ),
            wrong("node-1, for A comes first", "one score decides"),
        ),
    ),
    Item(
        "Three nodes share the highest total. What happens?",
        (
            wrong("The pod stays Pending until one is ahead.", "a tie is a failure"),
            right("One of the three is taken.", "Each is as good as the others; the first one visited gets the pod."),
            mistaken("The one with the first name wins.", "Names play no part; the order of the visit does."),
        ),
    ),
    Item(
        "What does the scheduler itself do to a pod that it has found a node for?",
        (
            right("It writes the node's name into the pod.", "That is binding. All else is the kubelet's work."),
            wrong("It starts the containers on the node.", "the scheduler starts the pod"),
            mistaken(
                "It reserves room on the node for good.", "Room is counted from the pods that are bound, each time."
            ),
        ),
    ),
    Item(
        "A new, empty node joins a cluster whose other nodes are nearly full. A minute later …",
        (
            wrong("running pods have moved there", "the scheduler moves pods to better nodes"),
            right(
                "pods that were Pending may run there; the others stay",
                "A new node is an event that lets refused pods be tried again.",
            ),
            mistaken(
                "nothing has changed: Pending pods are tried every five minutes",
                "They are tried when something may help.",
            ),
        ),
    ),
    Item(
        "A pod has been Pending for an hour, and there is no event about it. What is likely?",
        (
            wrong("No node has room.", "more room helps every Pending pod"),
            right("Its schedulerName is nobody's, or it has a gate.", "No event means that nobody tried."),
            wrong("Its data hasn't come yet.", "a pod waits for its data by itself"),
        ),
    ),
)
