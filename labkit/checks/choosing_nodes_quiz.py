"""What lesson 09 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.answers import deployment
from labkit.checks.choosing_nodes import preferred, required
from labkit.checks.observing import after, nodes
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.lab import Lab

_SSD = "[{key: disk, operator: In, values: [ssd]}]"


def _one_ssd() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.kubectl("label nodes node-3 disk=ssd")
    return lab


def _where_twelve_go() -> str:
    lab = _one_ssd()
    lab.apply(deployment("web", 12, preferred((100, _SSD))))
    on_others = [node for node in nodes(lab.run("1m"), "web") if node != "node-3"]
    return "Some go elsewhere" if on_others else "All go to node-3"


def _where_it_stays() -> str:
    lab = _one_ssd()
    lab.apply(deployment("web", 1, required(_SSD)))
    unlabelled = after(lab.run("1m"), "kubectl label nodes node-3 disk-", time="10m")
    return "It stays" if nodes(unlabelled, "web") == ["node-3"] else "It leaves"


PREDICTIONS = {
    "preferred": Foresight(
        (
            "Of three empty nodes only node-3 has disk=ssd. Twelve web pods prefer it, with the highest weight,"
            " 100. What happens?"
        ),
        ("All go to node-3", "Some go elsewhere"),
        _where_twelve_go,
        "The preference is one score among several. The wish to spread a Deployment's pods counts as much.",
    ),
    "unlabelled": Foresight(
        "A pod requires disk=ssd and runs on node-3. You take the label off node-3. What happens?",
        ("It stays", "It leaves"),
        _where_it_stays,
        "The rule is asked when the pod looks for a node, as its long name says: IgnoredDuringExecution.",
    ),
}

QUIZ = (
    Item(
        "A required node affinity has two nodeSelectorTerms: disk in (ssd), and zone in (a). Which nodes will do?",
        (
            wrong("Those in zone a with an ssd.", "several terms must all hold"),
            right(
                "Those in zone a, and those with an ssd.",
                "One term is enough. Inside a term all expressions must hold.",
            ),
            mistaken(
                "Those of the first term; the second is for when there are none.",
                "Terms have no order: any one will do.",
            ),
        ),
    ),
    Item(
        "Which nodes match disk NotIn [hdd]?",
        (
            right(
                "Those with another value, and those without the label disk.",
                "Whoever has no disk label has no disk=hdd.",
            ),
            wrong(
                "Those that have the label disk with another value.", "NotIn only looks at nodes that have the label"
            ),
            wrong("Those without the label disk.", "NotIn means the label is absent"),
        ),
    ),
    Item(
        "cores Gt 8: which of these nodes match?",
        (
            wrong("cores=8 and cores=16", "Gt means at least"),
            right("cores=16", "Greater means greater; the values are compared as whole numbers."),
            mistaken("cores=8 and cores=9, since “16” comes before “8”", "Gt and Lt read numbers, not letters."),
        ),
    ),
    Item(
        "A pod has one preferred term. Does it matter whether its weight is 1 or 100?",
        (
            wrong("Yes: with 100 it nearly always wins.", "a single weight says how strong the wish is"),
            right(
                "No: the best node gets 100 points either way.",
                "Sums are scaled so that the highest is 100. Weights only compare terms with each other.",
            ),
            wrong("Yes: 1 comes first.", "a lower weight comes first"),
        ),
    ),
    Item(
        "A pod's manifest says nodeName: node-2. node-2 is cordoned. What happens?",
        (
            wrong("It stays Pending: the scheduler refuses the node.", "nodeName asks the scheduler"),
            right("It runs on node-2.", "The pod already has its node, so nobody is asked: no filter, no score."),
            mistaken("It goes to the next best node.", "The field is the result of scheduling, not a wish."),
        ),
    ),
)
