"""Which node group grows, and by how much: for pods that the scheduler found no node for.

Source: cluster-autoscaler core/scaleup/orchestrator/orchestrator.go,
core/podlistprocessor/filter_out_schedulable.go, 1.36.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from labkit.autoscaling.clusterautoscaler import expanders
from labkit.autoscaling.clusterautoscaler.estimator import Alike, estimate
from labkit.autoscaling.clusterautoscaler.expanders import Amounts, Option, PodPrices
from labkit.autoscaling.clusterautoscaler.machinery import Group, add_template, groups_of, room_of, upcoming
from labkit.autoscaling.clusterautoscaler.options import Options
from labkit.cluster import Cluster
from labkit.kinds.conditions import find_condition
from labkit.kinds.registry import Key
from labkit.scheduler.columns import Columns
from labkit.scheduler.memory import class_of
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.snapshot import Snapshot

FULL = "max node group size reached"
PRIORITIES = Key("ConfigMap", "kube-system", "cluster-autoscaler-priority-expander")
PRICES = PodPrices(0.033174, 0.004446)
"""What an hour of a core and of a GiB is worth when options are compared: GCE's figures (cloudprovider/gce/
gce_price_model.go), since for AWS the real autoscaler has no prices; in a lab that expander can be tried all the same.
"""


class Expansion(NamedTuple):
    """A group that could grow, by how many nodes, and the pods that this would help."""

    group: Group
    nodes: int
    pods: tuple[Key, ...]
    option: Option


@dataclass(frozen=True)
class Plan:
    """What a look at the pending pods came to.

    `pending`: those that fit nowhere, not even on machines that are coming. `expansions`: what could be done, `tied`
    those that the expanders left, `chosen` the one taken. `refused`: for each pod, why each group wouldn't help.
    """

    pending: tuple[Key, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    tied: tuple[Expansion, ...] = ()
    chosen: Expansion | None = None
    refused: Mapping[Key, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


def planned(cluster: Cluster, options: Options, columns: Columns | None = None) -> Plan:
    """What the autoscaler would do for the pods that are pending now; `columns`: fresh ones, if there are any."""
    waiting = [PodInfo.of(key, cluster.read(key)) for key in unschedulable(cluster, options)]
    if not waiting:
        return Plan()
    groups, columns = groups_of(cluster), Columns(cluster) if columns is None else columns
    left = list(unhelped(Snapshot(cluster, columns=columns), groups, waiting))
    pending = tuple(info.key for info in left)
    sorts = alike(left)
    refused: dict[Key, dict[str, tuple[str, ...]]] = {key: {} for key in pending}
    expansions = []
    for group in groups:
        blank = Snapshot(cluster, columns=columns)
        helped = [sort for sort in sorts if not _refusal(blank, group, sort, refused)]
        if helped and (found := _expansion(Snapshot(cluster, columns=columns), group, helped)) is not None:
            expansions.append(found)
    tied = narrowed(cluster, options, expansions)
    chosen = cluster.rng.choice(tied) if len(tied) > 1 else next(iter(tied), None)
    return Plan(pending, tuple(expansions), tuple(tied), chosen, refused)


def unschedulable(cluster: Cluster, options: Options) -> Iterator[Key]:
    """Pods that the scheduler said of that they fit nowhere, in order of creation."""
    for key in cluster.keys("Pod"):
        obj = cluster.require(key)
        if (obj.get("spec") or {}).get("nodeName") or "deletionTimestamp" in obj["metadata"]:
            continue
        told = find_condition(obj, "PodScheduled")
        if told and told.get("reason") == "Unschedulable" and _is_due(cluster, key, options):
            yield key


def _is_due(cluster: Cluster, key: Key, options: Options) -> bool:
    pod = cluster.read(key)
    age = cluster.clock.now - cluster.clock.seconds(cluster.require(key)["metadata"]["creationTimestamp"])
    return bool(age >= options.new_pod_scale_up_delay and pod.spec.priority >= options.expendable_pods_priority_cutoff)


def unhelped(snapshot: Snapshot, groups: Iterable[Group], waiting: Iterable[PodInfo]) -> Iterator[PodInfo]:
    """Those of the pods for which there is no room, once the machines that are on their way have come."""
    for group in groups:
        for number in range(upcoming(snapshot.world, group)):
            add_template(snapshot, group, f"upcoming-{group.name}-{number}")
    rows = range(len(snapshot))
    for info in sorted(waiting, key=lambda info: -info.priority):
        row = snapshot.first_fit(info, rows)
        if row is None:
            yield info
        else:
            snapshot.put(info, row)


def alike(pods: Iterable[PodInfo]) -> list[list[PodInfo]]:
    """The pods by what makes them equal to a scheduler: owner, labels, what they ask for."""
    sorts: dict[Any, list[PodInfo]] = {}
    for info in pods:
        owners = tuple(one.uid for one in info.pod.metadata.owner_references)
        labels = tuple(sorted(info.pod.metadata.labels.items()))
        sorts.setdefault((info.key.namespace, owners, labels, class_of(info)), []).append(info)
    return list(sorts.values())


def _refusal(snapshot: Snapshot, group: Group, sort: Sequence[PodInfo], refused: dict[Any, Any]) -> bool:
    """Whether a group is no help to pods of a sort; why is noted."""
    reasons: tuple[str, ...] = (FULL,)
    if group.target < group.most:
        name = f"template-{group.name}"
        row = snapshot.row(name)
        room = snapshot.room(sort[0], add_template(snapshot, group, name) if row is None else row)
        if room.fits:
            return False
        reasons = room.reasons
    for info in sort:
        refused[info.key][group.name] = reasons
    return True


def _expansion(snapshot: Snapshot, group: Group, sorts: Sequence[Sequence[PodInfo]]) -> Expansion | None:
    room = room_of(group.template("size").status.allocatable)
    groups = [Alike(sort, _cpu(sort[0]) / room.cpu + _memory(sort[0]) / room.memory) for sort in sorts]
    found = estimate(groups, _Machines(snapshot, group), group.most - group.target)
    helped = [info for sort, count in zip(sorts, found.scheduled, strict=True) for info in sort[:count]]
    if not found.nodes:
        return None
    asked = [Amounts(_cpu(info), _memory(info)) for info in helped]
    option = Option(group.name, found.nodes, group.size, asked, group.price)
    return Expansion(group, found.nodes, tuple(info.key for info in helped), option)


class _Machines:
    """Machines of a group, thought up."""

    def __init__(self, snapshot: Snapshot, group: Group) -> None:
        self.snapshot, self.group = snapshot, group
        self.rows: list[int] = []

    def add(self) -> None:
        self.rows.append(add_template(self.snapshot, self.group, f"new-{self.group.name}-{len(self.rows)}"))

    def first_fit(self, pod: PodInfo, places: Sequence[int]) -> int | None:
        row = self.snapshot.first_fit(pod, [self.rows[place] for place in places])
        return None if row is None else self.rows.index(row)

    def put(self, pod: PodInfo, place: int) -> None:
        self.snapshot.put(pod, self.rows[place])


def _cpu(info: PodInfo) -> int:
    return info.request.get("cpu", 0)


def _memory(info: PodInfo) -> int:
    return info.request.get("memory", 0)


def narrowed(cluster: Cluster, options: Options, expansions: Sequence[Expansion]) -> list[Expansion]:
    """What the expanders leave, one after the other; several are a tie."""
    left = [expansion.option for expansion in expansions]
    for name in options.expanders:
        left = _kept(cluster, name, left)
    return [expansion for expansion in expansions if expansion.option in left]


def _kept(cluster: Cluster, name: str, left: Sequence[Option]) -> list[Option]:
    if name == "price":
        return expanders.cheapest(left, PRICES, len(cluster.keys("Node")))
    if name == "priority":
        return expanders.prioritised(left, _priorities(cluster))
    simple = {
        "most-pods": expanders.most_pods,
        "least-nodes": expanders.least_nodes,
        "least-waste": expanders.least_waste,
    }
    return simple[name](left) if name in simple else list(left)


def _priorities(cluster: Cluster) -> dict[int, list[str]]:
    held = cluster.get(PRIORITIES) or {}
    told = yaml.safe_load((held.get("data") or {}).get("priorities", "")) or {}
    return {int(rank): list(patterns) for rank, patterns in told.items()}


def reasons_message(refused: Mapping[str, tuple[str, ...]]) -> str:
    """Why no group would help a pod, counted, as the event NotTriggerScaleUp has it."""
    counted = Counter(reason for reasons in refused.values() for reason in reasons)
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counted.items()))
