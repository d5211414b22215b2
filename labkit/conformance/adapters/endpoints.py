"""Adapters of the table endpointslice: labkit.network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.errors import LabError
from labkit.kinds.meta import Condition, Meta
from labkit.kinds.pod import ContainerPort, Pod, PodStatus
from labkit.network import endpoints, slicing

Row = dict[str, Any]


def layout(row: Row) -> Row:
    """Slice sizes after one sync."""
    existing, wanted = _numbered(row)
    plan = slicing.layout(existing, wanted, row["max_endpoints_per_slice"])
    after = {name: items for name, items in existing.items() if name not in plan.deleted} | plan.updated
    return {
        "created": len(plan.created),
        "updated": len(plan.updated),
        "deleted": sorted(plan.deleted),
        "endpoints_added": plan.added,
        "endpoints_removed": plan.removed,
        "sizes_after": sorted((len(items) for items in [*after.values(), *plan.created]), reverse=True),
    }


def _numbered(row: Row) -> tuple[dict[str, list[int]], list[int]]:
    """Endpoints as numbers: those of the slices there are, and all that are wanted."""
    existing: dict[str, list[int]] = {}
    wanted: list[int] = []
    first = 0
    pairs = zip(row["existing_slice_sizes"], row["of_these_still_wanted"], strict=True)
    for index, (size, kept) in enumerate(pairs):
        existing[f"s{index}"] = list(range(first, first + size))
        wanted += existing[f"s{index}"][:kept]
        first += size
    return existing, wanted + list(range(first, first + row["wanted_total"] - len(wanted)))


def pod_to_endpoint(row: Row) -> Row:
    """Whether a pod is listed, and its conditions."""
    pod = _pod(row)
    if not endpoints.is_listed(pod):
        return {"in_endpointslice": False}
    return {"in_endpointslice": True} | endpoints.endpoint_conditions(pod, row["publishNotReadyAddresses"])


def _pod(row: Row) -> Pod:
    ready = Condition("Ready", "True" if row["pod_ready"] else "False")
    return Pod(
        metadata=Meta(name="web", deletion_timestamp="2026-01-05T09:00:00Z" if row["deleting"] else None),
        status=PodStatus(phase=row["phase"], pod_ip="10.0.0.1" if row["has_ip"] else "", conditions=(ready,)),
    )


def find_port(row: Row) -> int:
    """The pod's port behind a target port."""
    ports = [
        ContainerPort(container_port=one["port"], name=one["name"], protocol=one["protocol"])
        for one in row["container_ports"]
    ]
    try:
        return endpoints.find_port(ports, row["targetPort"], row["protocol"], row["pod_uid"])
    except LookupError as error:
        raise LabError(str(error)) from None


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("endpointslice", "reconcileByPortMapping"): layout,
    ("endpointslice", "podToEndpoint"): pod_to_endpoint,
    ("endpointslice", "FindPort"): find_port,
}
