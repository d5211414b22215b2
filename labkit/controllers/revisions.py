"""The annotations by which a Deployment keeps its history on ReplicaSets, and how old ones are cleared up.

Source: pkg/controller/deployment/util/deployment_util.go, sync.go cleanupDeployment, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.rolling import Bounds
from labkit.kinds.registry import Key

Dict = dict[str, Any]

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

BOOKS = (LAST_APPLIED, REVISION, HISTORY, DESIRED, MAXIMUM, "deprecated.deployment.rollback.to")
"""Annotations that are never handed from a Deployment to its ReplicaSets, or back."""


def number(text: str | None) -> int | None:
    """An annotation's number; None when it is missing or none."""
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None


def revision(obj: Dict) -> int:
    """An object's revision, 0 if it has none."""
    return number((obj["metadata"].get("annotations") or {}).get(REVISION)) or 0


def newest(sets: Iterable[Dict]) -> int:
    """The highest revision of these ReplicaSets, 0 if there is none."""
    return max((revision(one) for one in sets), default=0)


def size_notes(limits: Bounds) -> dict[str, str]:
    """The annotations that remember for which size a ReplicaSet was scaled."""
    return {DESIRED: str(limits.replicas), MAXIMUM: str(limits.total)}


def for_new(deployment: Dict, revision: int, limits: Bounds) -> dict[str, str]:
    """The annotations of a new ReplicaSet: the Deployment's own, the revision, the size."""
    own = deployment["metadata"].get("annotations") or {}
    copied = {name: text for name, text in own.items() if name not in BOOKS}
    return copied | size_notes(limits) | {REVISION: str(revision)}


def renewed(found: Dict, deployment: Dict, revision_now: int, limits: Bounds) -> Dict:
    """The ReplicaSet that already fits the template, with its annotations and minReadySeconds brought up to date.

    A rollback makes an old one the newest: it gets a new number, and its old ones are kept in the history.
    """
    notes = dict(found["metadata"].get("annotations") or {})
    own = deployment["metadata"].get("annotations") or {}
    notes |= {name: text for name, text in own.items() if name not in BOOKS}
    before = number(notes.get(REVISION))
    if (before or 0) < revision_now:
        if before is not None:
            notes[HISTORY] = ",".join(filter(None, [notes.get(HISTORY, ""), str(before)]))
        notes[REVISION] = str(revision_now)
    spec = dict(found["spec"])
    min_ready = deployment["spec"].get("minReadySeconds", 0)
    if spec.get("minReadySeconds", 0) != min_ready:
        spec["minReadySeconds"] = min_ready
    return {**found, "metadata": {**found["metadata"], "annotations": notes}, "spec": spec}


def clean_up(cluster: Cluster, key: Key, old: Iterable[Key]) -> None:
    """Delete the oldest empty ReplicaSets beyond spec.revisionHistoryLimit."""
    limit = cluster.read(key).spec.revision_history_limit
    alive = [one for one in old if "deletionTimestamp" not in cluster.require(one)["metadata"]]
    by_revision = sorted(alive, key=lambda one: revision(cluster.require(one)))
    for one in by_revision[: max(len(alive) - limit, 0)]:
        each = cluster.read(one)
        seen = each.metadata.generation <= each.status.observed_generation
        if seen and not each.spec.replicas and not each.status.replicas:
            cluster.delete(one)
