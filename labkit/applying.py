"""Applying manifests: many documents at once, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from labkit import apiserver
from labkit.cluster import Cluster
from labkit.controllers import UNSIMULATED
from labkit.errors import LabError
from labkit.kinds import find
from labkit.kubelet.behaviour import PREFIX
from labkit.kubelet.commands import of_container
from labkit.manifests import Document, read
from labkit.manifests.schema import unsimulated

FIRST = ("CustomResourceDefinition", "Namespace", "PriorityClass", "StorageClass", "ServiceAccount", "LimitRange")
"""Kinds that others need: they are applied before the rest, whatever the order of the documents."""
ENDS = "exits-after"
EXITS_AFTER = f"{PREFIX}{ENDS}"


@dataclass(frozen=True, repr=False)
class Applied:
    """What became of each document, as `kubectl apply` says it, and what of it is kept but not simulated."""

    lines: tuple[str, ...]
    unsimulated: tuple[str, ...] = ()

    def __str__(self) -> str:
        notes = [f"accepted, not simulated: {note}" for note in self.unsimulated]
        return "\n".join([*self.lines, *notes])

    __repr__ = __str__


def apply_all(cluster: Cluster, source: Any, namespace: str = "default") -> Applied:
    """Apply every document of `source`; if one is refused nothing is written.

    Raises ManifestError where a source can't be read, ApiError where an object is refused, naming its origin.
    """
    documents = sorted(read(source), key=lambda document: _rank(document.obj))
    objects = [_placed(document.obj, namespace) for document in documents]
    trial = cluster.fork()
    for document, obj in zip(documents, objects, strict=True):
        with _told_where(document):
            apiserver.apply(trial, obj)
    answers = [apiserver.apply(cluster, obj) for obj in objects]
    lines = tuple(f"{_name(answer.obj)} {answer.verb}" for answer in answers)
    notes = dict.fromkeys(note for obj in objects for note in _not_simulated(obj))
    return Applied(lines, tuple(notes))


def _not_simulated(obj: dict[str, Any]) -> Iterator[str]:
    kind = obj["kind"]
    if kind in UNSIMULATED:
        yield f"{kind} ({UNSIMULATED[kind]})"
        return
    yield from (f"{kind} {path}" for path in unsimulated(obj))
    if kind in ("Job", "CronJob") and _never_ends(obj):
        name = obj["metadata"].get("name", "")
        yield f"{kind} {name}'s program: its pods run until {EXITS_AFTER} or lab.behave ends them"


def _never_ends(obj: dict[str, Any]) -> bool:
    """Whether nothing says when the pods of a Job or CronJob end."""
    spec = obj["spec"] if obj["kind"] == "Job" else obj["spec"]["jobTemplate"]["spec"]
    template = spec["template"]
    notes = (template.get("metadata") or {}).get("annotations") or {}
    programs = (of_container(one["image"], one.get("command") or (), one.get("args") or ())
                for one in template["spec"]["containers"])  # fmt: skip
    return not any(name.startswith(EXITS_AFTER) for name in notes) and any(ENDS not in told for told in programs)


@contextmanager
def _told_where(document: Document) -> Iterator[None]:
    try:
        yield
    except LabError as refusal:
        meta = document.obj.get("metadata")
        name = (meta if isinstance(meta, dict) else {}).get("name", "without a name")
        place = f"{document.origin}, {document.obj.get('kind', 'an object')} {name}"
        refusal.hint = refusal.hint or f"In {place}. Nothing was applied: correct it and apply again."
        raise


def _rank(obj: dict[str, Any]) -> int:
    kind = obj.get("kind", "")
    return FIRST.index(kind) if kind in FIRST else len(FIRST)


def _placed(obj: dict[str, Any], namespace: str) -> dict[str, Any]:
    row = find(obj.get("kind", ""))
    meta = obj.get("metadata")
    if row is None or not row.namespaced or not isinstance(meta, dict) or meta.get("namespace"):
        return obj
    return {**obj, "metadata": {**meta, "namespace": namespace}}


def _name(obj: dict[str, Any]) -> str:
    row = find(obj["kind"])
    word = row.qualified.replace(row.plural, row.singular, 1) if row else obj["kind"].lower()
    return f"{word}/{obj['metadata']['name']}"
