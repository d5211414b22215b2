"""What lesson 10 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.observing import after, on_node
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.checks.taints import CLEAR_A_NODE


def _stay_after(effect: str) -> str:
    lab = CLEAR_A_NODE.lab()
    tainted = after(lab, f"kubectl taint nodes node-2 dedicated=db:{effect}")
    return "They stay" if on_node(tainted, "node-2") else "They leave"


PREDICTIONS = {
    "running": Foresight(
        "Two web pods run on node-2. It gets the taint dedicated=db:NoSchedule; they don't tolerate it. What happens?",
        ("They stay", "They leave"),
        lambda: _stay_after("NoSchedule"),
        "NoSchedule is asked when a pod looks for a node, not afterwards.",
    ),
    "running_no_execute": Foresight(
        "And if the taint is dedicated=db:NoExecute?",
        ("They stay", "They leave"),
        lambda: _stay_after("NoExecute"),
        "NoExecute evicts what doesn't tolerate it. Their Deployment makes new pods, elsewhere.",
    ),
}

QUIZ = (
    Item(
        "node-4 has the taint dedicated=db:NoSchedule. A pod tolerates it. Where does the pod go?",
        (
            wrong("To node-4: that is what the toleration is for.", "a toleration attracts pods"),
            wrong("To node-4: the taint draws it in.", "a taint attracts pods"),
            right("To any node that fits, node-4 among them.", "The toleration only takes one reason to refuse away."),
        ),
    ),
    Item(
        "Which toleration lets a pod onto a node with the taint dedicated=db:NoSchedule?",
        (
            right("key: dedicated, operator: Exists", "Exists matches any value, and no effect means all effects."),
            wrong("key: dedicated, operator: Exists, effect: NoExecute", "a toleration with another effect will do"),
            wrong("key: dedicated, effect: NoSchedule", "Equal without a value matches any value"),
            right("key: dedicated, value: db", "Equal is the default operator, and no effect means all effects."),
        ),
    ),
    Item(
        "You cordon a node. Five minutes later …",
        (
            wrong("its pods have moved elsewhere", "cordon evicts"),
            right("its pods run on as before, and no new ones have come", "Cordoning only closes the door."),
            mistaken("it has left the cluster", "A cordoned node is a member like any other; it takes no new pods."),
        ),
    ),
    Item(
        "All nodes but one are full. The last one has a PreferNoSchedule taint. A new pod without tolerations …",
        (
            wrong("stays Pending", "PreferNoSchedule keeps pods off"),
            right("runs on the tainted node", "A preference gives way when nothing better is left."),
            mistaken(
                "pushes another pod out", "Only a higher priority does that, and taints have nothing to do with it."
            ),
        ),
    ),
    Item(
        "A pod tolerates maintenance:NoExecute and has no tolerationSeconds. The taint appears. When must it go?",
        (
            right("Never", "Without seconds the toleration holds for ever."),
            wrong("After 300 seconds", "every taint is tolerated for 300 seconds"),
            wrong("When the toleration runs out", "a toleration ends by itself"),
        ),
    ),
)
