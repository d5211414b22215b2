"""DaemonSets: one pod on every node that fits."""

from __future__ import annotations

from typing import Any

import msgspec

from labkit.cluster import Cluster
from labkit.controllers import controllerrevisions
from labkit.controllers.daemonbackoff import Again, Remembered, Waits, may_replace
from labkit.controllers.daemons import Held, Verdict, daemon_tolerations, limits, surge, verdict
from labkit.controllers.ownership import (
    Adoption,
    adopt,
    available_in,
    claimed,
    controlled,
    has_ended,
    is_available,
    pod_from,
)
from labkit.controllers.replicaset import RETRY, is_namespace_ending
from labkit.controllers.watching import all_of, claimant_of, itself
from labkit.errors import ApiError
from labkit.kinds.pod import Toleration
from labkit.kinds.registry import Key, key_of
from labkit.scheduler.nodeterms import NAME_FIELD

Dict = dict[str, Any]

HASH = "controller-revision-hash"
GENERATION = "pod-template-generation"


class DaemonSetController:
    """Keeps one pod on each node that a DaemonSet's template fits.

    Does: creates pods bound to their node by an affinity on its name, deletes those on nodes that fit no more and
    those that ended, updates node by node within maxUnavailable or maxSurge (RollingUpdate) or when pods are deleted
    (OnDelete).
    Reads: DaemonSet, Node, its pods. Writes: Pod, ControllerRevision, status; events.
    Runs again: when the set, a pod of it or any node changes.
    Source: pkg/controller/daemon/{daemon_controller,update}.go, v1.36.
    """

    name = "daemonset-controller"
    kind = "DaemonSet"

    def __init__(self) -> None:
        self.watches = {"DaemonSet": itself, "Pod": claimant_of("DaemonSet"), "Node": all_of("DaemonSet")}

    def reconcile(self, cluster: Cluster, key: Key | Adoption | Again | Waits | Remembered) -> float | None:
        """One sync, or an orphan that may be adopted: that wakes the owner; or the end of a wait."""
        if isinstance(key, Waits | Remembered):
            return None
        if isinstance(key, Again):
            return self.reconcile(cluster, key.owner)
        if isinstance(key, Adoption):
            adopt(cluster, key)
            return None
        owner = cluster.get(key)
        if owner is None or "deletionTimestamp" in owner["metadata"]:
            return None
        hashed = controllerrevisions.current(cluster, key)["metadata"]["labels"][HASH]
        pods = _by_node(cluster, claimed(cluster, key, "Pod"))
        verdicts = {node: _verdict(cluster, key, node) for node in cluster.keys("Node")}
        missing = [node.name for node, said in verdicts.items() if said.runs and not pods.get(node.name)]
        # The real controller starts slowly: one pod, then two, … What it counts then is the first, not what follows.
        failed = not all(self._create(cluster, key, node, hashed) for node in missing[:1])
        seen = _by_node(cluster, controlled(cluster, key, "Pod")) if missing[1:] else pods
        status = _counted(cluster, key, seen, verdicts, hashed)
        failed = failed or not all(self._create(cluster, key, node, hashed) for node in missing[1:])
        self._remove(cluster, key, pods, verdicts, hashed)
        if not failed:
            self._update(cluster, key, pods, verdicts, hashed)
        cluster.set_status(key, status)
        min_ready = owner["spec"].get("minReadySeconds", 0)
        every = [pod for held in pods.values() for pod in held if cluster.get(pod)]
        return RETRY if failed else available_in(cluster, every, min_ready)

    def _remove(
        self, cluster: Cluster, key: Key, pods: dict[str, list[Key]], verdicts: dict[Key, Verdict], hashed: str
    ) -> None:
        """Delete what is too much: on nodes that fit no more, beside another pod, or ended."""
        uid = cluster.require(key)["metadata"]["uid"]
        for node, held in pods.items():
            said = verdicts.get(Key("Node", "", node), Verdict(False, False))
            if Key("Node", "", node) not in verdicts:
                # Pods that were bound already are left to the pod garbage collector.
                held = [pod for pod in held if not cluster.require(pod)["spec"].get("nodeName")]
            living = [pod for pod in held if not has_ended(cluster.require(pod))]
            for pod in held:
                if pod not in living and said.stays and may_replace(cluster, self.name, Waits(key, uid, node)):
                    text = f"Found failed daemon pod {pod.namespace}/{pod.name} on node {node}, will try to kill it"
                    cluster.record(key, "Warning", "FailedDaemonPod", text, self.name)
                    self._delete(cluster, key, pod)
            for pod in self._surplus(cluster, key, living, hashed) if said.stays else living:
                self._delete(cluster, key, pod)

    def _surplus(self, cluster: Cluster, key: Key, living: list[Key], hashed: str) -> list[Key]:
        """The pods of one node that are too much: all but the oldest, and with maxSurge one new beside an old one."""
        spec = cluster.read(key).spec
        if limits(spec.update_strategy, len(cluster.keys("Node")))[0] == 0:
            return living[1:]
        held = _held(cluster, living, hashed, spec.min_ready_seconds)
        kept = {held.new, None if held.new and not _is_ready(cluster, held.old) else held.old}
        return [pod for pod in living if pod not in kept]

    def _create(self, cluster: Cluster, key: Key, node: str, hashed: str) -> bool:
        try:
            pod = key_of(cluster.create(daemon_pod(cluster.require(key), node, hashed)))
        except ApiError as error:
            if not is_namespace_ending(error):
                cluster.record(key, "Warning", "FailedCreate", f"Error creating: {error.message}", self.name)
            return False
        cluster.record(key, "Normal", "SuccessfulCreate", f"Created pod: {pod.name}", self.name)
        return True

    def _delete(self, cluster: Cluster, key: Key, pod: Key) -> None:
        if "deletionTimestamp" in cluster.require(pod)["metadata"]:
            return
        cluster.delete(pod)
        cluster.record(key, "Normal", "SuccessfulDelete", f"Deleted pod: {pod.name}", self.name)

    def _update(
        self, cluster: Cluster, key: Key, pods: dict[str, list[Key]], verdicts: dict[Key, Verdict], hashed: str
    ) -> None:
        """Delete pods of older templates: unavailable ones at once, others as far as maxUnavailable allows."""
        spec = cluster.read(key).spec
        if spec.update_strategy.type != "RollingUpdate":
            return
        wanted = [node.name for node, said in verdicts.items() if said.runs]
        most, budget = limits(spec.update_strategy, len(wanted))
        if most:
            self._surge(cluster, key, {node: pods.get(node, []) for node in wanted}, most, hashed)
            return
        held = {node: next((pod for pod in pods.get(node, []) if cluster.get(pod)), None) for node in wanted}
        up = {node for node, pod in held.items() if pod and _is_up(cluster, pod, spec.min_ready_seconds)}
        old = [(node, pod) for node, pod in held.items() if pod and _hash(cluster, pod) != hashed]
        for node, pod in old:
            if node not in up:
                self._delete(cluster, key, pod)
        spare = budget - (len(wanted) - len(up))
        for _, pod in [(node, pod) for node, pod in old if node in up][: max(spare, 0)]:
            self._delete(cluster, key, pod)

    def _surge(self, cluster: Cluster, key: Key, pods: dict[str, list[Key]], most: int, hashed: str) -> None:
        """Give nodes their new pod beside the old one, as far as maxSurge allows; then the old one goes."""
        min_ready = cluster.read(key).spec.min_ready_seconds
        living = {node: [pod for pod in held if _is_kept(cluster, pod)] for node, held in pods.items()}
        step = surge({node: _held(cluster, held, hashed, min_ready) for node, held in living.items()}, most)
        for pod in step.delete:
            self._delete(cluster, key, pod)
        for node in step.create:
            self._create(cluster, key, node, hashed)


def _is_kept(cluster: Cluster, pod: Key) -> bool:
    obj = cluster.get(pod)
    return obj is not None and not has_ended(obj)


def _is_ready(cluster: Cluster, pod: Key | None) -> bool:
    return pod is not None and cluster.read(pod).is_ready


def _held(cluster: Cluster, pods: list[Key], hashed: str, min_ready: int) -> Held:
    new = next((pod for pod in pods if _hash(cluster, pod) == hashed), None)
    old = next((pod for pod in pods if _hash(cluster, pod) != hashed), None)
    available = [pod is not None and is_available(cluster, pod, min_ready) for pod in (new, old)]
    return Held(new, old, *available)


def _is_up(cluster: Cluster, pod: Key, min_ready: int) -> bool:
    return is_available(cluster, pod, min_ready) and "deletionTimestamp" not in cluster.require(pod)["metadata"]


def _hash(cluster: Cluster, pod: Key) -> str:
    return str((cluster.require(pod)["metadata"].get("labels") or {}).get(HASH, ""))


def _verdict(cluster: Cluster, key: Key, node: Key) -> Verdict:
    template = cluster.read(key).spec.template.spec
    given = cluster.require(key)["spec"]["template"].get("spec", {}).get("tolerations") or []
    tolerations = [msgspec.convert(one, Toleration) for one in daemon_tolerations(given, template.host_network)]
    return verdict(cluster.read(node), template, tolerations)


def _by_node(cluster: Cluster, pods: list[Key]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = {}
    for pod in pods:
        found.setdefault(target_node(cluster.require(pod)), []).append(pod)
    return found


def target_node(pod: Dict) -> str:
    """The node a daemon pod is on, or is to be on by its affinity."""
    spec = pod["spec"]
    if spec.get("nodeName"):
        return str(spec["nodeName"])
    node_affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = node_affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    fields = [one for term in required.get("nodeSelectorTerms") or () for one in term.get("matchFields") or ()]
    return next((str(one["values"][0]) for one in fields if one["key"] == NAME_FIELD and one.get("values")), "")


def daemon_pod(owner: Dict, node: str, hashed: str) -> Dict:
    """The pod for a node: tolerations added, affinity on the node's name in place of the template's own terms."""
    pod = pod_from(owner["spec"]["template"], owner)
    spec = pod["spec"]
    affinity = spec.get("affinity") or {}
    term = {"matchFields": [{"key": NAME_FIELD, "operator": "In", "values": [node]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    placed = {**affinity, "nodeAffinity": {**(affinity.get("nodeAffinity") or {}), **required}}
    tolerations = daemon_tolerations(spec.get("tolerations") or [], bool(spec.get("hostNetwork")))
    own = {HASH: hashed, GENERATION: str(owner["metadata"].get("generation", 1))}
    meta = {**pod["metadata"], "labels": {**(pod["metadata"].get("labels") or {}), **own}}
    return {**pod, "metadata": meta, "spec": {**spec, "affinity": placed, "tolerations": tolerations}}


def _counted(cluster: Cluster, key: Key, pods: dict[str, list[Key]], verdicts: dict[Key, Verdict], hashed: str) -> Dict:
    min_ready = cluster.read(key).spec.min_ready_seconds
    wanted = [node.name for node, said in verdicts.items() if said.runs]
    running = {node: held[0] for node, held in pods.items() if node in wanted}
    available = sum(is_available(cluster, pod, min_ready) for pod in running.values())
    counts = {
        "currentNumberScheduled": len(running),
        "numberMisscheduled": sum(node not in wanted for node in pods),
        "desiredNumberScheduled": len(wanted),
        "numberReady": sum(cluster.read(pod).is_ready for pod in running.values()),
        "observedGeneration": cluster.require(key)["metadata"].get("generation", 1),
        "updatedNumberScheduled": sum(_hash(cluster, pod) == hashed for pod in running.values()),
        "numberAvailable": available,
        "numberUnavailable": len(wanted) - available,
    }
    always = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
    return {name: count for name, count in counts.items() if count or name in always}
