"""What a timeline says about one thing: the sequences that recordings call `must`, by their names. All pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from labkit.conformance.timeline import shape

Object = dict[str, Any]

OF_OBJECT = re.compile(r"(?P<kind>[A-Z][A-Za-z]+) (?P<name>[a-z0-9][^ \[]*)(?: (?P<what>.+))?")
NOT_NUMBERS = ("currentRevision", "updateRevision", "completedIndexes", "failedIndexes")
ENDED = {"Succeeded": "succeeded", "Failed": "failed"}


def track(entries: Sequence[Object], name: str) -> Any:
    """The track of that name: a list; None for a name that isn't known."""
    for pattern, made in _OVER_ALL:
        if found := re.fullmatch(pattern, name):
            return made(entries, *found.groups())
    found = OF_OBJECT.fullmatch(name)
    if found is None:
        return None
    told = of_object(found["kind"], found["what"] or "")
    return None if told is None else without_repeats(told(one) for one in _about(entries, found) if tells(one))


def _about(entries: Sequence[Object], found: re.Match[str]) -> list[Object]:
    """The entries of the object of that name; of several with a name of that shape, the one that came last."""
    alike = [one for one in entries if one["kind"] == found["kind"]]
    if "<x5>" not in found["name"]:
        return [one for one in alike if one["name"] == found["name"]]
    names = dict.fromkeys(one["name"] for one in alike if shape(one["name"]) == found["name"])
    return [one for one in alike if names and one["name"] == list(names)[-1]]


def tells(entry: Object) -> bool:
    """Whether an entry is part of its object's track: the end of an object is only for some kinds."""
    return entry["change"] != "gone" or entry["kind"] in ("Namespace", "Node", "PersistentVolumeClaim")


def without_repeats(values: Iterable[Any]) -> list[Any]:
    """The values, of equal ones in a row the first."""
    kept: list[Any] = []
    for value in values:
        if not kept or kept[-1] != value:
            kept.append(value)
    return kept


def of_object(kind: str, what: str) -> Callable[[Object], Any] | None:
    """How to read `what` from an entry of that kind."""
    if what in _SINGLE:
        return _SINGLE[what]
    if what == "" and kind in _WHOLE:
        return _WHOLE[kind]
    if what == "[ready, serving, terminating] of its endpoints":
        states = ("ready", "serving", "terminating")
        return lambda one: sorted([each.get(state) for state in states] for each in one["endpoints"])
    if what.startswith("[") and what.endswith("]"):
        fields = what[1:-1].split(", ")
        return lambda one: ["gone"] if one["change"] == "gone" else [_field(one, field) for field in fields]
    return None


def _field(entry: Object, field: str) -> Any:
    if field in entry:
        return entry[field]
    return (entry.get("status") or {}).get(field, None if field in NOT_NUMBERS else 0)


def _conditions(entry: Object) -> Any:
    held = entry.get("conditions") or {}
    return {kind: one["reason"] if isinstance(one, dict) else one for kind, one in held.items()}


def _namespace(entry: Object) -> Any:
    if entry["change"] == "gone":
        return ["gone"]
    held = entry.get("conditions") or {}
    return [entry["phase"], {kind: _status(one) for kind, one in held.items()}]


def _status(condition: Any) -> str:
    return str(condition["status"] if isinstance(condition, dict) else condition.split()[0])


def _claim(entry: Object) -> Any:
    if entry["change"] == "gone":
        return ["gone"]
    return [entry["phase"], entry.get("owners") or [], bool(entry.get("deleting"))]


_SINGLE: dict[str, Callable[[Object], Any]] = {
    "spec.replicas": lambda one: one["spec"],
    "revision": lambda one: one.get("revision"),
    "conditions": _conditions,
    "unavailableReplicas": lambda one: _field(one, "unavailableReplicas"),
    "active": lambda one: one["active"],
    "used": lambda one: (one.get("status") or {}).get("used"),
}
_WHOLE: dict[str, Callable[[Object], Any]] = {"Namespace": _namespace, "PersistentVolumeClaim": _claim}


# Pods


def _steps(entries: Iterable[Object]) -> Iterator[tuple[str, Object]]:
    """What happens to pods: created, ready, not ready, deleting, succeeded, failed, gone."""
    last: dict[str, Object] = {}
    for one in entries:
        if one["kind"] != "Pod":
            continue
        before = last.get(one["name"], {})
        if not before:
            yield "created", one
        yield from ((step, one) for step in _differences(before, one))
        last[one["name"]] = one
        if one["change"] == "gone":
            yield "gone", last.pop(one["name"])


def _differences(before: Object, now: Object) -> Iterator[str]:
    if now["ready"] != before.get("ready", False):
        yield "ready" if now["ready"] else "not ready"
    if now["phase"] != before.get("phase") and now["phase"] in ENDED:
        yield ENDED[now["phase"]]
    if now.get("deleting") and not before.get("deleting"):
        yield "deleting"


def _owner_kind(entry: Object) -> str:
    return str(entry.get("owner") or "none").partition("/")[0]


def _is_generated(entry: Object) -> bool:
    return re.search(r"<p[0-9]+>$", entry["name"]) is not None


def _generated(entries: Iterable[Object], kind: str) -> list[Object]:
    """The pods with generated names while an owner of that kind has them; "none": no owner."""
    pods = (one for one in entries if one["kind"] == "Pod")
    return [one for one in pods if _is_generated(one) and _owner_kind(one) == kind]


def pods_of(entries: Sequence[Object], kind: str) -> Any:
    """The pods with generated names of owners of that kind, as [step, shape of name]."""
    return [[step, shape(one["name"])] for step, one in _steps(_generated(entries, kind))]


def named_pods(entries: Sequence[Object]) -> Any:
    """The pods with fixed names, as [step, name]."""
    return [[step, one["name"]] for step, one in _steps(entries) if not _is_generated(one)]


def daemon_pods(entries: Sequence[Object]) -> Any:
    """The steps of the pods of DaemonSets."""
    return [step for step, one in _steps(entries) if _owner_kind(one) == "DaemonSet"]


def daemon_pods_on(entries: Sequence[Object], node: str) -> Any:
    """The steps of the pods of DaemonSets on a node; a pod's creation counts for the node it went to."""
    nodes = {one["name"]: one["node"] for one in entries if one["kind"] == "Pod" and one.get("node")}
    chosen = ((step, one) for step, one in _steps(entries) if _owner_kind(one) == "DaemonSet")
    return [step for step, one in chosen if nodes.get(one["name"]) == node]


def numbers_per(entries: Sequence[Object], kind: str) -> Any:
    """[pods not deleting, ready ones] by owner of that kind, after each change.

    As recorded, a pod that was let go still counts for its former owner.
    """
    pods: dict[str, dict[str, Object]] = {}
    states = []
    for one in _generated(entries, kind):
        mine = pods.setdefault(one["owner"] or "no owner", {})
        mine[one["name"]] = one
        if one["change"] == "gone":
            del mine[one["name"]]
        states.append({owner: _numbers(held.values()) for owner, held in pods.items()})
    return without_repeats(states)


def _numbers(pods: Iterable[Object]) -> list[int]:
    staying = [one for one in pods if not one.get("deleting")]
    return [len(staying), sum(one["ready"] for one in staying)]


def sizes(entries: Sequence[Object]) -> Any:
    """spec.replicas of the ReplicaSets as it was written."""
    last: dict[str, int] = {}
    found = []
    for one in entries:
        if one["kind"] == "ReplicaSet" and one["change"] != "gone" and last.get(one["name"]) != one["spec"]:
            last[one["name"]] = one["spec"]
            found.append([one["name"], one["spec"]])
    return found


_OVER_ALL: tuple[tuple[str, Callable[..., Any]], ...] = (
    (r"pods of the DaemonSet, in order \(order of nodes not fixed\)", daemon_pods),
    (r"pods of ([A-Za-z]+)s, in order", pods_of),
    (r"pods on (\S+), in order", daemon_pods_on),
    (r"pods, in order", named_pods),
    (r"\[pods not deleting, ready ones\] per ([A-Za-z]+)", numbers_per),
    (r"spec\.replicas over all ReplicaSets, in order", sizes),
)
