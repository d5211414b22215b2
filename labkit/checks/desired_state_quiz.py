"""What lesson 01 asks: its prediction and its quiz."""

from __future__ import annotations

from labkit.checks.desired_state import THREE_COPIES
from labkit.checks.observing import pods
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.kinds import Key


def _left_after_killing_one() -> int:
    lab = THREE_COPIES.lab()
    lab.apply(THREE_COPIES.right[0])
    victim = pods(lab.run("1m"), "web")[0].metadata.name
    lab.cluster.delete(Key("Pod", "default", victim))
    return len(pods(lab.run("1m"), "web"))


PREDICTIONS = {
    "killed": Foresight(
        "You ask for three web pods and get them. You delete one. How many are there a minute later?",
        ("2", "3", "4"),
        _left_after_killing_one,
        "Three are wanted, two were found, so one was made.",
    ),
}

QUIZ = (
    Item(
        "A Deployment wants three replicas. Somebody deletes two of its pods. What happens?",
        (
            wrong("One pod is left: that is the new size.", "deleting pods scales down"),
            right("Two new pods are made.", "The ReplicaSet finds one where three are wanted, and makes two."),
            mistaken(
                "The two pods are started again.", "A deleted pod is gone. New ones with new names take its place."
            ),
        ),
    ),
    Item(
        "You scale the ReplicaSet of a Deployment from three to five. A minute later there are …",
        (
            wrong("five pods", "the ReplicaSet is the place to scale"),
            right("three pods", "The Deployment still wants three and has set its ReplicaSet back."),
            mistaken("eight pods", "Sizes are not added up: each controller compares one number with what it finds."),
        ),
    ),
    Item(
        "Which of these come back after their node has burnt down?",
        (
            right("The pods of a Deployment", "They are made anew, on other nodes."),
            wrong("A pod you started by hand with kubectl run", "a bare pod heals itself"),
            right("The pods of a ReplicaSet without a Deployment", "The ReplicaSet's controller keeps its number too."),
            wrong("Whatever was started by a command", "the command is the desired state"),
        ),
    ),
)
