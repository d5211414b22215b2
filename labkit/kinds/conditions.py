"""Conditions of a status as plain dicts: find one, put one in.

Source: pkg/controller/deployment/util/deployment_util.go SetDeploymentCondition and its twins, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Dict = dict[str, Any]


def find_condition(obj: Dict, kind: str) -> Dict | None:
    """The condition of that type in the object's status, if there is one."""
    return next((one for one in obj.get("status", {}).get("conditions") or () if one["type"] == kind), None)


def condition(kind: str, status: str, reason: str, message: str, stamp: str, *, updated: bool = False) -> Dict:
    """A new condition; with `updated` it carries lastUpdateTime, as Deployments' do."""
    times = {"lastUpdateTime": stamp} if updated else {}
    return (
        {"type": kind, "status": status} | times | {"lastTransitionTime": stamp, "reason": reason, "message": message}
    )


def put(conditions: Iterable[Dict], new: Dict) -> list[Dict]:
    """The conditions with `new` at the end; one of the same status and reason stays as it was, place included."""
    conditions = list(conditions)
    old = next((one for one in conditions if one["type"] == new["type"]), None)
    if old and (old["status"], old.get("reason")) == (new["status"], new.get("reason")):
        return conditions
    if old and old["status"] == new["status"]:
        new = new | {"lastTransitionTime": old.get("lastTransitionTime")}
    return [*without(conditions, new["type"]), new]


def without(conditions: Iterable[Dict], kind: str) -> list[Dict]:
    """The conditions of every other type."""
    return [one for one in conditions if one["type"] != kind]


def in_place(conditions: Iterable[Dict], new: Dict) -> list[Dict]:
    """The conditions with `new` where its type stood, or at the end; an unchanged status keeps its transition time.

    This is how pods and nodes keep theirs (pkg/api/v1/pod/util.go UpdatePodCondition).
    """
    conditions = list(conditions)
    for index, old in enumerate(conditions):
        if old["type"] == new["type"]:
            kept = {"lastTransitionTime": old["lastTransitionTime"]} if old["status"] == new["status"] else {}
            return [*conditions[:index], new | kept, *conditions[index + 1 :]]
    return [*conditions, new]
