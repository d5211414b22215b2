"""What learners often believe, each with what is true instead; checks and quizzes share this list.

A name reads as the belief. The text answers it in one or two sentences and names what to look at.
"""

from __future__ import annotations

from labkit.checks.misconceptions_capacity import CAPACITY
from labkit.checks.misconceptions_disruption import DISRUPTION
from labkit.checks.misconceptions_ecs import ECS
from labkit.checks.misconceptions_machines import MACHINES
from labkit.checks.misconceptions_network import NETWORK
from labkit.checks.misconceptions_placement import PLACEMENT
from labkit.checks.misconceptions_pods import PODS
from labkit.checks.misconceptions_scaling import SCALING

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
    "a preference keeps pods off": (
        "A preferred rule only adds points to the nodes it likes. Pods may still go to any other node; what must hold"
        " belongs under required."
    ),
    "a requirement gives way when nothing fits": (
        "What is required refuses every other node, and without a fitting one the pod waits. A wish that may fail"
        " belongs under preferred."
    ),
    "several terms must all hold": (
        "Of several nodeSelectorTerms one is enough. Conditions that must hold together belong in one term, as its"
        " matchExpressions."
    ),
    "the expressions of a term are alternatives": (
        "All matchExpressions of a term must hold, and a label has just one value. Alternatives go into the list of"
        " one In, or into several terms."
    ),
    "NotIn means the label is absent": (
        "NotIn excludes the values you list and lets every other one pass. To exclude the label whatever its value,"
        " use DoesNotExist."
    ),
    "NotIn only looks at nodes that have the label": (
        "A node without the label satisfies NotIn as well. Say what you want with In, or add Exists."
    ),
    "Gt means at least": ("Gt is strictly greater, and Lt strictly less: cores Gt 8 leaves out a node with cores=8."),
    "a term counts by halves": (
        "A preferred term gives its weight only to nodes where all of its expressions hold, and nothing to the others."
        " Separate wishes are separate terms."
    ),
    "a lower weight comes first": (
        "Weights are points, not ranks: a node gets the sum of the weights that hold, and the highest sum is best."
    ),
    "the order of preferences counts": (
        "Preferred terms are summed, so their order means nothing. What matters more needs a higher weight."
    ),
    "a single weight says how strong the wish is": (
        "The sums are scaled to 0 to 100, so a single term gives 100 points whether its weight is 1 or 100. Weights"
        " only compare the terms of one pod."
    ),
    "nodeName asks the scheduler": (
        "A pod with nodeName has its node already, and the scheduler never sees it: no cordon, taint or lack of room"
        " stops it. Select by labels instead."
    ),
    "a label makes it so": (
        "A label is what somebody wrote, and the scheduler believes it. Labelling a slow machine as fast moves the pods"
        " to a slow machine."
    ),
    "a pod waits for its data by itself": (
        "A pod without a gate is scheduled as soon as its turn comes. What it will need later plays no part in that."
    ),
    "a pod that fits nowhere is as good as a gated one": (
        "A pod that fits nowhere is tried, refused and tried again whenever something might help it. A gated pod isn't"
        " in the queue at all."
    ),
    "a scheduler that doesn't exist is a gate": (
        "A pod with an unknown schedulerName waits for that scheduler, for ever. Opening a gate can't help it."
    ),
    "an init container keeps a pod off its node": (
        "Init containers run on the node, so the pod has been scheduled before and takes up room there."
    ),
    "pods find their profile by themselves": (
        "A pod goes to the profile named in its schedulerName, and that is default-scheduler if it says nothing. A"
        " profile nobody names gets no pods, and a name without a profile gets no node."
    ),
    "without spreading pods pack": (
        "Taking away what drives pods apart doesn't draw them together: NodeResourcesFit still prefers the emptier"
        " node."
    ),
    "LeastAllocated chooses the fullest": (
        "LeastAllocated gives more points to the node of which least is allocated, the emptiest. MostAllocated is the"
        " one that packs."
    ),
    "one score decides": (
        "The total decides, the sum of all plugins' scores times their weights. PodTopologySpread counts twice and"
        " wants a Deployment's pods apart; its points must be outweighed or left out."
    ),
    "more room helps every Pending pod": (
        "Room helps a pod that was refused for want of room; its event FailedScheduling says so. A pod without any"
        " event hasn't been tried."
    ),
    "a new pod forgets its template's faults": (
        "The new pod is made of the same template, with the same faults. Change the Deployment's template."
    ),
    "raw scores are added up": (
        "Raw scores have different ranges, so each plugin's are first brought to 0 to 100. Only then do weights count."
    ),
    "the scheduler starts the pod": (
        "The scheduler only writes the node's name into the pod. The kubelet of that node pulls, starts and watches it."
    ),
    "a tie is a failure": (
        "Equal totals are normal. One of the best is taken; since v1.35 that is the first one visited."
    ),
    "the scheduler moves pods to better nodes": (
        "A pod is scheduled once. It stays where it is until it is deleted or evicted, even if a better node turns up."
    ),
    "any topology key will do": (
        "The topology key says what counts as one place: kubernetes.io/hostname is a node,"
        " topology.kubernetes.io/zone a zone. A rule about nodes says nothing about zones."
    ),
    "anti-affinity spreads evenly": (
        "Anti-affinity allows one pod a place and refuses the next. To have several in each, evenly, use a topology"
        " spread constraint."
    ),
    "maxSkew 1 means one each": (
        "maxSkew is a difference, not a number: with two on each node the skew is 0. For one each, use required"
        " anti-affinity."
    ),
    "a rule knows its own pods": (
        "A rule counts the pods that its labelSelector finds, even if that is none. To mean the pod's own kind, select"
        " its own labels."
    ),
    "ScheduleAnyway keeps the skew": (
        "ScheduleAnyway only gives points to the emptier places, and other scores may outweigh them. DoNotSchedule is"
        " the one that refuses."
    ),
    "spreading by default is a promise": (
        "Without a rule the scheduler prefers to spread a Deployment's pods, and that is a score like any other. What"
        " must hold needs a rule."
    ),
    "a failed zone no longer counts": (
        "The nodes of a failed zone are still there, tainted, and count as a place with few pods. nodeTaintsPolicy:"
        " Honor leaves tainted nodes out of the count."
    ),
    "affinity outweighs another's anti-affinity": (
        "A node must pass every rule. Affinity adds one more that must hold and takes none away."
    ),
    "a toleration opens every door": (
        "A toleration answers taints only. It does nothing about other pods' rules, room or labels."
    ),
    "anti-affinity binds only the pod that has it": (
        "Required anti-affinity is symmetric: a pod that is there keeps away newcomers that its rule means, though they"
        " have no rule themselves."
    ),
    "affinity moves running pods": (
        "Rules about other pods are asked when a pod is scheduled. Nobody moves because a neighbour came or went."
    ),
    "the default strategy never has fewer pods": (
        "By default a quarter of the pods may be missing during an update, and a quarter may be extra. Set"
        " maxUnavailable to 0 if none may be missing."
    ),
    "maxSurge 0 is the careful choice": (
        "Without room for an extra pod an old one must go first, so pods are missing during the whole update."
    ),
    "Recreate replaces pods one by one": (
        "Recreate ends all old pods before it makes the first new one; nobody answers in between. RollingUpdate goes"
        " step by step."
    ),
    "a larger surge costs nothing": (
        "Every extra pod needs room on a node while the update lasts. maxSurge limits how many there may be."
    ),
    "undo goes back to revision 1": (
        "Without a number, undo goes to the revision before the present one. Look at rollout history before you name"
        " one."
    ),
    "a restart repairs a bad template": (
        "A restart makes new pods of the same template. A wrong image is as wrong the second time."
    ),
    "pausing takes an update back": (
        "A pause only stops it where it is: the pods made so far stay, and no later change rolls out either."
    ),
    "a Service knows Deployments": (
        "A Service looks at the labels of pods alone. Whoever made them, and under what name, doesn't matter."
    ),
    "requests are shared by Deployment": (
        "Requests are spread over ready pods. Two Deployments get shares as large as their numbers of pods."
    ),
    "a rolling update waits for approval": (
        "It goes on until every pod is new, as long as new pods become ready. A canary is a second Deployment, or a"
        " paused one."
    ),
    "the progress deadline rolls back": (
        "The deadline only reports: the condition Progressing becomes False. Nothing is undone by itself."
    ),
    "the Deployment edits its pods": (
        "A pod's image isn't changed by a Deployment. A new ReplicaSet makes new pods, and the old one shrinks."
    ),
    "a Service finds pods by its name": (
        "A Service finds pods by the labels in its selector, in its own namespace. Its name only makes its DNS name."
    ),
    "targetPort is the Service's port": (
        "port is what clients use. targetPort is what the pods listen on; left out, it is the same number as port."
    ),
    "clients use the container's port": (
        "Clients use the Service's port. Which port the containers listen on is the business of targetPort alone."
    ),
    "a running pod gets no traffic before it answers": (
        "A pod without a readiness probe is ready as soon as its containers run, and gets requests it can't answer."
    ),
    "a liveness probe keeps traffic away": (
        "A liveness probe restarts a container that hangs. Readiness is what decides about traffic."
    ),
    "minReadySeconds keeps traffic away": (
        "minReadySeconds slows a rollout down. A pod that is ready gets traffic at once, however short that time."
    ),
    "short names work in every namespace": (
        "A short name is completed with the asking pod's own namespace. Elsewhere it needs the namespace: cart.shop."
    ),
    "session affinity spreads one client's requests": (
        "With ClientIP affinity the requests of one client's address go to one pod until the timeout."
    ),
    **PODS,
    **NETWORK,
    **MACHINES,
    **DISRUPTION,
    **PLACEMENT,
    **SCALING,
    **ECS,
    **CAPACITY,
}


def answer_to(name: str) -> str:
    """What is true instead of the belief `name`; KeyError if the catalogue doesn't have it."""
    return MISCONCEPTIONS[name]
