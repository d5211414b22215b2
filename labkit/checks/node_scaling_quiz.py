"""What lesson 23 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.node_scaling import cache
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.lab import Lab
from labkit.views.ninth_pod import Side
from labkit.views.ninth_pod_trial import bought, grown

PODS, CPU = 9, 900


def _ninth() -> int:
    """How many empty slots the ninth pod leaves behind in a node group of m5.xlarge."""
    return grown(PODS, CPU, "m5.xlarge", "least-waste").free


def _cheaper() -> str:
    """Who pays less for twelve pods."""
    first = grown(12, CPU, "m5.xlarge", "least-waste")
    second: Side = bought(12, CPU, "c5, m5, r5", False)
    return "the Cluster Autoscaler" if first.price < second.price else "Karpenter"


def _nodes_later() -> int:
    lab = Lab.kubernetes(nodes=0, seed=1)
    lab.node_group("workers", "m5.xlarge", min=1, max=4, desired=2)
    lab.cluster_autoscaler().run("2m")
    lab.apply(cache())
    return len(lab.run("1h").cluster.keys("Node"))


PREDICTIONS = {
    "ninth": Foresight(
        "Eight pods fill two nodes of an m5.xlarge group, four on each. A ninth pod comes. How many empty slots are"
        " there when it runs?",
        ("0", "1", "3"),
        _ninth,
        "A node group knows one machine. The ninth pod gets a whole one, and three slots of it stay empty.",
    ),
    "later": Foresight(
        "Two nodes, one pod of cache on each, almost nothing asked for; the group's minimum is one. cache has an"
        " emptyDir. How many nodes are there an hour later?",
        ("0", "1", "2"),
        _nodes_later,
        "A pod with local storage holds its node, by the rule LocalStorageRequested.",
    ),
    "cheaper": Foresight(
        "Twelve pods of 900m each: eleven come together, then the last. Who pays less, a Cluster Autoscaler with a"
        " group of m5.xlarge, or Karpenter with all sizes of c5, m5 and r5?",
        ("the Cluster Autoscaler", "Karpenter"),
        _cheaper,
        "Karpenter packs a batch on one machine as long as one holds it. Sizes have gaps, and then that one is wide.",
    ),
}

QUIZ = (
    Item(
        "What makes the Cluster Autoscaler add a node?",
        (
            wrong("Nodes that are busy", "autoscalers look at use"),
            right("A pod that the scheduler found no node for", "Pending and unschedulable: that is its only trigger."),
            mistaken("A Deployment that is scaled up", "Not if its pods still fit on the nodes there are."),
        ),
    ),
    Item(
        "A group of m5.xlarge (4 vCPU) may grow. A pod asks for cpu: 4. What happens?",
        (
            wrong("A node comes, and the pod runs on it", "all of a machine is for pods"),
            right(
                "Nothing: the event is NotTriggerScaleUp",
                "A new node would have 3920m to give; the autoscaler sees that beforehand, on its template node.",
            ),
            mistaken(
                "A node comes and goes again", "It tries the pod on a template first. No machine is bought for that."
            ),
        ),
    ),
    Item(
        "What does an expander decide?",
        (
            wrong("Which pods go to the new node", "an expander picks the pods"),
            right("Which of several groups grows", "It is asked only about groups that would help some pod."),
            mistaken("How long a node must be idle", "That is --scale-down-unneeded-time."),
        ),
    ),
    Item(
        "A node's pods ask for 40 % of it and would fit elsewhere; nothing blocks them. When does it go?",
        (
            wrong("At the next scan", "unneeded means gone"),
            right(
                "After 10 minutes in which that stayed so",
                "And 10 minutes after the last scale-up. Both can be set.",
            ),
            wrong("When its pods use less than half of it", "autoscalers look at use"),
        ),
    ),
    Item(
        "A bare pod, without any controller, is on a node. Whom does it stop?",
        (
            right(
                "The Cluster Autoscaler, not Karpenter",
                "One says NotReplicated and leaves the node; Karpenter evicts such pods as well.",
            ),
            mistaken(
                "Karpenter, not the Cluster Autoscaler",
                "The other way round. karpenter.sh/do-not-disrupt is what stops Karpenter.",
            ),
            mistaken(
                "Both", "Karpenter evicts pods that nobody owns. Mark them karpenter.sh/do-not-disrupt if need be."
            ),
        ),
    ),
    Item(
        "Why does Karpenter wait before it buys?",
        (
            right(
                "To buy for several pods together",
                "A batch closes when no pod has come for 1 second, at the latest after 10.",
            ),
            mistaken("To see whether the pods are really busy", "It never looks at use, only at requests."),
            mistaken("Because machines take that long", "Launching comes later, and takes most of a minute."),
        ),
    ),
    Item(
        "A NodePool allows spot and on-demand. Which is bought?",
        (
            wrong("Whichever stands first", "the first value is preferred"),
            right("Spot, where there is some", "Of reserved, spot and on-demand the first that is allowed and there."),
            wrong("Spot, and AWS lets you keep it", "Spot keeps its promise"),
        ),
    ),
    Item(
        "Is Karpenter always cheaper than a node group?",
        (
            wrong("Yes, it picks by price", "Karpenter is always cheaper"),
            right(
                "No, it depends on how pods fill machines",
                "A well-filled group of one size can cost less than one machine that is a size too wide.",
            ),
            mistaken("No, it costs a fee for each node", "EKS Auto Mode has a fee. Karpenter itself has none."),
        ),
    ),
)
