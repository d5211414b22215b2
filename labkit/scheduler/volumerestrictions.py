"""VolumeRestrictions: volumes that only one pod, or one node, may use at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.kinds.pod import Volume
from labkit.kinds.registry import Key
from labkit.scheduler import claims
from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import SKIP, SUCCESS, UNRESOLVABLE, UNSCHEDULABLE, Cycle, Prepared, Refusal, Verdict
from labkit.scheduler.podinfo import PodInfo

IN_USE = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
)
NO_DISK = "node(s) had no available disk"
TEXTS = ("", NO_DISK, IN_USE)
ONE_POD = "ReadWriteOncePod"
Source = dict[str, Any]


class VolumeRestrictions:
    """Keeps pods from volumes that are in use elsewhere.

    Does: refuses every node while another pod uses one of the pod's ReadWriteOncePod claims; refuses nodes where a pod
    has the same GCE disk, EBS volume, iSCSI target or RBD image mounted, unless both only read it (not for EBS).
    Reads: the volumes of the pod and of the placed ones, the pod's claims.
    Writes: nothing.
    Runs again when: a pod leaves a node, a claim is added or changes, a node is added.
    Source: plugins/volumerestrictions/volume_restrictions.go, v1.36.
    Left out: nothing.
    """

    name = "VolumeRestrictions"
    events = ("Pod/Delete", "Node/Add", "PersistentVolumeClaim/Add", "PersistentVolumeClaim/Update")

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Count the pod's ReadWriteOncePod claims that are in use; skip a pod that nothing restricts."""
        if not cycle.pod.spec.volumes:
            return SKIP
        wrong = claims.problem(cycle.world, cycle.info.key, cycle.pod)
        if wrong.endswith("not found"):
            return Prepared(refusal=Refusal(UNRESOLVABLE, wrong))
        used = sum(_is_used(cycle, key) for key in exclusive(cycle))
        return Prepared(state=used) if used or any(map(shared_by, cycle.pod.spec.volumes)) else SKIP

    def moved(self, cycle: Cycle, state: int, info: PodInfo, sign: int) -> int:
        """How many are in use with one pod more or less."""
        mounted = {named.key for named in claims.claim_keys(info.key, info.pod)}
        return state + sign * len(mounted & exclusive(cycle))

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse where a disk is taken, or everywhere while a claim is."""
        numbers = np.full(len(rows), 2 if cycle.states[self.name] > 0 else 0)
        numbers[np.array([_taken(cycle, int(row)) for row in rows], np.bool_)] = 1
        return Verdict(np.where(numbers > 0, UNSCHEDULABLE, SUCCESS), numbers, lambda number: (TEXTS[number],))

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The claims that only one pod may use."""
        return [f"claim {key.name} is {ONE_POD} and in use" for key in sorted(exclusive(cycle)) if _is_used(cycle, key)]


def exclusive(cycle: Cycle) -> set[Key]:
    """The pod's claims that only one pod may use."""
    found = claims.claims_of(cycle.world, cycle.info.key, cycle.pod)
    return {key for key, claim in found if ONE_POD in claim.spec.access_modes}


def _is_used(cycle: Cycle, claim: Key) -> bool:
    return any(cycle.columns.is_placed(pod) for pod in cycle.world.into(claim, "mounts"))


def _taken(cycle: Cycle, row: int) -> bool:
    mine = [volume for volume in cycle.pod.spec.volumes if shared_by(volume)]
    if not mine:
        return False
    theirs = [volume for info in cycle.columns.placed[row].values() for volume in info.pod.spec.volumes]
    return any(conflict(one, other) for one in mine for other in theirs)


def shared_by(volume: Volume) -> bool:
    """Whether a volume is of a sort that can't be mounted twice."""
    sources = volume.gce_persistent_disk, volume.aws_elastic_block_store, volume.iscsi, volume.rbd
    return any(source is not None for source in sources)


def conflict(one: Volume, other: Volume) -> bool:
    """Whether two pods with these volumes can't be on one node."""
    if one.gce_persistent_disk and other.gce_persistent_disk:
        return _same(one.gce_persistent_disk, other.gce_persistent_disk, "pdName")
    if one.aws_elastic_block_store and other.aws_elastic_block_store:
        return bool(one.aws_elastic_block_store["volumeID"] == other.aws_elastic_block_store["volumeID"])
    if one.iscsi and other.iscsi:
        return _same(one.iscsi, other.iscsi, "iqn")
    if one.rbd and other.rbd:
        monitors = set(one.rbd.get("monitors", ())) & set(other.rbd.get("monitors", ()))
        return bool(monitors) and _same({"pool": "rbd"} | one.rbd, {"pool": "rbd"} | other.rbd, "image", "pool")
    return False


def _same(one: Source, other: Source, *fields: str) -> bool:
    both_read = one.get("readOnly", False) and other.get("readOnly", False)
    return not both_read and all(one.get(field) == other.get(field) for field in fields)
