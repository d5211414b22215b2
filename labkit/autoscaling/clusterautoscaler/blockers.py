"""Which pods keep a node from being removed, and why, by the names that the Cluster Autoscaler has for it.

| reason | the pod |
|---|---|
| NotSafeToEvictAnnotation | says that it is not safe to evict |
| NotReplicated | has no controller that would make another |
| UnmovableKubeSystemPod | is in kube-system, no daemon, and no budget covers it |
| LocalStorageRequested | has a hostPath or an emptyDir on disk |
| NotEnoughPdb | is covered by a budget that allows no disruption |

Source: cluster-autoscaler simulator/drainability/rules, utils/drain/drain.go, 1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from labkit.autoscaling.clusterautoscaler.options import Options
from labkit.cluster import Cluster
from labkit.kinds.registry import Key

Object = dict[str, Any]

SAFE = "cluster-autoscaler.kubernetes.io/safe-to-evict"
LOCAL_VOLUMES = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes"
MIRROR = "kubernetes.io/config.mirror"


class Blocker(NamedTuple):
    """A pod and what it holds against being moved."""

    pod: Key
    reason: str


def is_daemon(pod: Object) -> bool:
    """Whether a DaemonSet runs it: it goes with its node."""
    return _owner(pod) == "DaemonSet"


def stays(pod: Object) -> bool:
    """Whether nobody has to move it: daemons, mirrors of static pods, pods that have ended or are leaving."""
    has_ended = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    meta = pod["metadata"]
    return is_daemon(pod) or MIRROR in meta.get("annotations", {}) or has_ended or "deletionTimestamp" in meta


def blocker(cluster: Cluster, key: Key, options: Options) -> Blocker | None:
    """What a pod holds against being moved, if it has to be; None if nothing."""
    pod = cluster.require(key)
    if stays(pod):
        return None
    reason = _reason(pod, _budgets(cluster, key), options)
    return Blocker(key, reason) if reason else None


def _reason(pod: Object, budgets: Sequence[Object], options: Options) -> str:
    notes = pod["metadata"].get("annotations", {})
    if notes.get(SAFE) == "false":
        return "NotSafeToEvictAnnotation"
    if notes.get(SAFE) != "true":
        if not _owner(pod):
            return "NotReplicated"
        if options.skip_nodes_with_system_pods and pod["metadata"]["namespace"] == "kube-system" and not budgets:
            return "UnmovableKubeSystemPod"
        if options.skip_nodes_with_local_storage and _local_volumes(pod):
            return "LocalStorageRequested"
    allowed = (budget.get("status", {}).get("disruptionsAllowed", 0) for budget in budgets)
    return "NotEnoughPdb" if any(count < 1 for count in allowed) else ""


def _owner(pod: Object) -> str:
    owners = pod["metadata"].get("ownerReferences", ())
    return next((str(one["kind"]) for one in owners if one.get("controller")), "")


def _local_volumes(pod: Object) -> list[str]:
    excused = pod["metadata"].get("annotations", {}).get(LOCAL_VOLUMES, "").split(",")
    volumes = (pod.get("spec") or {}).get("volumes", ())
    return [one["name"] for one in volumes if _is_local(one) and one["name"] not in excused]


def _is_local(volume: Object) -> bool:
    on_disk = "emptyDir" in volume and (volume["emptyDir"] or {}).get("medium") != "Memory"
    return "hostPath" in volume or on_disk


def _budgets(cluster: Cluster, pod: Key) -> list[Object]:
    return [cluster.require(key) for key in cluster.into(pod, "selects") if key.kind == "PodDisruptionBudget"]
