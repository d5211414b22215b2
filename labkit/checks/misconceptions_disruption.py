"""What learners often believe about priority, budgets, drains and dead nodes, each with what is true instead."""

from __future__ import annotations

DISRUPTION: dict[str, str] = {
    "the strictest budget is the safest": (
        "A budget that lets no pod go makes every drain wait for ever, and somebody will work around it. Leave room for"
        " at least one."
    ),
    "a number in a budget grows with the Deployment": (
        "A number stays what it is: minAvailable 3 keeps three of eight as it keeps three of four. A percentage or"
        " maxUnavailable follows the size."
    ),
    "maxUnavailable is what must stay": (
        "maxUnavailable says how many may be missing, minAvailable how many must be there. 75 % of one is 25 % of the"
        " other."
    ),
    "a budget finds its Deployment by name": (
        "A budget looks at the labels of pods alone. One whose selector finds no pod protects nothing, and nobody"
        " complains."
    ),
    "two budgets protect twice": (
        "An eviction can't be charged to two budgets: the API server answers 500, and drain stops. One pod, one budget."
    ),
    "a budget in the way may be deleted": (
        "Without the budget all pods of the node go at once, and nobody holds back the next drain. Give it what it asks"
        " for: another ready pod."
    ),
    "a budget guards against deletion": (
        "A budget answers evictions only. A plain delete, and drain --disable-eviction, never ask it."
    ),
    "a taint asks the budget": (
        "Pods that a NoExecute taint drives off are deleted, not evicted through the API: their budget isn't asked."
    ),
    "a rolling update asks the budget": (
        "A Deployment deletes its old pods itself, within its own maxUnavailable. A budget isn't asked; it only counts"
        " what is missing meanwhile."
    ),
    "a broken pod may always be evicted": (
        "By default (IfHealthyBudget) a running pod that isn't ready goes freely only while enough others are ready."
        " unhealthyPodEvictionPolicy: AlwaysAllow lets it go anyway."
    ),
    "no budget is the cure for a stuck drain": (
        "A budget that asks for little lets healthy pods go at once too. Say that broken pods may go, not that all may."
    ),
    "a PDB stops node failure": (
        "A budget holds back those who ask. A dying machine asks nobody; its pods are missing all the same, and count"
        " as missing."
    ),
    "pods leave a dead node at once": (
        "First the node must be silent for about 50 seconds, then its pods tolerate that for 300 more unless they say"
        " otherwise."
    ),
    "a dead node is tainted not-ready": (
        "A kubelet that reports trouble gives not-ready; one that is silent gives unreachable. A dead machine is"
        " silent, so tolerate both for as long as you mean."
    ),
    "a PriorityClass works by being there": (
        "A class does nothing until a pod names it in priorityClassName. Pods without one have priority 0, unless a"
        " class is the global default."
    ),
    "a lower number comes first": (
        "A higher value is more important. Only pods with a lower value than the newcomer's can be its victims."
    ),
    "a high priority always preempts": (
        "preemptionPolicy: Never puts a pod at the head of the queue and lets it push nobody away."
    ),
    "the highest number is the safest": (
        "Priority is an order among all. Whoever takes the top also pushes away those who ought to come before."
    ),
    "a global default is for one application": (
        "globalDefault gives the class to every new pod that names none. To rank one application, name the class in its"
        " pods."
    ),
    "a budget is a wall against preemption": (
        "The scheduler prefers victims whose budget allows it. Where no others will do, it takes guarded ones too."
    ),
    "preemption is free": (
        "Victims get their grace period and are then gone. Whoever made them makes new ones, and those may have to"
        " wait."
    ),
    "drain moves pods": (
        "Nothing moves a pod. Drain evicts it, its controller makes another, and the scheduler finds that one a node."
    ),
}
