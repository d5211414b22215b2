"""Fields with a fixed set of values, as the server's own schema tells them; the published schema leaves them out.

Each row: the definition's last word and field, then the values with what each means ("" where nothing is said).
Source: the comments beside the constants in staging/src/k8s.io/api/*/types.go, v1.36. Left out: fields that a first
course does not meet (security contexts, cloud volumes, admission).
"""

from __future__ import annotations

Values = dict[str, str]

_TAINT_EFFECTS = {
    "NoExecute": "Evict any already-running pods that do not tolerate the taint. Currently enforced by NodeController.",
    "NoSchedule": "Do not allow new pods to schedule onto the node unless they tolerate the taint, but allow all pods "
    "submitted to Kubelet without going through the scheduler to start, and allow all already-running pods to "
    "continue running. Enforced by the scheduler.",
    "PreferNoSchedule": "Like TaintEffectNoSchedule, but the scheduler tries not to schedule new pods onto the node, "
    "rather than prohibiting new pods from scheduling onto the node entirely. Enforced by the scheduler.",
}
_PULL = {
    "Always": "means that kubelet always attempts to pull the latest image. Container will fail If the pull fails.",
    "IfNotPresent": "means that kubelet pulls if the image isn't present on disk. Container will fail if the image "
    "isn't present and the pull fails.",
    "Never": "means that kubelet never pulls an image, but only uses a local image. Container will fail if the image "
    "isn't present",
}
_TERMINATION = {
    "FallbackToLogsOnError": "will read the most recent contents of the container logs for the container status "
    "message when the container exits with an error and the terminationMessagePath has no contents.",
    "File": "is the default behavior and will set the container status message to the contents of the container's "
    "terminationMessagePath when the container exits.",
}
_PROTOCOLS = {
    "SCTP": "is the SCTP protocol.",
    "TCP": "is the TCP protocol.",
    "UDP": "is the UDP protocol.",
}
_PREEMPTION = {
    "Never": "means that pod never preempts other pods with lower priority.",
    "PreemptLowerPriority": "means that pod can preempt other pods with lower priority.",
}
_INCLUSION = {
    "Honor": "means use this scheduling directive when calculating pod topology spread skew.",
    "Ignore": "means ignore this scheduling directive when calculating pod topology spread skew.",
}

ENUMS: dict[tuple[str, str], Values] = {
    ("Toleration", "effect"): _TAINT_EFFECTS,
    ("Taint", "effect"): _TAINT_EFFECTS,
    ("Toleration", "operator"): dict.fromkeys(("Equal", "Exists", "Gt", "Lt"), ""),
    ("NodeSelectorRequirement", "operator"): dict.fromkeys(("DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"), ""),
    ("Container", "imagePullPolicy"): _PULL,
    ("Container", "terminationMessagePolicy"): _TERMINATION,
    ("ContainerPort", "protocol"): _PROTOCOLS,
    ("ServicePort", "protocol"): _PROTOCOLS,
    ("HTTPGetAction", "scheme"): {
        "HTTP": "means that the scheme used will be http://",
        "HTTPS": "means that the scheme used will be https://",
    },
    ("PodSpec", "restartPolicy"): dict.fromkeys(("Always", "Never", "OnFailure"), ""),
    ("PodSpec", "dnsPolicy"): {
        "ClusterFirst": "indicates that the pod should use cluster DNS first unless hostNetwork is true, if it is "
        "available, then fall back on the default (as determined by kubelet) DNS settings.",
        "ClusterFirstWithHostNet": "indicates that the pod should use cluster DNS first, if it is available, then "
        "fall back on the default (as determined by kubelet) DNS settings.",
        "Default": "indicates that the pod should use the default (as determined by kubelet) DNS settings.",
        "None": "indicates that the pod should use empty DNS settings. DNS parameters such as nameservers and search "
        "paths should be defined via DNSConfig.",
    },
    ("PodSpec", "preemptionPolicy"): _PREEMPTION,
    ("PriorityClass", "preemptionPolicy"): _PREEMPTION,
    ("TopologySpreadConstraint", "whenUnsatisfiable"): {
        "DoNotSchedule": "instructs the scheduler not to schedule the pod when constraints are not satisfied.",
        "ScheduleAnyway": "instructs the scheduler to schedule the pod even if constraints are not satisfied.",
    },
    ("TopologySpreadConstraint", "nodeAffinityPolicy"): _INCLUSION,
    ("TopologySpreadConstraint", "nodeTaintsPolicy"): _INCLUSION,
    ("ServiceSpec", "type"): {
        "ClusterIP": "means a service will only be accessible inside the cluster, via the cluster IP.",
        "ExternalName": "means a service consists of only a reference to an external name that kubedns or equivalent "
        "will return as a CNAME record, with no exposing or proxying of any pods involved.",
        "LoadBalancer": "means a service will be exposed via an external load balancer (if the cloud provider "
        "supports it), in addition to 'NodePort' type.",
        "NodePort": "means a service will be exposed on one port of every node, in addition to 'ClusterIP' type.",
    },
    ("ServiceSpec", "sessionAffinity"): {
        "ClientIP": "is the Client IP based.",
        "None": "- no session affinity.",
    },
    ("DeploymentStrategy", "type"): {
        "Recreate": "Kill all existing pods before creating new ones.",
        "RollingUpdate": "Replace the old ReplicaSets by new one using rolling update i.e gradually scale down the "
        "old ReplicaSets and scale up the new one.",
    },
    ("DaemonSetUpdateStrategy", "type"): {
        "OnDelete": "Replace the old daemons only when it's killed",
        "RollingUpdate": "Replace the old daemons by new ones using rolling update i.e replace them on each node one "
        "after the other.",
    },
    ("StatefulSetSpec", "podManagementPolicy"): {
        "OrderedReady": "will create pods in strictly increasing order on scale up and strictly decreasing order on "
        "scale down, progressing only when the previous pod is ready or terminated. At most one pod will be changed "
        "at any time.",
        "Parallel": "will create and delete pods as soon as the stateful set replica count is changed, and will not "
        "wait for pods to be ready or complete termination.",
    },
    ("CronJobSpec", "concurrencyPolicy"): {
        "Allow": "allows CronJobs to run concurrently.",
        "Forbid": "forbids concurrent runs, skipping next run if previous hasn't finished yet.",
        "Replace": "cancels currently running job and replaces it with a new one.",
    },
    ("JobSpec", "completionMode"): {
        "Indexed": "is a Job completion mode. In this mode, the Pods of a Job get an associated completion index from "
        "0 to (.spec.completions - 1). The Job is considered complete when a Pod completes for each completion index.",
        "NonIndexed": "is a Job completion mode. In this mode, the Job is considered complete when there have been "
        ".spec.completions successfully completed Pods. Pod completions are homologous to each other.",
    },
    ("PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy"): {
        "AlwaysAllow": 'policy means that all running pods (status.phase="Running"), but not yet healthy are '
        "considered disrupted and can be evicted regardless of whether the criteria in a PDB is met.",
        "IfHealthyBudget": 'policy means that running pods (status.phase="Running"), but not yet healthy can be '
        "evicted only if the guarded application is not disrupted (status.currentHealthy is at least equal to "
        "status.desiredHealthy). Healthy pods will be subject to the PDB for eviction.",
    },
}


def enum(place: str, word: str) -> list[str]:
    """The values of a field of a definition; none if it takes any."""
    return list(ENUMS.get((place.rpartition(".")[2], word), ()))


def with_values(description: str, place: str, word: str) -> str:
    """A field's description with what each of its values means."""
    values = ENUMS.get((place.rpartition(".")[2], word))
    if not values:
        return description
    lines = "".join(f'\n - `"{value}"` {meaning}'.rstrip() for value, meaning in values.items())
    return f"{description}\n\nPossible enum values:{lines}"
