"""A small world of all sorts of objects in which a controller is tried: they come, change and go."""

from __future__ import annotations

from typing import Any

from labkit import apiserver
from labkit.cluster import Cluster
from labkit.errors import LabError
from labkit.kinds import KINDS, Key
from labkit.kubelet.nodes import healthy
from labkit.running import Loop

Object = dict[str, Any]

MOST = 500
"""Calls at one moment after which a controller counts as one that never comes to rest."""
_META = {"labels": {"app": "web"}}
_PODS = {"metadata": _META, "spec": {"containers": [{"name": "web", "image": "shop/web:1"}]}}
_JOB = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "work", "image": "shop/work:1"}]}}}
_SIZED = {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": _PODS}
_ROOM = {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "20"}}
_ASKED = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


class RestlessError(LabError):
    """A controller was called again and again at one moment."""


def _obj(version: str, kind: str, name: str, **fields: Any) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **_META}, **fields}


def objects() -> list[Object]:
    """What the world begins with: two nodes, workloads with the same pods in mind, and what goes with them."""
    return [
        *(_obj("v1", "Node", name, status=_ROOM) for name in "ab"),
        _obj("v1", "ConfigMap", "prices", data={"tea": "3"}),
        _obj("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]}),
        _obj("v1", "PersistentVolumeClaim", "data", spec={**_ASKED, "storageClassName": ""}),
        _obj("v1", "ResourceQuota", "most", spec={"hard": {"pods": "50"}}),
        _obj("policy/v1", "PodDisruptionBudget", "web", spec={"selector": _SIZED["selector"], "minAvailable": 1}),
        _obj("apps/v1", "Deployment", "web", spec=_SIZED),
        _obj("apps/v1", "ReplicaSet", "alone", spec=_SIZED),
        _obj("apps/v1", "StatefulSet", "numbered", spec={**_SIZED, "serviceName": "web"}),
        _obj("apps/v1", "DaemonSet", "everywhere", spec={"selector": _SIZED["selector"], "template": _PODS}),
        _obj("v1", "ReplicationController", "old", spec={"replicas": 2, "template": _PODS}),
        _obj("batch/v1", "Job", "work", spec=_JOB),
        _obj("batch/v1", "CronJob", "tick", spec={"schedule": "* * * * *", "jobTemplate": {"spec": _JOB}}),
        _obj("v1", "Pod", "bare", spec=_PODS["spec"]),
    ]  # fmt: skip


def work(loop: Loop) -> None:
    """All of it: objects come, pods get ready, things change and go."""
    begin(loop)
    go_on(loop)


def begin(loop: Loop) -> None:
    """Objects come, and their pods run."""
    cluster = loop.cluster
    for name in ("default", "shop"):
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for obj in objects():
        apiserver.create(cluster, obj)
    _pass(loop, 5)
    for node in cluster.keys("Node"):
        cluster.set_status(node, {**cluster.require(node)["status"], "conditions": healthy(cluster.clock.stamp())})
    _run_pods(cluster)
    _pass(loop, 30)


def go_on(loop: Loop) -> None:
    """Labels and sizes change, a pod fails, objects and a namespace go."""
    cluster = loop.cluster
    for kind, name in (("Deployment", "web"), ("ReplicaSet", "alone"), ("StatefulSet", "numbered")):
        _change(cluster, Key(kind, "default", name), {"spec": {"replicas": 3}})
    _change(cluster, Key("ConfigMap", "default", "prices"), {"data": {"tea": "4"}, "metadata": {"labels": None}})
    _change(cluster, Key("Pod", "default", "bare"), {"status": {"phase": "Failed"}})
    _pass(loop, 30)
    _run_pods(cluster)
    _pass(loop, 60)
    for obj in objects()[2:]:
        key = Key(obj["kind"], "default" if KINDS[obj["kind"]].namespaced else "", obj["metadata"]["name"])
        if cluster.get(key) is not None and obj["kind"] != "Service":
            cluster.delete(key)
    cluster.delete(Key("Namespace", "", "shop"))
    _pass(loop, 120)


def _change(cluster: Cluster, key: Key, change: Object) -> None:
    """Change an object that the controller has left there."""
    if cluster.get(key) is not None:
        cluster.patch(key, change, status="status" in change)


def _run_pods(cluster: Cluster) -> None:
    """Put every pod that waits on a node, ready."""
    stamp = cluster.clock.stamp()
    for number, key in enumerate(cluster.keys("Pod")):
        pod = cluster.require(key)
        if not pod["spec"].get("nodeName"):
            cluster.bind(key, "ab"[number % 2])
        if (pod.get("status") or {}).get("phase") in (None, "Pending"):
            ready = {"type": "Ready", "status": "True", "lastTransitionTime": stamp}
            cluster.set_status(key, {"phase": "Running", "podIP": f"10.0.0.{number + 1}", "conditions": [ready]})


def _pass(loop: Loop, seconds: float) -> None:
    clock, calls = loop.cluster.clock, 0
    until, before = clock.now + seconds, clock.now
    while (due := clock.next_time) is not None and due <= until:
        calls = calls + 1 if due <= before else 0
        before = max(due, before)
        call = loop.step()
        if calls > MOST:
            raise RestlessError(
                f"it was called {MOST} times at one moment, the last time for {call[1] if call else ''}"
            )
    clock.advance(until)
