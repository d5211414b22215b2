"""VolumeBinding: a pod's volumes must be reachable from its node, or be found there."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from labkit.cluster import Cluster
from labkit.kinds.registry import Key
from labkit.kinds.storage import PersistentVolumeClaim, StorageClass
from labkit.scheduler import claims
from labkit.scheduler.claims import Candidates
from labkit.scheduler.coded import Bools, Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.plugin import SKIP, SUCCESS, UNRESOLVABLE, Cycle, Prepared, Refusal, Verdict

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
NO_VOLUME = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
NOT_THERE = "node(s) didn't match PersistentVolume's node affinity"
NOT_FOUND = "node(s) didn't find available persistent volumes to bind"
TEXTS = (NO_VOLUME, NOT_THERE, NOT_FOUND)


class Late(NamedTuple):
    """A claim that is bound with the pod: the volumes that could serve it, or who could make one."""

    key: Key
    claim: PersistentVolumeClaim
    volumes: Candidates
    kind: StorageClass | None


class State(NamedTuple):
    """The volumes of bound claims, whether one of them is missing, and the claims to bind, smallest first."""

    bound: list[Any]
    lost: bool
    late: list[Late]


class Binding(NamedTuple):
    """What binding a claim on a node takes: this volume, or, without a name, one that has to be made there."""

    claim: Key
    volume: str | None


class VolumeBinding:
    """Keeps pods where their volumes are.

    Does: refuses a pod whose claim is missing, or unbound though its class binds at once; refuses nodes from which a
    bound volume can't be reached, or where a claim that waits for its first consumer finds neither a free volume
    (smallest that fits, no volume twice) nor a provisioner. Such claims are bound together with the pod.
    Reads: PersistentVolumeClaims, PersistentVolumes, StorageClasses, node labels.
    Writes: nothing; the scheduler reserves the volumes when it binds the pod.
    Runs again when: a claim, volume or storage class is added or changes; a node is added or its labels change.
    Source: plugins/volumebinding/{volume_binding,binder}.go, v1.36.
    Left out: storage capacity (CSIStorageCapacity) and its score, which is off by default.
    """

    name = "VolumeBinding"
    events = (
        "PersistentVolumeClaim/Add", "PersistentVolumeClaim/Update", "PersistentVolume/Add", "PersistentVolume/Update",
        "StorageClass/Add", "StorageClass/Update", "Node/Add", "Node/UpdateLabel",
    )  # fmt: skip

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Sort the pod's claims; skip a pod without any."""
        key, pod, world = cycle.info.key, cycle.pod, cycle.world
        if not pod.spec.volumes:
            return SKIP
        wrong = claims.problem(world, key, pod)
        if wrong:
            return Prepared(refusal=Refusal(UNRESOLVABLE, wrong))
        found = claims.claims_of(world, key, pod)
        if not found:
            return SKIP
        unbound = [(one, claim) for one, claim in found if not claims.is_bound(claim)]
        if not all(claims.waits_for_pod(world, claim) for _, claim in unbound):
            return Prepared(refusal=Refusal(UNRESOLVABLE, UNBOUND))
        return Prepared(state=prepared(world, [claim for _, claim in found if claims.is_bound(claim)], unbound))

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes without the volumes. The reasons' number has a bit for each reason."""
        state: State = cycle.states[self.name]
        bits = np.full(len(rows), int(state.lost))
        bits |= np.where(at_hand(cycle.columns, state, rows) | state.lost, 0, 2)
        bits |= np.where(servable(cycle.columns, cycle.world, state, rows), 0, 4)
        codes = np.where(bits > 0, UNRESOLVABLE, SUCCESS)
        return Verdict(codes, bits, lambda found: tuple(text for bit, text in enumerate(TEXTS) if found >> bit & 1))

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The volumes that can't be reached, and the claims that find none."""
        state: State = cycle.states[self.name]
        rows = np.array([row])
        far = [one.metadata.name for one in state.bound if not claims.reachable(cycle.columns, one, rows)[0]]
        served = served_by(cycle.world, cycle.columns, state, row)
        lacking = [one.key.name for one in state.late if one.key not in {binding.claim for binding in served}]
        terms = [f"volume {name} can't be reached from here" for name in far]
        return terms + [f"no volume here for claim {name}" for name in lacking]


def prepared(world: Cluster, bound: list[PersistentVolumeClaim], unbound: list[tuple[Key, Any]]) -> State:
    """The state for these claims."""
    volumes = [world.read(Key("PersistentVolume", "", claim.spec.volume_name)) for claim in bound]
    ordered = sorted(unbound, key=lambda one: claims.requested(one[1]))
    late = [
        Late(key, claim, claims.candidates(world, key, claim), claims.storage_class(world, claim))
        for key, claim in dict(ordered).items()
    ]
    return State([one for one in volumes if one is not None], None in volumes, late)


def at_hand(columns: Columns, state: State, rows: Ints) -> Bools:
    """From which rows every bound volume can be reached."""
    found = np.ones(len(rows), np.bool_)
    for volume in state.bound:
        found &= claims.reachable(columns, volume, rows)
    return found


def servable(columns: Columns, world: Cluster, state: State, rows: Ints) -> Bools:
    """On which rows every late claim gets a volume."""
    if not state.late:
        return np.ones(len(rows), np.bool_)
    return np.array([len(served_by(world, columns, state, int(row))) == len(state.late) for row in rows], np.bool_)


def served_by(world: Cluster, columns: Columns, state: State, row: int) -> list[Binding]:
    """How the late claims would be bound on a node; those that can't be are left out."""
    at = np.array([row])
    names = dict.fromkeys(name for one in state.late for name, _, _ in one.volumes)
    volumes = ((name, world.read(Key("PersistentVolume", "", name))) for name in names)
    here = frozenset(name for name, volume in volumes if claims.reachable(columns, volume, at)[0])
    found: list[Binding] = []
    for one in state.late:
        selected = one.claim.metadata.annotations.get(claims.SELECTED_NODE)
        taken = {binding.volume for binding in found if binding.volume}
        volume = None if selected else claims.chosen(one.volumes, here, taken)
        if volume is not None or (selected in (None, columns.names[row]) and can_make(columns, one.kind, row)):
            found.append(Binding(one.key, volume))
    return found


def can_make(columns: Columns, kind: StorageClass | None, row: int) -> bool:
    """Whether volumes of a class can be made for that node."""
    if kind is None or kind.provisioner in ("", claims.NO_PROVISIONER):
        return False
    labels = columns.nodes[row].metadata.labels
    return not kind.allowed_topologies or any(
        all(labels.get(one["key"]) in one["values"] for one in term.get("matchLabelExpressions", ()))
        for term in kind.allowed_topologies
    )


def bindings_on(world: Cluster, key: Key, node: str) -> list[Binding]:
    """How the claims of a pod that wait for it would be bound on a node."""
    found = claims.claims_of(world, key, world.read(key))
    late = [(one, claim) for one, claim in found if not claims.is_bound(claim) and claims.waits_for_pod(world, claim)]
    if not late:
        return []
    columns = Columns(world)
    return served_by(world, columns, prepared(world, [], late), columns.row[node])
