"""Requests and limits, and the names of resources.

Source: pkg/apis/core/validation/validation.go and pkg/apis/core/helper/helpers.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names, quantity
from labkit.manifests.causes import NOT_NEGATIVE, each, forbidden, invalid, required

Object = dict[str, Any]
_OF_CONTAINERS = {"cpu", "memory", "ephemeral-storage"}
_COUNTS = {
    "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims",
    "services.nodeports", "services.loadbalancers",
}  # fmt: skip
_QUOTA = _COUNTS | {
    "cpu", "memory", "ephemeral-storage", "storage", "requests.cpu", "requests.memory", "requests.storage",
    "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
}  # fmt: skip


def resources(given: Object, path: str) -> Iterator[Cause]:
    """A container's requests and limits."""
    limits, requests = given.get("limits") or {}, given.get("requests") or {}
    for name, value in limits.items():
        yield from _entry(name, value, f"{path}.limits[{name}]")
    for name, value in requests.items():
        yield from _entry(name, value, f"{path}.requests[{name}]")
        yield from _against_limit(name, value, limits.get(name), path)
    huge = any(name.startswith("hugepages-") for name in (*limits, *requests))
    if huge and not {"cpu", "memory"} & {*limits, *requests}:
        yield forbidden(path, "HugePages require cpu or memory")


def _entry(name: str, value: str, path: str) -> Iterator[Cause]:
    yield from resource_name(name, path)
    if "/" not in name and not _is_of_container(name):
        yield invalid(path, name, "must be a standard resource for containers")
    elif "/" in name and not _is_native(name) and not _is_extended(name):
        yield invalid(path, name, "doesn't follow extended resource name standard")
    yield from amount(name, value, path)


def resource_name(name: str, path: str) -> Iterator[Cause]:
    """The name of a resource: qualified, or one of those Kubernetes knows."""
    yield from each(path, name, names.qualified_name(name))
    if "/" not in name and name not in _QUOTA and not name.startswith(("hugepages-", "requests.hugepages-")):
        yield invalid(path, name, "must be a standard resource type or fully qualified")


def quota_name(name: str, path: str) -> Iterator[Cause]:
    """The name of a resource under a quota."""
    counted = name.startswith("count/")
    yield from resource_name(name, path)
    if ("/" not in name and name not in _QUOTA) or (counted and len(name) == len("count/")):
        yield invalid(path, name, "must be a standard resource for quota")


def amount(name: str, value: str, path: str) -> Iterator[Cause]:
    """A quantity of a resource: not negative, and whole where the resource can't be divided."""
    milli = quantity.milli(value)
    if milli < 0:
        yield invalid(path, value, NOT_NEGATIVE)
    elif (name in _COUNTS or _is_extended(name)) and milli % 1000:
        yield invalid(path, value, "must be an integer")


def _against_limit(name: str, request: str, limit: str | None, path: str) -> Iterator[Cause]:
    if limit is None:
        if not overcommits(name):
            yield required(f"{path}.limits", "Limit must be set for non overcommitable resources")
    elif quantity.milli(request) != quantity.milli(limit) and not overcommits(name):
        yield invalid(f"{path}.requests", request, f"must be equal to {name} limit of {limit}")
    elif quantity.milli(request) > quantity.milli(limit):
        yield invalid(f"{path}.requests", request, f"must be less than or equal to {name} limit of {limit}")


def overcommits(name: str) -> bool:
    """Whether limits of a resource may be above its requests."""
    return _is_native(name) and not name.startswith("hugepages-")


def _is_native(name: str) -> bool:
    return "/" not in name or name.split("/")[0].endswith("kubernetes.io")


def _is_extended(name: str) -> bool:
    return not _is_native(name) and not name.startswith("requests.") and not names.qualified_name(f"requests.{name}")


def _is_of_container(name: str) -> bool:
    return name in _OF_CONTAINERS or name.startswith("hugepages-")
