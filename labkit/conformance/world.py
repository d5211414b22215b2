"""The world of a recorded decision: built settled, and brought to where the recording went on after each step."""

from __future__ import annotations

from typing import Any

from labkit import apiserver
from labkit.cluster import Cluster
from labkit.controllers.persistentvolume import PersistentVolumeController
from labkit.controllers.taint_eviction import no_execute
from labkit.controllers.tolerating import stays_for
from labkit.fields import selectors
from labkit.kinds import Key, key_of
from labkit.kinds.pod import Pod
from labkit.scheduler.actor import reserve_volumes

Object = dict[str, Any]

NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
READY = {"type": "Ready", "status": "True"}
PAUSE = 2.0
"""Seconds between two steps: pods of different steps don't start at the same moment."""


def world(scenario: Object) -> Cluster:
    """The cluster that the scenario begins with."""
    cluster = Cluster()
    namespaces: list[Object] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in NAMESPACES
    ]
    given = [one for one in scenario["objects"] if one["kind"] == "Namespace"]
    others = [one for one in scenario["objects"] if one["kind"] != "Namespace"]
    named = {one["metadata"]["name"] for one in given}
    for obj in [*(one for one in namespaces if one["metadata"]["name"] not in named), *given]:
        cluster.create(obj)
    for obj in [*scenario["nodes"], *others]:
        place(cluster, obj)
    for pod in scenario["placed"]:
        drop_if_driven_off(cluster, place(cluster, pod))
    settle_budgets(cluster)
    return cluster


def drop_if_driven_off(cluster: Cluster, pod: Key) -> None:
    """Remove a placed pod that a NoExecute taint of its node drives off: the recorded control plane evicted it too."""
    spec = cluster.read(pod).spec
    if stays_for(no_execute(cluster, spec.node_name), spec.tolerations) == 0:
        cluster.remove(pod)


def place(cluster: Cluster, obj: Object) -> Key:
    """Let an object stand in the world in its settled state: nodes and pods ready, claims with a volume bound."""
    stored = apiserver.create(cluster, {name: part for name, part in obj.items() if name != "status"}).obj
    status = settled(obj, cluster.clock.stamp())
    if status:
        cluster.set_status(key_of(stored), status)
    return key_of(stored)


def settle_budgets(cluster: Cluster) -> None:
    """Give PodDisruptionBudgets their status; pods here have no owner, so only a minimum in pods lets any go."""
    for key in cluster.keys("PodDisruptionBudget"):
        spec = cluster.require(key)["spec"]
        healthy = sum(pod.is_ready for pod in cluster.items("Pod", key.namespace) if _guards(spec, pod))
        wanted = spec.get("minAvailable")
        allowed = max(healthy - wanted, 0) if isinstance(wanted, int) else 0
        cluster.set_status(key, {"currentHealthy": healthy, "disruptionsAllowed": allowed})


def settle_claims(cluster: Cluster, pod: Key, node: str) -> None:
    """Bind the claims that waited for this pod, to the volumes that the scheduler would have reserved on its node."""
    reserve_volumes(cluster, pod, node)
    for claim in cluster.out(pod, "mounts"):
        if claim.kind == "PersistentVolumeClaim":
            PersistentVolumeController().reconcile(cluster, claim)


def _guards(spec: Object, pod: Pod) -> bool:
    return selectors.matches(spec.get("selector"), pod.metadata.labels)


def settled(obj: Object, now: str) -> Object:
    """The status of an object of a recording once everything has calmed down; pods start `now`."""
    given = obj.get("status") or {}
    if obj["kind"] == "Node":
        return {"conditions": [READY]} | given
    if obj["kind"] == "Pod" and obj["spec"].get("nodeName"):
        conditions = [READY, {"type": "PodScheduled", "status": "True"}]
        return {"phase": "Running", "startTime": now, "conditions": conditions} | given
    if obj["kind"] == "PersistentVolumeClaim" and obj["spec"].get("volumeName"):
        return {"phase": "Bound"} | given
    return given


def follow(cluster: Cluster, step: Object) -> None:
    """Bring the world to where the recording went on."""
    answer = step["answer"]
    cluster.clock.advance(cluster.clock.now + PAUSE)
    node = answer.get("bound_after") if answer.get("nominated") else answer.get("node")
    if answer.get("nominated"):
        for victim in answer["victims"]:
            namespace, _, name = victim.partition("/")
            cluster.remove(Key("Pod", namespace, name))
    if node:
        pod = place(cluster, {**step["pod"], "spec": {**step["pod"]["spec"], "nodeName": node}})
        settle_claims(cluster, pod, node)
    settle_budgets(cluster)
