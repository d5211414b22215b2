"""What happened, in the words in which plugins say what may help their pods: `Node/Add`, `Pod/Delete`, …

Source: pkg/scheduler/eventhandlers.go, framework/events.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.history import Entry

Object = dict[str, Any]

WATCHED = (
    "Node", "Pod", "PersistentVolume", "PersistentVolumeClaim", "StorageClass", "CSINode", "Namespace",
)  # fmt: skip
"""The kinds whose changes may help a waiting pod."""


def events_of(entry: Entry) -> Iterator[str]:
    """The events that one write means; pods count as long as they run on a node."""
    kind, old, new = entry.key.kind, entry.old, entry.new
    if kind == "Pod":
        yield from _of_pod(old, new)
    elif old is None:
        yield f"{kind}/Add"
    elif new is None:
        yield f"{kind}/Delete"
    elif kind == "Node":
        yield from _of_node(old, new)
    elif any(old.get(part) != new.get(part) for part in ("spec", "status")) or labels(old) != labels(new):
        yield f"{kind}/Update"


def _of_pod(old: Object | None, new: Object | None) -> Iterator[str]:
    if not occupies(old):
        if occupies(new):
            yield "Pod/Add"
    elif not occupies(new):
        yield "Pod/Delete"
    elif old is not None and new is not None:
        if labels(old) != labels(new):
            yield "Pod/UpdateLabel"
        if old["spec"] is not new["spec"]:
            yield "Pod/ScaleDown"


def _of_node(old: Object, new: Object) -> Iterator[str]:
    before, after = old.get("spec") or {}, new.get("spec") or {}
    if labels(old) != labels(new):
        yield "Node/UpdateLabel"
    if any(before.get(field) != after.get(field) for field in ("taints", "unschedulable")):
        yield "Node/UpdateTaint"
    if (old.get("status") or {}).get("allocatable") != (new.get("status") or {}).get("allocatable"):
        yield "Node/UpdateAllocatable"


def labels(obj: Object) -> Object:
    """The labels of an object."""
    return obj["metadata"].get("labels") or {}


def occupies(pod: Object | None) -> bool:
    """Whether a pod takes room on a node: bound and not ended."""
    if pod is None or not pod["spec"].get("nodeName"):
        return False
    return (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")


def is_waiting(pod: Object | None) -> bool:
    """Whether a pod waits for a node: not bound, not ended, not being deleted."""
    if pod is None or pod["spec"].get("nodeName") or "deletionTimestamp" in pod["metadata"]:
        return False
    return (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
