"""What learners often believe, each with what is true instead; checks and quizzes share this list.

A name reads as the belief. The text answers it in one or two sentences and names what to look at.
"""

from __future__ import annotations

MISCONCEPTIONS: dict[str, str] = {
    "a bare pod heals itself": (
        "Nothing recreates a Pod that has no owner. A Deployment compares the pods it finds with the number it wants,"
        " and creates what is missing."
    ),
    "one replica is enough to survive": (
        "One pod is replaced when it dies, but until the new one is ready nobody answers. Two or more are needed to"
        " go on answering meanwhile."
    ),
    "deleting pods scales down": (
        "A deleted pod only makes the observed state fall short of the desired one, so the ReplicaSet creates another."
        " Change the desired number instead."
    ),
    "the ReplicaSet is the place to scale": (
        "The Deployment owns its ReplicaSet and sets its size again. Change the number at the top, in the Deployment."
    ),
    "deleting the owner keeps its pods": (
        "What an object owns is deleted with it. The Deployment's pods went with the Deployment."
    ),
    "the command is the desired state": (
        "A command happens once. What lasts is the object's spec: that is what the controllers go on comparing with."
    ),
    "a toleration attracts pods": (
        "A toleration only lets a pod onto a tainted node; it may still go anywhere else. To draw it there, add a"
        " nodeSelector or node affinity."
    ),
    "a taint attracts pods": ("A taint only keeps pods away. Nothing about it draws the tolerating ones in."),
    "a label opens a tainted node": (
        "A nodeSelector chooses the node, but its taint still refuses the pod. The pod needs a toleration as well."
    ),
    "a toleration with another effect will do": (
        "A toleration covers only its own effect: one for NoExecute doesn't help against NoSchedule. Leave the effect"
        " out to cover all three."
    ),
    "Equal without a value matches any value": (
        "Equal (the default operator) compares the values, and no value means the empty one. To match any value use"
        " operator: Exists."
    ),
    "NoSchedule evicts running pods": (
        "NoSchedule only keeps new pods off. Pods that are there already stay; NoExecute is what makes them leave."
    ),
    "PreferNoSchedule keeps pods off": (
        "PreferNoSchedule lowers a node's score and forbids nothing. When the other nodes are full, pods land there."
    ),
    "cordon evicts": (
        "Cordoning only marks the node unschedulable. What runs there goes on running until it is evicted or deleted."
    ),
    "a toleration ends by itself": (
        "A toleration without tolerationSeconds holds for ever. With it, the count begins when the NoExecute taint"
        " appears on the pod's node, and the pod is evicted at its end."
    ),
    "every taint is tolerated for 300 seconds": (
        "The automatic 300 seconds are only for node.kubernetes.io/not-ready and unreachable. Any other NoExecute"
        " taint evicts at once what doesn't tolerate it."
    ),
    "tolerating everything is harmless": (
        "An empty key with Exists tolerates every taint, also those of broken nodes: such a pod stays where it can't"
        " work. Name the taint you mean."
    ),
}


def answer_to(name: str) -> str:
    """What is true instead of the belief `name`; KeyError if the catalogue doesn't have it."""
    return MISCONCEPTIONS[name]
