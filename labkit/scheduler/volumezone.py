"""VolumeZone: volumes that are labelled with a zone are for nodes of that zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from labkit.kinds.registry import Key
from labkit.scheduler import claims
from labkit.scheduler.coded import ABSENT, Bools, Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.plugin import SKIP, UNRESOLVABLE, Cycle, Prepared, Refusal, Verdict

REASON = "node(s) had no available volume zone"
NO_NAME = "PersistentVolume had no name"
NO_CLASS = "PersistentVolumeClaim had no pv name and storageClass name"
GA_LABELS = {
    "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
}
"""The labels that say where a volume is, with what they are called today."""


class Place(NamedTuple):
    """A label of a volume with the values it allows."""

    volume: str
    key: str
    values: tuple[str, ...]


class VolumeZone:
    """Keeps pods in the zone and region of their volumes.

    Does: refuses nodes whose zone or region isn't among those on the labels of a bound volume (several are joined by
    `__`); nodes without any such label are fine.
    Reads: labels of PersistentVolumes and nodes, the pod's claims.
    Writes: nothing.
    Runs again when: a claim, volume or storage class is added or changes; a node is added or its labels change.
    Source: plugins/volumezone/volume_zone.go, v1.36.
    Left out: nothing.
    """

    name = "VolumeZone"
    events = (
        "PersistentVolumeClaim/Add", "PersistentVolumeClaim/Update", "PersistentVolume/Add", "PersistentVolume/Update",
        "StorageClass/Add", "Node/Add", "Node/UpdateLabel",
    )  # fmt: skip

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Gather where the volumes are; skip a pod whose volumes don't say."""
        if not cycle.pod.spec.volumes:
            return SKIP
        found = claims.claims_of(cycle.world, cycle.info.key, cycle.pod)
        nameless = [claim for _, claim in found if not claim.spec.volume_name]
        if any(not claims.class_of(claim) for claim in nameless):
            return Prepared(refusal=Refusal(UNRESOLVABLE, NO_CLASS))
        if not all(claims.waits_for_pod(cycle.world, claim) for claim in nameless):
            return Prepared(refusal=Refusal(UNRESOLVABLE, NO_NAME))
        places = list(places_of(cycle))
        return Prepared(state=places) if places else SKIP

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes elsewhere."""
        columns = cycle.columns
        elsewhere = np.zeros(len(rows), np.bool_)
        for place in cycle.states[self.name]:
            old, new = (_allowed(columns, label, place, rows) for label in (place.key, GA_LABELS[place.key]))
            elsewhere |= ~(old | new)
        placed = np.zeros(len(rows), np.bool_)
        for label in GA_LABELS:
            placed |= columns.labels(label).codes[rows] != ABSENT
        return Verdict.of(elsewhere & placed, UNRESOLVABLE, REASON)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """Where each volume is."""
        return [f"volume {one.volume} is in {one.key}={'|'.join(one.values)}" for one in cycle.states[self.name]]


def places_of(cycle: Cycle) -> Iterator[Place]:
    """Where the volumes of the pod's claims say they are."""
    for _, claim in claims.claims_of(cycle.world, cycle.info.key, cycle.pod):
        volume = cycle.world.read(Key("PersistentVolume", "", claim.spec.volume_name))
        labels = volume.metadata.labels if volume else {}
        for key in GA_LABELS.keys() & labels.keys():
            yield Place(volume.metadata.name, key, tuple(labels[key].split("__")))


def _allowed(columns: Columns, label: str, place: Place, rows: Ints) -> Bools:
    return columns.labels(label).where(lambda value: value in place.values, rows)
