"""What a kind's own storage does to an object before it is stored.

Source: pkg/registry/*/strategy.go (PrepareForCreate, PrepareForUpdate), plugin/pkg/admission/storage, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from labkit.admission.world import Object, World

_STATUS: dict[str, Object] = {
    "CronJob": {},
    "DaemonSet": {
        "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
    },
    "Deployment": {},
    "HorizontalPodAutoscaler": {"currentMetrics": None, "desiredReplicas": 0},
    "Ingress": {"loadBalancer": {}},
    "Job": {},
    "Namespace": {"phase": "Active"},
    "PersistentVolume": {"phase": "Pending"},
    "PersistentVolumeClaim": {"phase": "Pending"},
    "PodDisruptionBudget": {"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0},
    "ReplicaSet": {"replicas": 0},
    "ResourceQuota": {},
    "Service": {"loadBalancer": {}},
    "StatefulSet": {"availableReplicas": 0, "replicas": 0},
}  # fmt: skip
GATED = {
    "type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "lastProbeTime": None,
    "lastTransitionTime": None, "message": "Scheduling is blocked due to non-empty scheduling gates",
}  # fmt: skip
"""The condition of a pod that isn't to be scheduled yet (pkg/registry/core/pod/strategy.go)."""

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def created(cluster: World, obj: Object) -> Object:
    """A new object with its first status and what its kind adds; a status that is there already is kept."""
    kind = obj["kind"]
    if kind in _STATUS and "status" not in obj:
        obj = {**obj, "status": _STATUS[kind]}
    own = _CREATED.get(kind)
    return own(cluster, obj) if own else obj


def updated(obj: Object, old: Object) -> Object:
    """A changed object with what only the server sets."""
    if obj["kind"] == "DaemonSet":
        changed = obj["spec"].get("template") != old["spec"].get("template")
        return _generation(obj, int(_annotation(old, TEMPLATE_GENERATION) or 1) + changed)
    if obj["kind"] == "Namespace" and "finalizers" in (old.get("spec") or {}):
        return {**obj, "spec": old["spec"]}
    return obj


def _pod(cluster: World, pod: Object) -> Object:
    status = pod.get("status") or {}
    if "phase" in status and "qosClass" in status:
        return pod
    if pod["spec"].get("schedulingGates") and "conditions" not in status:
        status = {**status, "conditions": [GATED]}
    return {**pod, "status": {"phase": "Pending", **status, "qosClass": qos_class(pod["spec"])}}


def qos_class(spec: Object) -> str:
    """Guaranteed, Burstable or BestEffort.

    Source: pkg/apis/core/v1/helper/qos/qos.go, v1.36.
    """
    holders = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    if spec.get("resources"):
        holders = [spec]
    sides = [_compute(one) for one in holders]
    if not any(requests or limits for requests, limits in sides):
        return "BestEffort"
    bound = all(set(limits) == {"cpu", "memory"} and (requests == limits) for requests, limits in sides)
    return "Guaranteed" if bound else "Burstable"


def _compute(holder: Object) -> tuple[Object, Object]:
    resources = holder.get("resources") or {}
    requests, limits = (_counted(resources.get(side) or {}) for side in ("requests", "limits"))
    return {**limits, **requests}, limits


def _counted(amounts: Object) -> Object:
    return {name: value for name, value in amounts.items() if name in ("cpu", "memory") and value != "0"}


def _job(cluster: World, job: Object) -> Object:
    """A Job's selector and labels name its uid, so the uid is drawn here."""
    spec, meta = job["spec"], job["metadata"]
    if spec.get("manualSelector") or spec.get("selector"):
        return job
    uid = meta.get("uid") or str(UUID(int=cluster.rng.getrandbits(128), version=4))
    prefix = "batch.kubernetes.io/"
    own = {f"{prefix}controller-uid": uid, f"{prefix}job-name": meta.get("name", "")}
    own |= {"controller-uid": uid, "job-name": meta.get("name", "")}
    template = spec.get("template") or {}
    inner = template.get("metadata") or {}
    labelled = {**template, "metadata": {**inner, "labels": {**(inner.get("labels") or {}), **own}}}
    selector = {"matchLabels": {f"{prefix}controller-uid": uid}}
    meta = {**meta, "uid": uid}
    if meta.get("labels") and meta["labels"] == inner.get("labels"):
        # Labels that a Job has from its template are one map with the template's in the real server.
        meta["labels"] = labelled["metadata"]["labels"]
    return {**job, "metadata": meta, "spec": {**spec, "selector": selector, "template": labelled}}


def _daemon_set(cluster: World, obj: Object) -> Object:
    return _generation(obj, 1)


def _generation(obj: Object, number: int) -> Object:
    """A DaemonSet with the number of its template, which older APIs had as a field."""
    meta = obj["metadata"]
    notes = {**(meta.get("annotations") or {}), TEMPLATE_GENERATION: str(number)}
    return {**obj, "metadata": {**meta, "annotations": notes}}


def _annotation(obj: Object, name: str) -> str:
    return str((obj["metadata"].get("annotations") or {}).get(name, ""))


def _claim(cluster: World, claim: Object) -> Object:
    """A claim that names no class gets the default one; of several, the one made last."""
    meta = claim["metadata"]
    claim = {**claim, "metadata": {**meta, "finalizers": _protected(meta, "kubernetes.io/pvc-protection")}}
    if "storageClassName" in claim["spec"]:
        return claim
    marked = [one for one in cluster.list("StorageClass") if _is_default(one)]
    if not marked:
        return claim
    newest = max(marked, key=lambda one: one["metadata"].get("creationTimestamp", ""))
    return {**claim, "spec": {**claim["spec"], "storageClassName": newest["metadata"]["name"]}}


def _volume(cluster: World, volume: Object) -> Object:
    meta = volume["metadata"]
    return {**volume, "metadata": {**meta, "finalizers": _protected(meta, "kubernetes.io/pv-protection")}}


def _protected(meta: Object, finalizer: str) -> list[str]:
    given = meta.get("finalizers") or []
    return given if finalizer in given else [*given, finalizer]


def _is_default(storage_class: Object) -> bool:
    return _annotation(storage_class, _DEFAULT_CLASS) == "true"


_CREATED: dict[str, Callable[[World, Object], Object]] = {
    "DaemonSet": _daemon_set, "Job": _job, "PersistentVolume": _volume, "PersistentVolumeClaim": _claim, "Pod": _pod,
}  # fmt: skip
