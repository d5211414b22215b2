"""Node groups as the autoscaler sees them: their bounds, their nodes, the machines that are on their way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labkit.autoscaling.clusterautoscaler.expanders import Amounts
from labkit.cloud import groups, machines
from labkit.cloud.nodes import GROUP_LABEL, node
from labkit.cluster import Cluster
from labkit.controllers.daemons import verdict
from labkit.controllers.daemonset import daemon_pod
from labkit.fields import quantity
from labkit.instancetypes import InstanceType, instance_type
from labkit.kinds import decode
from labkit.kinds.node import Node
from labkit.kinds.registry import Key
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.snapshot import Snapshot

Object = dict[str, Any]


class Group(NamedTuple):
    """A node group; `target` is how many machines it wants, those on their way included."""

    key: Key
    least: int
    most: int
    target: int
    type: InstanceType
    zone: str
    joins: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The group's name."""
        return self.key.name

    @property
    def price(self) -> float:
        """USD an hour of one machine."""
        return self.type.spot_price if self.joins.get("spot") else self.type.price

    def template(self, name: str) -> Node:
        """The node that one machine more would be."""
        made: Node = decode(node(name, self.type, self.zone, self.joins.get("labels"), self.joins.get("taints", ())))
        return made

    @property
    def size(self) -> Amounts:
        """What a machine is, before anything is reserved."""
        return Amounts(self.type.vcpu * 1000, self.type.registered_memory * 2**20)


def room_of(allocatable: Mapping[str, Any]) -> Amounts:
    """What pods can ask a node for."""
    return Amounts(quantity.milli(allocatable["cpu"]), quantity.value(allocatable["memory"]))


def groups_of(cluster: Cluster) -> list[Group]:
    """The groups whose machines join the cluster as nodes."""
    held = ((key, cluster.require(key)) for key in cluster.keys(groups.GROUP))
    return [_group(key, obj) for key, obj in held if "cluster" not in obj["joins"]]


def _group(key: Key, obj: Object) -> Group:
    joins = {**obj["joins"], "spot": obj["spot"]}
    of, zone = instance_type(obj["instanceType"]), obj["AvailabilityZones"][0]
    return Group(key, obj["MinSize"], obj["MaxSize"], obj["DesiredCapacity"], of, zone, joins)


def group_of(cluster: Cluster, obj: Object) -> Key | None:
    """The group that a node belongs to; None if it is of none."""
    name = obj["metadata"].get("labels", {}).get(GROUP_LABEL, "")
    key = Key(groups.GROUP, "", name)
    return key if name and cluster.get(key) is not None else None


def instance_of(obj: Object) -> str:
    """The machine that a node is."""
    return str((obj.get("spec") or {}).get("providerID", "")).rpartition("/")[2]


def upcoming(cluster: Cluster, group: Group) -> int:
    """How many of a group's machines are no ready node yet."""
    count = 0
    for machine in machines.of(cluster, group.name):
        name = Key("Node", "", machine["joins"].get("node", ""))
        count += not (cluster.get(name) is not None and cluster.read(name).is_ready)
    return count


def add_template(snapshot: Snapshot, group: Group, name: str) -> int:
    """Think up a node of the group, with the daemons that would run on it; its row."""
    made = group.template(name)
    row = snapshot.add(made)
    for daemon in _daemons(snapshot.world, made):
        snapshot.put(daemon, row)
    return row


def _daemons(cluster: Cluster, made: Node) -> Iterator[PodInfo]:
    for key in cluster.keys("DaemonSet"):
        pod = decode(daemon_pod(cluster.require(key), made.metadata.name, ""))
        if verdict(made, cluster.read(key).spec.template.spec, pod.spec.tolerations).runs:
            yield PodInfo.of(Key("Pod", key.namespace, f"{key.name}-on-{made.metadata.name}"), pod)
