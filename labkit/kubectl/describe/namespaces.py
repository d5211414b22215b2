"""`kubectl describe` of Namespaces, ResourceQuotas and LimitRanges.

Source: kubectl pkg/describe/describe.go, v1.32.5.
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.kubectl.describe.metadata import (
    Object,
    date,
    labels_and_annotations,
    name_and_namespace,
)
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import amount

LIMIT_COLUMNS = ("Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio")
LIMIT_FIELDS = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")
SCOPES = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a node "
    "before being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running "
    "pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best effort "
    "quality of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a burstable "
    "or guaranteed quality of service.",
}


@describer("Namespace", events=False)
def namespace(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A namespace with its quotas and limits."""
    name, status = obj["metadata"]["name"], obj.get("status") or {}
    w.field("Name", name)
    labels_and_annotations(w, obj)
    w.field("Status", status.get("phase", ""))
    if status.get("conditions"):
        w.heading("Conditions")
        w.table(("Type", "Status", "LastTransitionTime", "Reason", "Message"))
    for each in status.get("conditions") or ():
        told = (each["type"], each["status"], date(each.get("lastTransitionTime")))
        w.line(*told, each.get("reason", ""), each.get("message", ""), level=1)
    w.line()
    _quotas(w, sorted(cluster.list("ResourceQuota", name), key=lambda each: each["metadata"]["name"]))
    w.line()
    _limits(w, sorted(cluster.list("LimitRange", name), key=lambda each: each["metadata"]["name"]))


def _quotas(w: Writer, quotas: list[Object]) -> None:
    w.line("Resource Quotas" if quotas else "No resource quota.")
    for each in quotas:
        w.field("Name", each["metadata"]["name"], level=1)
        _scopes(w, each, 1)
        w.line("Resource", "Used", "Hard", level=1)
        w.line("--------", "---", "---", level=1)
        for resource, used, hard in amounts(each):
            w.line(resource, used, hard, level=1)


def amounts(quota: Object) -> list[tuple[str, str, str]]:
    """Resource, used, hard of a quota, by resource; both are written in the format of the hard limit."""
    status = quota.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    return [(name, _like(used.get(name, "0"), hard[name]), amount(hard[name])) for name in sorted(hard)]


def _like(used: Any, hard: Any) -> str:
    found, wanted = quantity.read(used), quantity.read(hard)
    return str(found if found.format == wanted.format else quantity.of(found.value(), wanted.format))


def _scopes(w: Writer, quota: Object, level: int) -> None:
    scopes = sorted((quota.get("spec") or {}).get("scopes") or ())
    if scopes:
        w.field("Scopes", ", ".join(scopes), level=level)
    for scope in scopes:
        if scope in SCOPES:
            w.line(f"{'' if level else ' '}* {SCOPES[scope]}", level=level)


def _limits(w: Writer, ranges: list[Object]) -> None:
    if not ranges:
        w.line("No LimitRange resource.")
        return
    w.line("Resource Limits")
    _limit_header(w, " ")
    for each in ranges:
        _limit_rows(w, each, " ")


def _limit_header(w: Writer, prefix: str) -> None:
    w.line(prefix + LIMIT_COLUMNS[0], *LIMIT_COLUMNS[1:])
    w.line(prefix + "----", *("-" * len(column) for column in LIMIT_COLUMNS[1:]))


def _limit_rows(w: Writer, obj: Object, prefix: str) -> None:
    for item in (obj.get("spec") or {}).get("limits") or ():
        given: list[Object] = [item.get(field) or {} for field in LIMIT_FIELDS]
        for resource in sorted({name for each in given for name in each}):
            cells = [amount(each[resource]) if resource in each else "-" for each in given]
            w.line(prefix + item.get("type", ""), resource, *cells)


@describer("LimitRange", events=False)
def limit_range(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A LimitRange; kubectl shows the resources of a type in random order, here they are sorted."""
    name_and_namespace(w, obj)
    _limit_header(w, "")
    _limit_rows(w, obj, "")


@describer("ResourceQuota", events=False)
def resource_quota(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A ResourceQuota: what is used of what is allowed."""
    name_and_namespace(w, obj)
    _scopes(w, obj, 0)
    w.line("Resource", "Used", "Hard")
    w.line("--------", "----", "----")
    for resource, used, hard in amounts(obj):
        w.line(resource, used, hard)
