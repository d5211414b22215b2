"""Which machines to buy for pods that wait: scheduling tried on nodes there are, and on such as there could be.

Pods go by falling cpu, then memory. Each tries the nodes that are there or on their way, then machines planned already
(those with the fewest pods first), then a new one from the pools, the heaviest first. A planned machine keeps every
instance type that still fits; which is bought is decided last, by price.
Source: karpenter pkg/controllers/provisioning/scheduling/{scheduler,nodeclaim,queue}.go, 1.14.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from labkit.autoscaling.karpenter import offerings
from labkit.autoscaling.karpenter.offerings import POOL, ZONE, Machine, Offering, Size
from labkit.autoscaling.karpenter.pods import relaxed, requirements_of, size_of
from labkit.autoscaling.karpenter.pools import Pool, daemons, inflight, pools_of, used_by
from labkit.autoscaling.karpenter.requirements import WELL_KNOWN, Requirements
from labkit.autoscaling.karpenter.topology import Topology
from labkit.cluster import Cluster
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.snapshot import Snapshot
from labkit.scheduler.tolerations import first_untolerated

PARTS = ("family", "size", "cpu", "memory", "category", "generation")
KNOWN = WELL_KNOWN | {f"{offerings.AWS}{part}" for part in PARTS}


@dataclass(frozen=True)
class Planned:
    """A machine to be bought for pods: what its labels may be, and the instance types that still fit."""

    name: str
    pool: Pool
    requirements: Requirements
    machines: tuple[Machine, ...]
    asked: Size
    pods: tuple[PodInfo, ...] = ()

    @property
    def choices(self) -> list[tuple[Machine, Offering]]:
        """What could be bought, the cheapest first."""
        return offerings.by_price(self.machines, self.requirements)

    @property
    def price(self) -> float:
        """USD an hour of the cheapest choice."""
        return self.choices[0][1].price


@dataclass
class Simulation:
    """Where waiting pods would go: on `nodes` by name, on machines to be bought, or nowhere, and then why."""

    bought: list[Planned] = field(default_factory=list)
    nodes: dict[Key, str] = field(default_factory=dict)
    failed: dict[Key, str] = field(default_factory=dict)


def simulated(
    cluster: Cluster, waiting: Iterable[PodInfo], without: Collection[str] = (), most: int | None = None
) -> Simulation:
    """Where these pods would go if the nodes `without` were gone; at most so many machines are bought."""
    desk = _Desk(cluster, frozenset(without), most)
    for info in sorted(waiting, key=lambda info: (-size_of(info).cpu, -size_of(info).memory)):
        desk.place(info)
    return desk.result


class _Desk:
    def __init__(self, cluster: Cluster, without: frozenset[str], most: int | None) -> None:
        self.pools, self.most, self.result = pools_of(cluster), most, Simulation()
        self.cluster, self.snapshot = cluster, Snapshot(cluster)
        for node in inflight(cluster):
            if node.metadata.name not in without:
                self.snapshot.add(node)
        names = self.snapshot.columns.names
        self.rows = [row for row, name in enumerate(names) if name not in without]
        self.topology = Topology(cluster, self.snapshot, offerings.ZONES)
        self.topology.placed = [one for one in self.topology.placed if one[2] not in without]
        self.spent = {pool.name: used_by(cluster, pool) for pool in self.pools}

    def place(self, info: PodInfo) -> None:
        pod: Pod | None = info.pod
        why = "no nodepool found"
        while pod is not None:
            tried = replace(info, pod=pod)
            why = self._try(tried)
            if not why:
                return
            pod = relaxed(pod)
        self.result.failed[info.key] = why

    def _try(self, info: PodInfo) -> str:
        if self._on_node(info) or self._on_planned(info):
            return ""
        if self.most is not None and len(self.result.bought) >= self.most:
            return "would need another machine"
        reasons = []
        for pool in self.pools:
            why = self._on_new(info, pool)
            if not why:
                return ""
            reasons.append(f'incompatible with nodepool "{pool.name}", {why}')
        return "; ".join(reasons) or "no nodepool found"

    def _on_node(self, info: PodInfo) -> bool:
        row = self.snapshot.first_fit(info, self.rows)
        if row is None:
            return False
        node = self.snapshot.columns.nodes[row]
        self.snapshot.put(info, row)
        self.topology.note(info, node.metadata.labels.get(ZONE, ""), node.metadata.name)
        self.result.nodes[info.key] = node.metadata.name
        return True

    def _on_planned(self, info: PodInfo) -> bool:
        order = sorted(range(len(self.result.bought)), key=lambda place: len(self.result.bought[place].pods))
        for place in order:
            found = self._with(self.result.bought[place], info)
            if isinstance(found, Planned):
                self.result.bought[place] = found
                self._note(found, info)
                return True
        return False

    def _on_new(self, info: PodInfo, pool: Pool) -> str:
        if why := self._over_limit(pool):
            return why
        name = f"{pool.name}-new-{len(self.result.bought)}"
        overhead = daemons(self.cluster, pool)
        empty = Planned(name, pool, pool.requirements, self._affordable(pool), overhead)
        found = self._with(empty, info)
        if not isinstance(found, Planned):
            return found
        self.result.bought.append(found)
        self._note(found, info)
        self.spent[pool.name] = self.spent[pool.name].plus(_largest(found.machines))
        return ""

    def _over_limit(self, pool: Pool) -> str:
        spent = self.spent[pool.name]
        over = next((name for name in ("cpu", "memory", "nodes") if _at(spent, name) >= pool.limit(name)), "")
        return f"all available instance types exceed limits for nodepool: {over}" if over else ""

    def _affordable(self, pool: Pool) -> tuple[Machine, ...]:
        spent = self.spent[pool.name]
        return tuple(
            one
            for one in offerings.catalogue()
            if spent.cpu + one.type.vcpu * 1000 <= pool.limit("cpu")
            and spent.memory + one.type.memory * 2**20 <= pool.limit("memory")
        )

    def _with(self, planned: Planned, info: PodInfo) -> Planned | str:
        """The planned machine with the pod on it; or why it can't be."""
        taint = first_untolerated(planned.pool.taints, info.pod.spec.tolerations, _EFFECTS)
        if taint is not None:
            return f"did not tolerate taint (taint={taint.key}={taint.value}:{taint.effect})"
        needs = requirements_of(info.pod)
        if problems := planned.requirements.incompatible(needs, KNOWN):
            return "incompatible requirements, " + "; ".join(problems)
        left = self.topology.narrowed(info, planned.requirements & needs, planned.name)
        if left is None:
            return "unsatisfiable topology constraint"
        asked = planned.asked.plus(size_of(info))
        is_known = bool(planned.pods) and left == planned.requirements  # then only the room has to be looked at
        machines = (
            tuple(one for one in planned.machines if one.room.holds(asked))
            if is_known
            else tuple(fitting(planned.machines, left, asked))
        )
        if not machines:
            return "no instance type has enough resources or meets the requirements"
        return replace(planned, requirements=left, machines=machines, asked=asked, pods=(*planned.pods, info))

    def _note(self, planned: Planned, info: PodInfo) -> None:
        zones = planned.requirements[ZONE].values if ZONE in planned.requirements else frozenset()
        self.topology.note(info, next(iter(zones)) if len(zones) == 1 else "", planned.name)


_EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")


def fitting(machines: Sequence[Machine], wanted: Requirements, asked: Size) -> Iterator[Machine]:
    """The machines that have the room and may have the labels, and are sold so."""
    for machine in machines:
        if machine.room.holds(asked) and not machine.requirements.apart(wanted) and machine.cheapest(wanted):
            yield machine


def _largest(machines: Iterable[Machine]) -> Size:
    held = [machine.type for machine in machines]
    return Size(max(of.vcpu for of in held) * 1000, max(of.memory for of in held) * 2**20, 1)


def _at(spent: Size, name: str) -> int:
    return {"cpu": spent.cpu, "memory": spent.memory, "nodes": spent.pods}[name]


def labels_of(planned: Planned, machine: Machine, offering: Offering) -> Mapping[str, Any]:
    """The labels of the node that a planned machine becomes, bought so."""
    own = {key: next(iter(one.values)) for key, one in machine.requirements.items() if len(one.values) == 1}
    told = {key: min(one.values) for key, one in planned.requirements.items() if one.values and not one.but}
    bought = {ZONE: offering.zone, offerings.CAPACITY_TYPE: offering.capacity_type, POOL: planned.pool.name}
    return {**told, **own, **planned.pool.labels, **bought}
