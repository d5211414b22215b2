"""The Cluster Autoscaler at work: it scans, grows groups, marks what is unneeded, and empties nodes.

All it remembers stands in the world: since when a node is unneeded and that it is doomed in taints, as the real one has
it; when a group last grew in its status ConfigMap.
"""

from __future__ import annotations

from typing import Any

from labkit.apiserver import eviction
from labkit.autoscaling.clusterautoscaler import options as flags
from labkit.autoscaling.clusterautoscaler.blockers import stays
from labkit.autoscaling.clusterautoscaler.machinery import group_of, instance_of
from labkit.autoscaling.clusterautoscaler.options import Options
from labkit.autoscaling.clusterautoscaler.scaledown import DOOMED, UNNEEDED, Verdict, since, taint, verdicts
from labkit.autoscaling.clusterautoscaler.scaleup import Plan, planned, reasons_message
from labkit.clock import EPOCH
from labkit.cloud import groups
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.history import Entry
from labkit.kinds.registry import Key
from labkit.scheduler.columns import Columns

Object = dict[str, Any]

NAME = "cluster-autoscaler"
STATUS = Key("ConfigMap", "kube-system", "cluster-autoscaler-status")
LAST_ADDED, LAST_FAILED = "labkit.dev/last-scale-up", "labkit.dev/last-scale-down-failure"
SCAN = "scan"
EVICTION_RETRY, EVICTION_TIME = 10.0, 120.0
MOST_MARKED = 10
"""Nodes that are marked as unneeded at most (max-bulk-soft-taint-count)."""


class ClusterAutoscaler:
    """Grows node groups for pods that fit nowhere, and removes nodes of which little is asked.

    Does: every scan interval, looks for pending pods and grows the group that the expanders choose; marks nodes that
    could go; removes those that could for long enough, empty ones together, others one by one through evictions.
    Reads: pods, nodes, budgets, node groups, its flags.
    Writes: the groups' desired size, taints on nodes, evictions, its status ConfigMap, events on pods and nodes.
    Runs again when: the next scan is due; a node is being emptied.
    Source: cluster-autoscaler core/static_autoscaler.go, core/scaledown/actuation, 1.36.
    Left out: ProvisioningRequest, similar groups, back-off of groups that fail, unready nodes' removal, GPUs.
    """

    name = NAME
    kind = "Node"

    def __init__(self) -> None:
        self.watches = {"ConfigMap": _begins, "Node": self._notes, "Pod": self._notes, groups.GROUP: self._notes,
                        "PodDisruptionBudget": self._notes}  # fmt: skip
        self._seen: tuple[Cluster, float] | None = None
        self._columns: tuple[Cluster, Columns] | None = None

    def fork(self, cluster: Cluster) -> ClusterAutoscaler:
        """One that looks at everything anew."""
        return ClusterAutoscaler()

    def reconcile(self, cluster: Cluster, key: Any) -> float | None:
        """Scan, or go on emptying a node; seconds until it must run again."""
        options = flags.read(cluster)
        if options is None:
            return None
        if key != SCAN:
            return empty(cluster, key, options)
        if self._seen is None or self._seen[0] is not cluster or cluster.clock.now >= self._seen[1]:
            if self._columns is None or self._columns[0] is not cluster:
                self._columns = cluster, Columns(cluster)
            due = scan(cluster, options, self._columns[1].refresh(cluster))
            self._seen = cluster, due
        return options.scan_interval

    def _notes(self, cluster: Cluster, entry: Entry) -> tuple[Any, ...]:
        # A scan of a world in which nothing has changed comes to the same, but for what time alone brings about.
        self._seen = None
        if entry.key.kind != "Node" or entry.new is None or taint(entry.new, DOOMED) is None:
            return ()
        return (entry.key,) if entry.old is None or taint(entry.old, DOOMED) is None else ()


def _begins(cluster: Cluster, entry: Entry) -> tuple[str, ...]:
    return (SCAN,) if entry.key == flags.TABLE and entry.new is not None else ()


def scan(cluster: Cluster, options: Options, columns: Columns) -> float:
    """One look at the cluster. Returns the moment from which it could come to something else by time alone."""
    plan = planned(cluster, options, columns)
    if grow(cluster, plan):
        return cluster.clock.now
    if not options.scale_down_enabled:
        return float("inf")
    found = verdicts(cluster, options, columns)
    mark(cluster, found)
    due = remove(cluster, options, found)
    return cluster.clock.now if plan.pending else due


def grow(cluster: Cluster, plan: Plan) -> bool:
    """Grow the chosen group, and tell every pending pod what is done for it. Returns whether a group grew."""
    if plan.chosen is not None:
        group, size = plan.chosen.group, plan.chosen.group.target + plan.chosen.nodes
        told = f"{{{group.name} {group.target}->{size} (max: {group.most})}}"
        groups.resize(cluster, group.key, size)
        note(cluster, LAST_ADDED)
        words = f"Scale-up: setting group {group.name} size to {size} instead of {group.target} (max: {group.most})"
        cluster.record(STATUS, "Normal", "ScaledUpGroup", words, NAME)
        for pod in plan.chosen.pods:
            cluster.record(pod, "Normal", "TriggeredScaleUp", f"pod triggered scale-up: [{told}]", NAME)
    could = {pod for expansion in plan.expansions for pod in expansion.pods}
    for pod in plan.pending:
        if pod not in could:
            why = reasons_message(plan.refused[pod])
            cluster.record(pod, "Normal", "NotTriggerScaleUp", f"pod didn't trigger scale-up: {why}", NAME)
    return plan.chosen is not None


def note(cluster: Cluster, annotation: str) -> None:
    """Write the moment into the status ConfigMap."""
    change = {"metadata": {"annotations": {annotation: cluster.clock.stamp()}}}
    if cluster.get(STATUS) is None:
        meta = {"name": STATUS.name, "namespace": STATUS.namespace, **change["metadata"]}
        cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta})
    else:
        cluster.patch(STATUS, change)


def noted(cluster: Cluster, annotation: str) -> float:
    """The moment that was written there, long ago if none was."""
    held = (cluster.get(STATUS) or {"metadata": {}})["metadata"].get("annotations", {}).get(annotation)
    return cluster.clock.seconds(held) if held else float("-inf")


def mark(cluster: Cluster, found: dict[Key, Verdict]) -> None:
    """Mark the nodes that could go with the moment since when, and unmark the others."""
    marked = sum(since(cluster, key) is not None for key in found)
    for key, verdict in found.items():
        held = since(cluster, key)
        if verdict.is_removable and held is None and marked < MOST_MARKED:
            marked += 1
            put_taint(cluster, key, UNNEEDED, "PreferNoSchedule")
        elif not verdict.is_removable and held is not None and verdict.reason != "CurrentlyBeingDeleted":
            drop_taints(cluster, key, UNNEEDED)


def remove(cluster: Cluster, options: Options, found: dict[Key, Verdict]) -> float:
    """Doom the nodes whose time has come; the moment at which the next one's comes."""
    now, since_when = cluster.clock.now, {key: since(cluster, key) for key in found}
    due = {key: began + options.scale_down_unneeded_time for key, began in since_when.items() if began is not None}
    rest = max(
        noted(cluster, LAST_ADDED) + options.scale_down_delay_after_add,
        noted(cluster, LAST_FAILED) + options.scale_down_delay_after_failure,
    )
    if now >= rest:
        ready = [found[key] for key, moment in due.items() if moment <= now and found[key].is_removable]
        for verdict in chosen(cluster, options, ready):
            doom(cluster, verdict)
    later = [max(moment, rest) for moment in due.values() if max(moment, rest) > now]
    return min(later, default=float("inf"))


def chosen(cluster: Cluster, options: Options, ready: list[Verdict]) -> list[Verdict]:
    """Of the nodes whose time has come: the empty ones together, else one to be emptied; no group below its minimum."""
    spare = {key: _spare(cluster, key) for key in cluster.keys(groups.GROUP)}
    empties = [one for one in ready if not one.moved][: options.max_empty_bulk_delete]
    busy = sum(taint(cluster.require(key), DOOMED) is not None for key in cluster.keys("Node"))
    others = [one for one in ready if one.moved][: max(options.max_drain_parallelism - busy, 0)]
    taken = []
    for verdict in empties or others:
        group = group_of(cluster, cluster.require(verdict.node))
        if group is not None and spare[group] > 0:
            spare[group] -= 1
            taken.append(verdict)
    return taken


def _spare(cluster: Cluster, group: Key) -> int:
    obj = cluster.require(group)
    return int(obj["DesiredCapacity"] - obj["MinSize"])


def doom(cluster: Cluster, verdict: Verdict) -> None:
    """Keep new pods off a node; what follows is done by `empty`."""
    node = verdict.node
    put_taint(cluster, node, DOOMED, "NoSchedule")
    cluster.record(node, "Normal", "ScaleDown", "marked the node as toBeDeleted/unschedulable", NAME)
    if verdict.moved:
        names = ",".join(pod.name for pod in verdict.moved)
        used = verdict.used.share if verdict.used else 0.0
        words = f"Scale-down: removing node {node.name}, utilization: {used:.6f}, pods to reschedule: {names}"
        cluster.record(STATUS, "Normal", "ScaleDown", words, NAME)
    else:
        cluster.record(STATUS, "Normal", "ScaleDownEmpty", f'Scale-down: removing empty node "{node.name}"', NAME)


def empty(cluster: Cluster, node: Key, options: Options) -> float | None:
    """Evict what is left on a doomed node, then let its machine go; seconds until the next try."""
    obj = cluster.get(node)
    began = taint(obj, DOOMED) if obj else None
    if obj is None or began is None:
        return None
    pods = [key for key in cluster.into(node, "runs-on") if key.kind == "Pod"]
    left = [key for key in pods if not stays(cluster.require(key))]
    refused = [key for key in left if not evicted(cluster, key, options)]
    waited = cluster.clock.now - (float(began) - EPOCH.timestamp())
    if refused and waited >= EVICTION_TIME:
        give_up(cluster, node)
        return None
    if left or any("deletionTimestamp" in cluster.require(key)["metadata"] for key in pods):
        return EVICTION_RETRY if refused else 1.0
    let_go(cluster, node, obj)
    return None


def evicted(cluster: Cluster, pod: Key, options: Options) -> bool:
    """Ask for an eviction; whether it was granted."""
    grace = (cluster.require(pod).get("spec") or {}).get("terminationGracePeriodSeconds", 30)
    try:
        asked = {"gracePeriodSeconds": min(grace, int(options.max_graceful_termination_sec))}
        eviction.evict(cluster, pod, cluster.require(pod), asked)
    except ApiError:
        return False
    cluster.record(pod, "Normal", "ScaleDown", "deleting pod for node scale down", NAME)
    return True


def give_up(cluster: Cluster, node: Key) -> None:
    """Leave a node whose pods can't be evicted as it was."""
    drop_taints(cluster, node, DOOMED, UNNEEDED)
    note(cluster, LAST_FAILED)
    cluster.record(node, "Warning", "ScaleDownFailed", "failed to drain the node, aborting ScaleDown", NAME)


def let_go(cluster: Cluster, node: Key, obj: Object) -> None:
    """Have the cloud take an empty node's machine."""
    group = group_of(cluster, obj)
    if group is not None:
        cluster.record(node, "Normal", "ScaleDown", "node removed by cluster autoscaler", NAME)
        groups.shed(cluster, group, instance_of(obj))


def put_taint(cluster: Cluster, node: Key, key: str, effect: str) -> None:
    """Put a taint on a node, with the moment as its value."""
    taints = (cluster.require(node).get("spec") or {}).get("taints", [])
    stamp = str(int(EPOCH.timestamp() + cluster.clock.now))
    cluster.patch(node, {"spec": {"taints": [*taints, {"key": key, "value": stamp, "effect": effect}]}})


def drop_taints(cluster: Cluster, node: Key, *keys: str) -> None:
    """Take taints off a node."""
    taints = (cluster.require(node).get("spec") or {}).get("taints", [])
    cluster.patch(node, {"spec": {"taints": [one for one in taints if one["key"] not in keys] or None}})
