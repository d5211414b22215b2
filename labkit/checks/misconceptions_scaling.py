"""What learners often believe of the HorizontalPodAutoscaler, each with what is true instead."""

from __future__ import annotations

SCALING: dict[str, str] = {
    "utilisation is a share of the limit": (
        "The percentage is of what the pods request, not of their limit: a pod that may use twice its request can be at"
        " 200 %."
    ),
    "a millicore target follows the request": (
        "averageValue is a fixed amount for each pod, whatever it requests. A share of the request is"
        " averageUtilization."
    ),
    "the Deployment's replicas are the minimum": (
        "The autoscaler overwrites the Deployment's replicas. The least there may be is minReplicas, and that is 1 if"
        " you don't say so."
    ),
    "two autoscalers help each other": (
        "Two autoscalers for the same pods both stop: AmbiguousSelector. Several metrics belong into one autoscaler;"
        " the largest proposal counts."
    ),
    "one container's request is enough": (
        "Utilisation is of the whole pod, so every container needs a request. Without one the metric is <unknown> and"
        " nothing is scaled."
    ),
    "a higher maximum wakes the autoscaler": (
        "An autoscaler that doesn't know its metric does nothing, however much it may. Look at its conditions first."
    ),
    "a new autoscaler sees more": (
        "It asks for the same metric and gets the same answer. What is missing is missing in the pods."
    ),
    "scaling by hand lasts": (
        "At its next sync, within 15 seconds, the autoscaler sets the size that its metrics ask for. Change minReplicas"
        " or the metrics instead."
    ),
    "a wide tolerance cures flapping": (
        "Within the tolerance nothing happens at all, so a wide one leaves pods overloaded. Time cures flapping: a"
        " stabilisation window on the way down."
    ),
    "waiting on the way up is just as good": (
        "A window on the way up takes the lowest recommendation of that time, so every burst has to wait. On the way"
        " down waiting costs some money, on the way up it costs answers."
    ),
    "never scaling down is calm": (
        "With selectPolicy Disabled the size of the highest peak stays for ever, and is paid for ever."
    ),
    "a fixed size is the calmest": (
        "minReplicas equal to maxReplicas is calm and no autoscaling. Nothing follows the load any more."
    ),
    "only the window holds it back": (
        "The window ends after five minutes. If an autoscaler still doesn't shrink, one of its metrics may fail: then"
        " it only goes up."
    ),
    "a metric that fails is in the way": (
        "Taking it out lets the size go down, and then nobody looks at what it was to measure. Find out why it fails:"
        " describe hpa."
    ),
    "a lower maximum repairs it": (
        "maxReplicas cuts the size without any metric, also when the load comes back. The fault is still there."
    ),
    "the manifest's replicas are only the start": (
        "Whoever applies the manifest again sets its replicas again, and the load meets too few pods. Leave replicas"
        " out where an autoscaler decides."
    ),
    "today's size belongs into the manifest": (
        "It is right until the load changes. The next apply sets yesterday's number; leave replicas out."
    ),
    "an update needs the autoscaler out of the way": (
        "Autoscaler and rolling update work together: one sets how many pods there are, the other of which template."
    ),
    "the proposals are added up": (
        "Each metric proposes a size for itself, and the largest one counts. They are neither added nor averaged."
    ),
    "the target is a ceiling": (
        "The target is what the average is brought back to, within 10 %. Between two syncs, or at maxReplicas, it may"
        " be far above."
    ),
    "the autoscaler sees the load at once": (
        "metrics-server scrapes every 15 seconds, the autoscaler looks every 15 seconds, and a new pod must start and"
        " be ready. A minute is usual."
    ),
    "HPA and VPA complete each other on cpu": (
        "The VPA changes the request, and the HPA divides by it: each answers what the other has just done. Give them"
        " different metrics."
    ),
    "more replicas bring more machines": (
        "The autoscaler only raises a number. A pod without room stays Pending until somebody adds a node, as the"
        " Cluster Autoscaler does."
    ),
    "a pod that starts counts as busy": (
        "A pod that isn't ready counts as using nothing on the way up. That keeps the autoscaler from adding more while"
        " the first ones are starting."
    ),
}
