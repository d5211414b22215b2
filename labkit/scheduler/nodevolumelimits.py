"""NodeVolumeLimits: a node takes only so many volumes of a driver."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from labkit.cluster import Cluster
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.scheduler import claims
from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import SKIP, UNSCHEDULABLE, Cycle, Prepared, Verdict

REASON = "node(s) exceed max volume count"


class Attached(NamedTuple):
    """A volume as its driver knows it."""

    driver: str
    handle: str


class NodeVolumeLimits:
    """Keeps the volumes of each CSI driver on a node within the number that the driver reports.

    Does: refuses nodes where the pod's new volumes and those attached for other pods would be more than
    `allocatable.count` of the driver in the CSINode; a volume that is there already isn't counted twice.
    Reads: CSINodes, the pod's claims and those of the placed pods, PersistentVolumes, StorageClasses.
    Writes: nothing.
    Runs again when: a pod leaves a node, a node's CSINode or a claim is added or changes.
    Source: plugins/nodevolumelimits/csi.go, v1.36.
    Left out: VolumeAttachments without a pod, volumes of drivers that were migrated from the tree.
    """

    name = "NodeVolumeLimits"
    events = ("Pod/Delete", "CSINode/Add", "CSINode/Update", "PersistentVolumeClaim/Add")

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Gather the pod's volumes; skip if it has none or no node has a limit."""
        if not cycle.pod.spec.volumes:
            return SKIP
        wanted = volumes_of(cycle.world, cycle.info.key, cycle.pod)
        limits = limits_by_node(cycle.world)
        return Prepared(state=(wanted, limits)) if wanted and limits else SKIP

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes where a driver would get too many."""
        over = np.array([bool(self.refusal_terms(cycle, int(row))) for row in rows], np.bool_)
        return Verdict.of(over, UNSCHEDULABLE, REASON)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The drivers that would get too many, with the numbers."""
        wanted, limits = cycle.states[self.name]
        mine = limits.get(cycle.columns.names[row])
        if not mine:
            return []
        placed = cycle.columns.placed[row].values()
        there = set().union(*(volumes_of(cycle.world, info.key, info.pod) for info in placed))
        new, old = (Counter(volume.driver for volume in volumes) for volumes in (wanted - there, there))
        full = [driver for driver, count in new.items() if driver in mine and count + old[driver] > mine[driver]]
        return [f"driver {driver}: {old[driver]} + {new[driver]} > {mine[driver]}" for driver in full]


def volumes_of(world: Cluster, key: Key, pod: Pod) -> set[Attached]:
    """The volumes behind a pod's claims; one that isn't bound yet counts for the driver that will make it."""
    found = set()
    for claim_key, claim in claims.claims_of(world, key, pod) if pod.spec.volumes else ():
        volume = world.read(Key("PersistentVolume", "", claim.spec.volume_name)) if claim.spec.volume_name else None
        kind = claims.storage_class(world, claim)
        if volume is not None and volume.spec.csi:
            found.add(Attached(volume.spec.csi["driver"], volume.spec.csi["volumeHandle"]))
        elif volume is None and kind is not None:
            found.add(Attached(kind.provisioner, f"{claim_key.namespace}/{claim_key.name}"))
    return found


def limits_by_node(world: Cluster) -> dict[str, dict[str, int]]:
    """Node → driver → how many volumes it takes, as far as drivers say."""
    found = {}
    for obj in world.list("CSINode"):
        drivers = obj["spec"].get("drivers") or ()
        limits = {one["name"]: (one.get("allocatable") or {}).get("count") for one in drivers}
        found[obj["metadata"]["name"]] = {name: count for name, count in limits.items() if count is not None}
    return {node: limits for node, limits in found.items() if limits}
