"""The cloud at work: groups are brought to their size, machines come up, join, and go."""

from __future__ import annotations

from typing import Any

from labkit import apiserver
from labkit.cloud import draining, groups, interruption, machines
from labkit.cloud.nodes import CAPACITY_LABEL, node
from labkit.cluster import Cluster
from labkit.ecs import capacityproviders, containerinstances, credentials, outages
from labkit.ecs.iam.roles import INSTANCE
from labkit.history import Entry
from labkit.instancetypes import instance_type
from labkit.kinds import ecs
from labkit.kinds.registry import Key
from labkit.kubelet import outage

Object = dict[str, Any]


def itself(cluster: Cluster, entry: Entry) -> list[Key]:
    """What was written, unless it is gone."""
    return [entry.key] if entry.new is not None else []


def of_group(cluster: Cluster, entry: Entry) -> list[Key]:
    """The machine that was written, and its group."""
    obj = entry.new or entry.old or {}
    owner = [Key(groups.GROUP, "", obj["owner"])] if obj.get("owner") else []
    return [*itself(cluster, entry), *owner]


class Cloud:
    """Launches, joins and terminates machines.

    Does: keeps groups at their desired size, one machine after another; a machine runs and joins after its time, and is
    gone half a minute after it was terminated; one that ECS drains first is terminated when its tasks are gone.
    Reads: Auto Scaling groups, EC2 instances, container instances that drain.
    Writes: those, Nodes (as kubelet and cloud-node-lifecycle do), container instances (as their agents do).
    Runs again when: a group or a machine changes, a machine's time has come.
    Source: EC2 Auto Scaling user guide; cloud-provider controllers/nodelifecycle/node_lifecycle_controller.go, v1.36.
    Left out: health checks that replace machines, warm pools, instance refresh.
    """

    name = "cloud"
    kind = groups.GROUP

    def __init__(self) -> None:
        self.watches = {groups.GROUP: itself, machines.INSTANCE: of_group, ecs.CONTAINER_INSTANCE: draining.machine_of}

    def reconcile(self, cluster: Cluster, key: Key) -> float | None:
        """Bring a group to its size, or a machine to its next state; seconds until that is due."""
        obj = cluster.get(key)
        if obj is None:
            return None
        if key.kind != groups.GROUP:
            return _moved(cluster, key, obj)
        _size(cluster, key, obj)
        return None


def _size(cluster: Cluster, key: Key, group: Object) -> None:
    surplus = len(machines.of(cluster, key.name)) - group["DesiredCapacity"]
    if surplus < 0:
        groups.grow(cluster, key)
    elif surplus > 0:
        groups.shrink(cluster, key)


def _moved(cluster: Cluster, key: Key, obj: Object) -> float | None:
    state, due = machines.state_of(obj), obj["due"]
    if state == machines.SHUTTING_DOWN:
        _switch_off(cluster, obj)
    if state == machines.RUNNING and "reclaimAt" in obj:
        return interruption.go_on(cluster, key)
    if state == machines.RUNNING and "drainUntil" in obj:
        return draining.go_on(cluster, key)
    if due is None:
        return None
    if due > cluster.clock.now:
        return float(due - cluster.clock.now)
    if state == machines.PENDING:
        join(cluster, machines.became(cluster, key, machines.RUNNING))
    elif state == machines.SHUTTING_DOWN:
        _leave(cluster, machines.became(cluster, key, machines.TERMINATED, machines.REMEMBERED))
    else:
        cluster.remove(key)
    return None


def join(cluster: Cluster, obj: Object) -> None:
    """Let a machine that runs register with what it joins."""
    joins, zone = obj["joins"], machines.zone_of(obj)
    if "node" not in joins:
        _register(cluster, obj)
        return
    capacity = {CAPACITY_LABEL: "SPOT" if obj.get("InstanceLifecycle") == "spot" else "ON_DEMAND"}
    labels = {**capacity, **joins.get("labels", {})}
    taints = joins.get("taints", ())
    of = instance_type(obj["InstanceType"])
    apiserver.create(cluster, node(joins["node"], of, zone, labels, taints, obj["InstanceId"]))


def _register(cluster: Cluster, obj: Object) -> None:
    """Let the machine's ECS agent register, if it was told a cluster that is there and its role allows it."""
    joins, spot = obj["joins"], obj.get("InstanceLifecycle") == "spot"
    held, role = cluster.get(Key(ecs.CLUSTER, "", joins.get("cluster", ""))), joins.get("role", INSTANCE)
    if held is None or held["status"] != "ACTIVE":
        return
    if denied := credentials.unregistered(cluster, role, obj["InstanceId"], joins["cluster"]):
        cluster.put(Key(machines.INSTANCE, "", obj["InstanceId"]), {**obj, "console": denied})
        return
    where = machines.zone_of(obj), joins["cluster"], joins.get("attributes"), _provider(cluster, obj)
    containerinstances.launch(cluster, obj["InstanceType"], *where, spot, obj["InstanceId"], role)


def _provider(cluster: Cluster, obj: Object) -> str:
    """The capacity provider that a machine's group is one of, "" if none is."""
    told: str = obj["joins"].get("provider", "")
    return told or (capacityproviders.of_group(cluster, obj["owner"]) if obj["owner"] else "")


def node_of(cluster: Cluster, obj: Object) -> Key | None:
    """The Node that a machine became, while there is one."""
    key = Key("Node", "", obj["joins"].get("node", ""))
    return key if cluster.get(key) is not None else None


def _switch_off(cluster: Cluster, obj: Object) -> None:
    if (instance := outages.of_machine(cluster, obj["InstanceId"])) is not None:
        outages.stop(cluster, instance, machine_off=True)
    if (key := node_of(cluster, obj)) is not None:
        outage.stop(cluster, key, machine_off=True)


def _leave(cluster: Cluster, obj: Object) -> None:
    outages.terminate(cluster, obj["InstanceId"])
    if (key := node_of(cluster, obj)) is not None:
        message = f"Deleting node {key.name} because it does not exist in the cloud provider"
        cluster.record(key, "Normal", "DeletingNode", message, "cloud-node-lifecycle-controller")
        cluster.delete(key)
