"""What learners often believe of autoscalers of machines, each with what is true instead."""

from __future__ import annotations

MACHINES: dict[str, str] = {
    "all of a machine is for pods": (
        "Kubelet and system keep a part: an m5.xlarge has 4 vCPU and gives pods 3920m. Compare with allocatable,"
        " not with its size."
    ),
    "asking for less is free": (
        "Requests are what machines are bought for and what the pod is sure of. Ask for what it needs, and no less."
    ),
    "asking again helps": (
        "The new pod asks for the same and is refused for the same reason. Read its event NotTriggerScaleUp."
    ),
    "a Deployment's annotations reach its pods": (
        "The autoscaler looks at pods. What they shall carry belongs in the template, under spec.template.metadata."
    ),
    "a new pod has another volume": (
        "The Deployment makes the pod anew from its template, emptyDir and all, and the new one holds its node as well."
    ),
    "an idle node goes by itself": (
        "Little work is not enough: every pod on it must be movable. One with an emptyDir on disk holds its node,"
        " however little it asks for."
    ),
    "the first value is preferred": (
        "The values under In are a set, without order. Where Spot is allowed too, Karpenter takes Spot first."
    ),
    "a pool is bounded by itself": (
        "A NodePool without limits buys whatever pods ask for. Under limits stands how much its machines may have"
        " together."
    ),
    "limits count what pods ask for": (
        "limits count the whole machines that are bought. A pool that shall buy one of 8 vCPU needs room for 8."
    ),
    "quiet time makes a node empty": (
        "consolidateAfter says how long nothing must have changed on a node. Which nodes are looked at says"
        " consolidationPolicy, and WhenEmpty leaves alone those with pods."
    ),
    "a budget is a reason": (
        "A budget says how many nodes may go at the same time. Whether one has a reason to go says consolidationPolicy."
    ),
    "a machine removed by hand stays the last": (
        "The next wide machine stays as long as this one did. Change what the pool does, not the machine."
    ),
    "autoscalers look at use": (
        "Cluster Autoscaler and Karpenter add up requests. A node at 2 % load is full if its pods have asked for all"
        " of it."
    ),
    "an expander picks the pods": (
        "The expander picks a node group, among those that would help. Where each pod goes is the scheduler's business."
    ),
    "unneeded means gone": (
        "A node must be unneeded for 10 minutes on end by default, and 10 minutes must have passed since the last"
        " scale-up."
    ),
    "Karpenter is always cheaper": (
        "It takes the cheapest machine that holds all pods of a batch, where two smaller ones might cost less."
    ),
    "Spot keeps its promise": (
        "A Spot machine may be taken back with two minutes' notice. It costs less because of that."
    ),
}
