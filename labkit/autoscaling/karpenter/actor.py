"""Karpenter at work: it buys machines for pods that wait, sees them join, and takes away what isn't needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from labkit.apiserver import eviction
from labkit.autoscaling.karpenter import offerings
from labkit.autoscaling.karpenter.disruption import Command, decided, quiet_since, reschedulable, waiting
from labkit.autoscaling.karpenter.pools import (
    CLAIM,
    HASH,
    NODE_POOL,
    claims_of,
    is_so,
    node_of,
    pool_of,
    pools_of,
    used_by,
)
from labkit.autoscaling.karpenter.provisioning import Planned, labels_of, simulated
from labkit.cloud import machines
from labkit.cloud.nodes import TYPE_LABEL, allocatable, capacity
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.fields import durations, quantity
from labkit.history import Entry
from labkit.instancetypes import instance_type
from labkit.kinds.conditions import condition, in_place
from labkit.kinds.registry import Key
from labkit.lifecycle import random_suffix

Object = dict[str, Any]
Mapper = Callable[[Cluster, Entry], Iterable[Any]]

NAME = "karpenter"
FINALIZER = "karpenter.sh/termination"
DISRUPTED, UNREGISTERED = "karpenter.sh/disrupted", "karpenter.sh/unregistered"
REPLACES = "labkit.dev/replaces"
LAUNCH = 45.0
"""Seconds from the call of EC2 Fleet to a kubelet that registers; labkit's own figure."""
IDLE, LONGEST, AGAIN = 1.0, 10.0, 10.0
VALIDATION = 15.0
TURN = 60.0
"""Schedules of budgets turn at full minutes."""
PROVISION, DISRUPT = "provision", "disrupt"
NODE_CLASS, MISSING = "EC2NodeClass", "NodeClass not found on cluster"


class Karpenter:
    """Buys machines for waiting pods, and replaces or removes machines.

    Does: gathers pods for a second after the last came (ten at most), buys the cheapest machines that hold them;
    every ten seconds looks for what to disrupt, and does it if it still holds fifteen seconds later.
    Reads: pods, nodes, NodePools, NodeClaims, budgets, DaemonSets.
    Writes: NodeClaims and their status, EC2 instances, taints on nodes, evictions, NodePools' status, events.
    Runs again when: a pod waits, a claim or its node changes, a look is due.
    Source: karpenter pkg/controllers/{provisioning,disruption,nodeclaim,node/termination}, 1.14.
    Left out: interruption queues, garbage collection, node repair, unavailable offerings.
    """

    name = NAME
    kind = CLAIM

    def __init__(self) -> None:
        concerned = {
            "Pod": _of_pod,
            "Node": _of_node,
            CLAIM: _itself,
            NODE_POOL: _of_pool,
            NODE_CLASS: _of_pool,
            machines.INSTANCE: _of_machine,
            "PodDisruptionBudget": _nobody,
        }
        self.watches = {kind: self._noting(mapper) for kind, mapper in concerned.items()}
        self._settled: tuple[Cluster, float] | None = None
        self._gathering: tuple[float, float, frozenset[Key]] | None = None
        self._proposed: tuple[float, tuple[str, ...]] | None = None

    def fork(self, cluster: Cluster) -> Karpenter:
        """One that goes on by itself over a forked cluster."""
        twin = Karpenter()
        twin._gathering, twin._proposed = self._gathering, self._proposed
        return twin

    def reconcile(self, cluster: Cluster, key: Any) -> float | None:
        """Buy, look for what to disrupt, or bring a claim on; seconds until it must run again."""
        if key == PROVISION:
            return self._provision(cluster)
        if key == DISRUPT:
            return self._disrupt(cluster)
        if key.kind == NODE_POOL:
            report_pool(cluster, key)
            return None
        return brought_on(cluster, key)

    def _provision(self, cluster: Cluster) -> float | None:
        pods = waiting(cluster)
        if not pods or not cluster.keys(NODE_POOL):
            self._gathering = None
            return None
        now, held = cluster.clock.now, frozenset(one.key for one in pods)
        began, last, known = self._gathering or (now, now, held)
        last = now if held - known else last
        due = min(last + IDLE, began + LONGEST)
        self._gathering = began, last, held
        if now < due:
            return due - now
        self._gathering = None
        bought = simulated(cluster, pods)
        for planned in bought.bought:
            buy(cluster, planned)
        for pod, node in bought.nodes.items():
            cluster.record(pod, "Normal", "Nominated", f"Pod should schedule on: {_named(cluster, node)}", NAME)
        for pod, why in bought.failed.items():
            cluster.record(pod, "Warning", "FailedScheduling", f"Failed to schedule pod, {why}", NAME)
        return AGAIN

    def _noting(self, mapper: Mapper) -> Mapper:
        """The mapper, noting that what was decided about machines has to be decided anew."""

        def woken(cluster: Cluster, entry: Entry) -> Iterable[Any]:
            self._settled = None
            return mapper(cluster, entry)

        return woken

    def _disrupt(self, cluster: Cluster) -> float | None:
        if not cluster.keys(CLAIM):
            return None
        if self._settled is not None and self._settled[0] is cluster and cluster.clock.now < self._settled[1]:
            return AGAIN
        now, command = cluster.clock.now, decided(cluster)
        names_ = tuple(one.name for one in command.candidates) if command else ()
        if command is None or command.reason in ("Empty", "Drifted"):
            self._proposed = None
        elif self._proposed is None or self._proposed[1] != names_:
            self._proposed = now, names_
        if command is not None and (self._proposed is None or now >= self._proposed[0] + VALIDATION):
            self._proposed = None
            carry_out(cluster, command)
        elif command is None:
            self._settled = cluster, settled_until(cluster)
        return AGAIN


def _nobody(cluster: Cluster, entry: Entry) -> tuple[Any, ...]:
    return ()


def settled_until(cluster: Cluster) -> float:
    """Until when nothing but a write can make a machine superfluous: a quiet time ends, a budget's window turns."""
    now, moments = cluster.clock.now, []
    for pool in pools_of(cluster):
        if any(budget.schedule for budget in pool.budgets):
            moments.append(now + TURN)
        if pool.consolidate_after is not None:
            quiet = (quiet_since(cluster, claim) + pool.consolidate_after for claim in claims_of(cluster, pool.name))
            moments += [moment for moment in quiet if moment > now]
    return min(moments, default=float("inf"))


def _of_pod(cluster: Cluster, entry: Entry) -> tuple[Any, ...]:
    node = ((entry.new or entry.old or {}).get("spec") or {}).get("nodeName")
    if not node:
        return (PROVISION,) if cluster.keys(NODE_POOL) else ()
    came_or_went = entry.old is None or entry.new is None or not (entry.old.get("spec") or {}).get("nodeName")
    key = Key(CLAIM, "", node)
    if not came_or_went or cluster.get(key) is None:
        return ()
    return (key,)


def _of_node(cluster: Cluster, entry: Entry) -> tuple[Any, ...]:
    key = Key(CLAIM, "", entry.key.name)
    return (key,) if cluster.get(key) is not None else ()


def _of_machine(cluster: Cluster, entry: Entry) -> tuple[Any, ...]:
    key = Key(CLAIM, "", (entry.new or entry.old or {}).get("owner", ""))
    return (key,) if cluster.get(key) is not None else ()


def _of_pool(cluster: Cluster, entry: Entry) -> tuple[Any, ...]:
    own = (entry.key,) if entry.key.kind == NODE_POOL else tuple(cluster.keys(NODE_POOL))
    return own if entry.new is not None and entry.verb != "status" else (PROVISION,)


def _itself(cluster: Cluster, entry: Entry) -> tuple[Any, ...]:
    own = (entry.key, DISRUPT) if entry.old is None else (entry.key,) if entry.new is not None else ()
    return (*own, *cluster.keys(NODE_POOL))


def report_pool(cluster: Cluster, key: Key) -> None:
    """Write what a pool's machines have together, and whether the pool can be used: its node class must be there."""
    obj = cluster.get(key)
    if obj is None:
        return
    name = obj["spec"]["template"]["spec"]["nodeClassRef"]["name"]
    known = cluster.get(Key(NODE_CLASS, "", name)) is not None
    spent = used_by(cluster, pool_of(obj))
    resources = {"cpu": f"{spent.cpu}m", "memory": str(spent.memory), "nodes": str(spent.pods)}
    stamp = cluster.clock.stamp()
    told = _true("Ready", cluster) if known else condition("Ready", "False", "NodeClassNotFound", MISSING, stamp)
    held = in_place((obj.get("status") or {}).get("conditions") or (), told)
    canonical = {part: quantity.canonical(text) for part, text in resources.items()}
    cluster.set_status(key, {**(obj.get("status") or {}), "resources": canonical, "conditions": held})


def _named(cluster: Cluster, node: str) -> str:
    claim = f"nodeclaim/{node}"
    if cluster.get(Key(CLAIM, "", node)) is None:
        return f"node/{node}"
    return f"{claim}, node/{node}" if cluster.get(Key("Node", "", node)) is not None else claim


def buy(cluster: Cluster, planned: Planned, replaces: tuple[str, ...] = ()) -> Key:
    """Make the claim of a planned machine, and have the cheapest choice launched."""
    machine, offering = planned.choices[0]
    labels = dict(labels_of(planned, machine, offering))
    name = f"{planned.pool.name}-{random_suffix(cluster.rng)}"
    pool = cluster.require(Key(NODE_POOL, "", planned.pool.name))
    inner = pool["spec"]["template"]["spec"]
    notes = {HASH: planned.pool.hash} | ({REPLACES: ",".join(replaces)} if replaces else {})
    spec = {key: inner[key] for key in ("nodeClassRef", "expireAfter", "taints", "startupTaints") if key in inner}
    types = sorted(one.type.name for one, _ in planned.choices)
    spec["requirements"] = [{"key": TYPE_LABEL, "operator": "In", "values": types}]
    spec["resources"] = {"requests": {"cpu": f"{planned.asked.cpu}m", "memory": str(planned.asked.memory),
                                      "pods": str(planned.asked.pods)}}  # fmt: skip
    owner = {"apiVersion": pool["apiVersion"], "kind": NODE_POOL, "name": planned.pool.name}
    meta = {"name": name, "labels": labels, "annotations": notes, "finalizers": [FINALIZER],
            "ownerReferences": [{**owner, "uid": pool["metadata"]["uid"], "blockOwnerDeletion": True}]}  # fmt: skip
    cluster.create({"apiVersion": "karpenter.sh/v1", "kind": CLAIM, "metadata": meta, "spec": spec})
    launch(cluster, Key(CLAIM, "", name), offering.capacity_type == offerings.SPOT)
    for info in planned.pods:
        if cluster.get(info.key) is not None and not replaces:
            cluster.record(info.key, "Normal", "Nominated", f"Pod should schedule on: nodeclaim/{name}", NAME)
    return Key(CLAIM, "", name)


def launch(cluster: Cluster, claim: Key, spot: bool) -> None:
    """Have a claim's machine launched."""
    obj = cluster.require(claim)
    labels, spec = obj["metadata"]["labels"], obj["spec"]
    unregistered = {"key": UNREGISTERED, "effect": "NoExecute"}
    taints = [*spec.get("taints", ()), *spec.get("startupTaints", ()), unregistered]
    joins = {"node": claim.name, "labels": labels, "taints": taints}
    zone, kind = labels[offerings.ZONE], labels[TYPE_LABEL]
    instance = machines.launch(cluster, kind, zone, LAUNCH, joins, claim.name, spot)
    of = instance_type(kind)
    status = {
        "providerID": f"aws:///{zone}/{instance.name}",
        "capacity": capacity(of).resources,
        "allocatable": allocatable(of).resources,
    }
    cluster.set_status(claim, status | {"conditions": [_true("Launched", cluster)]})


def _true(kind: str, cluster: Cluster) -> Object:
    return condition(kind, "True", kind, "", cluster.clock.stamp())


def brought_on(cluster: Cluster, key: Key) -> float | None:
    """Bring a claim one step on: registered, initialized, expired, gone; seconds until it must be looked at again."""
    claim = cluster.get(key)
    if claim is None:
        return None
    if "deletionTimestamp" in claim["metadata"]:
        return terminated(cluster, key, claim)
    node = node_of(cluster, claim)
    if node is not None and not is_so(claim, "Registered"):
        drop_taint(cluster, node, UNREGISTERED)
        _become(cluster, key, "Registered", nodeName=node.name)
    elif node is not None and not is_so(claim, "Initialized") and _is_up(cluster, node, claim):
        _become(cluster, key, "Initialized")
        _become(cluster, key, "Ready")
        retire(cluster, claim)
    elif node is not None and is_so(claim, "Ready"):
        note_pods(cluster, key, node)
    return expiry(cluster, key)


def _is_up(cluster: Cluster, node: Key, claim: Object) -> bool:
    startup = {one["key"] for one in claim["spec"].get("startupTaints", ())}
    taints = {one.key for one in cluster.read(node).spec.taints}
    return bool(cluster.read(node).is_ready) and not startup & taints


def _become(cluster: Cluster, key: Key, kind: str, **more: Any) -> None:
    status = cluster.require(key).get("status") or {}
    held = in_place(status.get("conditions") or (), _true(kind, cluster))
    cluster.set_status(key, {**status, **more, "conditions": held})


def note_pods(cluster: Cluster, key: Key, node: Key) -> None:
    """Note the moment at which a pod came to the node or went."""
    status, pods = cluster.require(key).get("status") or {}, len(list(reschedulable(cluster, node)))
    if status.get("podCount") != pods:
        cluster.set_status(key, {**status, "podCount": pods, "lastPodEventTime": cluster.clock.stamp()})


def expiry(cluster: Cluster, key: Key) -> float | None:
    """Delete a claim whose time is over; seconds until then."""
    claim = cluster.require(key)
    text = claim["spec"].get("expireAfter", "Never")
    if text == "Never":
        return None
    age = cluster.clock.now - cluster.clock.seconds(claim["metadata"]["creationTimestamp"])
    left = durations.parse_go(text) / 1e9 - age
    if left <= 0:
        cluster.delete(key)
        return 0.0
    return left


def carry_out(cluster: Cluster, command: Command) -> None:
    """Keep pods off what is to go, buy what stands in for it; what needs no replacement goes at once."""
    going = tuple(one.name for one in command.candidates)
    for one in command.candidates:
        put_taint(cluster, Key("Node", "", one.name), DISRUPTED)
        _become(cluster, Key(CLAIM, "", one.name), "DisruptionReason")
        words = f"Disrupting NodeClaim: {command.reason}/{command.decision.title()}"
        cluster.record(Key(CLAIM, "", one.name), "Normal", "DisruptionTerminating", words, NAME)
        cluster.record(Key("Node", "", one.name), "Normal", "DisruptionTerminating", words, NAME)
    for place, planned in enumerate(command.replacements):
        buy(cluster, planned, going if place == len(command.replacements) - 1 else ("",))
    if not command.replacements:
        for name in going:
            cluster.delete(Key(CLAIM, "", name))


def retire(cluster: Cluster, claim: Object) -> None:
    """Let go of what a claim that is up now stands in for."""
    for name in claim["metadata"].get("annotations", {}).get(REPLACES, "").split(","):
        if cluster.get(Key(CLAIM, "", name)) is not None:
            cluster.delete(Key(CLAIM, "", name))


def terminated(cluster: Cluster, key: Key, claim: Object) -> float | None:
    """Empty the node of a claim that is being deleted, end its machine, and let the claim go."""
    node = node_of(cluster, claim)
    if node is not None:
        put_taint(cluster, node, DISRUPTED)
        left = list(reschedulable(cluster, node))
        for pod in left:
            _evict(cluster, pod)
        leaving = [one for one in cluster.into(node, "runs-on") if one.kind == "Pod" and _is_leaving(cluster, one)]
        if left or leaving:
            return 1.0
    instance = Key(machines.INSTANCE, "", (claim.get("status") or {}).get("providerID", "").rpartition("/")[2])
    held = cluster.get(instance)
    if held is not None and machines.state_of(held) not in machines.ENDING:
        machines.terminate(cluster, instance)
    if held is None or machines.state_of(held) == machines.TERMINATED:
        cluster.patch(key, {"metadata": {"finalizers": None}})
        return None
    return None


def _is_leaving(cluster: Cluster, pod: Key) -> bool:
    return "deletionTimestamp" in cluster.require(pod)["metadata"]


def _evict(cluster: Cluster, pod: Key) -> None:
    try:
        eviction.evict(cluster, pod, cluster.require(pod), {})
    except ApiError as refusal:
        cluster.record(pod, "Warning", "FailedDraining", f"Failed to drain node: {refusal.message}", NAME)
    else:
        cluster.record(pod, "Normal", "Evicted", "Evicted pod: Underutilized", NAME)


def put_taint(cluster: Cluster, node: Key, key: str) -> None:
    """Keep new pods off a node."""
    taints = (cluster.require(node).get("spec") or {}).get("taints", [])
    if all(one["key"] != key for one in taints):
        cluster.patch(node, {"spec": {"taints": [*taints, {"key": key, "effect": "NoSchedule"}]}})


def drop_taint(cluster: Cluster, node: Key, key: str) -> None:
    """Take a taint off a node."""
    taints = (cluster.require(node).get("spec") or {}).get("taints", [])
    cluster.patch(node, {"spec": {"taints": [one for one in taints if one["key"] != key] or None}})
