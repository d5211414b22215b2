"""What lesson 05 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.deployments import BROKEN, WEB, images, strategy, update
from labkit.checks.observing import after
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.lab import Lab


def _four() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(strategy("{rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"))
    return lab.run("1m")


def _answering_after_a_bad_update() -> int:
    return len(images(after(_four(), f"kubectl set image {WEB.kind.lower()}/web web={BROKEN}", time="15m")))


PREDICTIONS = {
    "most": Foresight(
        "Four pods of version 1 run. maxSurge is 1 and maxUnavailable is 0. How many pods are there at most during the"
        " update?",
        ("4", "5", "8"),
        lambda: update(_four()).most,
        "One more than wanted may exist. It must be ready before an old one may go.",
    ),
    "stuck": Foresight(
        "The image of version 2 can't be pulled. How many pods of version 1 still answer fifteen minutes later?",
        ("0", "3", "4"),
        _answering_after_a_bad_update,
        "The first new pod never becomes ready, so no old one may go. The update stands still; the shop doesn't.",
    ),
}

QUIZ = (
    Item(
        "You change a Deployment's image. What becomes of its pods?",
        (
            wrong("They are changed where they run", "the Deployment edits its pods"),
            right("They are replaced by pods of a new ReplicaSet", "Each template has a ReplicaSet of its own."),
            wrong("They are deleted together, then made anew", "Recreate replaces pods one by one"),
        ),
    ),
    Item(
        "Four replicas, maxSurge 0, maxUnavailable 1. How many pods are ready in mid-update?",
        (
            right("Three at the fewest", "One must go before a new one may come."),
            wrong("Always four", "maxSurge 0 is the careful choice"),
            mistaken("Five at the most", "Without surge there are never more than four."),
        ),
    ),
    Item(
        "The progress deadline passes. What does Kubernetes do?",
        (
            wrong("It rolls back", "the progress deadline rolls back"),
            right(
                "It writes a condition, and goes on trying",
                "Progressing becomes False. Undoing is up to you or your tools.",
            ),
            mistaken("It deletes the Deployment", "Nothing is deleted; the old pods that are left go on answering."),
        ),
    ),
    Item(
        "Revisions 1, 2 and 3 exist; 3 runs. You type rollout undo. Which revisions are listed afterwards?",
        (
            wrong("2, 3 and 4: the template of 1 became 4", "undo goes back to revision 1"),
            right(
                "1, 3 and 4: the template of 2 became 4", "The old ReplicaSet is used again and gets the next number."
            ),
            mistaken("1 and 2", "History isn't cut off: revision 3 stays, to go back to."),
        ),
    ),
    Item(
        "Two Deployments, blue and green, run side by side. What sends all requests to green at once?",
        (
            right("Changing the Service's selector", "A Service follows labels, and its selector may change any time."),
            wrong("Renaming the Deployment green", "a Service knows Deployments"),
            wrong("Scaling green to the size of blue", "requests are shared by Deployment"),
        ),
    ),
)
