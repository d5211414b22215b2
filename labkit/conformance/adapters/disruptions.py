"""Adapters of the table pdb: labkit.controllers.disruption and labkit.apiserver.eviction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.apiserver import eviction
from labkit.cluster import Cluster
from labkit.controllers.disruption import DisruptionController
from labkit.errors import ApiError
from labkit.kinds import Key

Row = dict[str, Any]

_NOW = 10_000.0
_STAMP = "2026-01-01T00:00:00Z"
_KEY = Key("PodDisruptionBudget", "default", "default")
_LABELS = {"app": "web"}


def sync(row: Row) -> Row:
    """One sync of a budget over the row's pods."""
    cluster = _world(row)
    wait = DisruptionController().reconcile(cluster, _KEY)
    status = cluster.require(_KEY)["status"]
    counts = ("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods")
    shown: Row = {name: status[name] for name in counts}
    shown["condition"] = _told(status["conditions"][0])
    shown["disruptedPods"] = sorted(status.get("disruptedPods") or ())
    shown["events"] = [f"{one['type']} {one['reason']} {one['message']}" for one in cluster.list("Event")]
    if status["conditions"][0]["reason"] == "SyncFailed":
        return shown | {"sync_error": status["conditions"][0]["message"]}
    return shown | {"recheck_after_s": round(wait or 0) or None}


def _told(one: Row) -> list[str]:
    return [one["type"], one["status"], one["reason"], one.get("message", "")]


def _world(row: Row) -> Cluster:
    cluster = Cluster()
    cluster.clock.advance(_NOW)
    _create(cluster, "v1", "Namespace", "default")
    owners = {name: _owner(cluster, name, replicas) for name, replicas in row["controllers"].items()}
    for pod in row["pods"]:
        _pod(cluster, pod, owners)
    spec = {name: row[name] for name in ("minAvailable", "maxUnavailable") if row[name] is not None}
    spec["selector"] = {"matchLabels": _LABELS}
    disrupted = {one["name"]: one["disrupted_ago_s"] for one in row["pods"] if one.get("disrupted_ago_s") is not None}
    granted = {name: cluster.clock.stamp(_NOW - ago) for name, ago in disrupted.items()}
    _create(cluster, "policy/v1", "PodDisruptionBudget", "default", spec=spec)
    cluster.set_status(_KEY, {"disruptedPods": granted} if granted else {})
    return cluster


def _owner(cluster: Cluster, name: str, replicas: int) -> Row:
    kind = "ReplicaSet" if name.startswith("rs-") else "StatefulSet"
    return _create(cluster, "apps/v1", kind, name, spec={"replicas": replicas, "selector": {}, "template": {}})


def _pod(cluster: Cluster, pod: Row, owners: dict[str, Row]) -> None:
    meta: Row = {"labels": _LABELS}
    if pod["owner"]:
        held = owners.get(pod["owner"], {"kind": "ReplicaSet", "metadata": {"uid": f"uid-of-{pod['owner']}"}})
        named = {"apiVersion": "apps/v1", "kind": held["kind"], "name": pod["owner"], "uid": held["metadata"]["uid"]}
        meta["ownerReferences"] = [named | {"controller": True}]
    key = Key("Pod", "default", pod["name"])
    _create(cluster, "v1", "Pod", pod["name"], meta, spec={"nodeName": "n1", "containers": [{"name": "c"}]})
    ready = {"type": "Ready", "status": "True" if pod["ready"] else "False"}
    cluster.set_status(key, {"phase": pod["phase"], "conditions": [ready]})
    if pod.get("deleting"):
        cluster.delete(key, grace=30)


def _create(cluster: Cluster, version: str, kind: str, name: str, meta: Row | None = None, **fields: Any) -> Row:
    namespaced = {} if kind == "Namespace" else {"namespace": "default"}
    metadata = {"name": name} | namespaced | (meta or {})
    return cluster.create({"apiVersion": version, "kind": kind, "metadata": metadata, **fields})


def evict(row: Row) -> Row:
    """One request to the eviction API."""
    pod = row["pod"]
    subject = eviction.Subject(pod["name"], pod["phase"], pod["ready"], pod["deleting"])
    try:
        written = eviction.granted(subject, [_budget(one) for one in row["pdbs"] if _selects(one, pod)], _STAMP)
    except ApiError as error:
        return _refused(error)
    answer: Row = {"deleted": True, "pod_condition": list(eviction.TARGET), "status": "Success"}
    for name, status in written.items():
        changed = {"disruptedPods": list(status["disruptedPods"]), "disruptionsAllowed": status["disruptionsAllowed"]}
        answer["pdb_updated"] = {"name": name} | changed
    return answer


def _selects(budget: Row, pod: Row) -> bool:
    labels = {"(no selector)": False, "(empty selector)": True}
    return bool(labels.get(budget["selects"], pod["labels"].get("app") == budget["selects"]))


def _budget(one: Row) -> Row:
    counts = ("currentHealthy", "desiredHealthy", "disruptionsAllowed", "observedGeneration")
    status: Row = {name: one[name] for name in counts}
    if one["condition"]:
        status["conditions"] = [dict(zip(("type", "status", "reason", "message"), one["condition"], strict=True))]
    spec = {"unhealthyPodEvictionPolicy": one["unhealthyPodEvictionPolicy"]}
    return {"metadata": {"name": one["name"], "generation": one["generation"]}, "spec": spec, "status": status}


def _refused(error: ApiError) -> Row:
    if error.code == 500:
        return {"code": 500, "deleted": False, "message": error.message, "status": "Failure"}
    causes = [f"{one['reason']}: {one['message']}" for one in error.details.get("causes") or ()]
    told = {"code": error.code, "reason": error.reason, "message": error.message, "causes": causes}
    return told | {"deleted": False, "retryAfterSeconds": error.details.get("retryAfterSeconds", 0)}


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {("pdb", "trySync"): sync, ("pdb", "evict"): evict}
