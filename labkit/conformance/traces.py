"""Traces of controllers at work: each is replayed with the recorded timing, and what had to happen is compared.

What a recording calls `must` was the same in every run. Spec sequences and orders of pods are exact; of sequences of
status numbers every value must be seen in its order, others may lie between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json import dumps
from typing import Any

from labkit.conformance.comparing import attempted, shown
from labkit.conformance.forms import Recording
from labkit.conformance.report import Outcome
from labkit.conformance.timeline import FIELDS, NAMESPACE, shape
from labkit.conformance.traceworld import Run, lacking, replayed
from labkit.conformance.tracks import track
from labkit.kinds import Key

Object = dict[str, Any]
EventCounts = dict[tuple[str, str, str, str], int]

FAMILY = "controllers"
NOT_IN_BRIEF = ("events", "objects at the end")
UNNAMED = ("Pod", "EndpointSlice")
"""Kinds whose ends `objects gone` doesn't list."""


def replay(recording: Recording) -> Iterator[Outcome]:
    """Replay one trace."""
    trace = recording.content
    name = trace.get("name", recording.path.stem)
    if why := lacking(trace):
        yield Outcome.unsimulated(FAMILY, name, why)
        return
    yield Outcome.compared(FAMILY, name, attempted(differences(trace)))
    if "rule" in trace["must"]:
        yield Outcome.skipped(FAMILY, f"{name} rule", trace["must"]["rule"])


def differences(trace: Object) -> Iterator[str]:
    """What differs, in words."""
    run = replayed(trace)
    entries, races = run.timeline, trace["races"]["tracks"]
    if is_brief(trace):
        entries = [summed(one) for one in entries]
    for name, recorded in trace["must"].items():
        if name == "rule" or (is_brief(trace) and name in NOT_IN_BRIEF):
            continue
        if name == "in_order":
            for each, order in recorded.items():
                got = track(entries, each)
                if got not in races.get(each, []) and not is_within(order, got or []):
                    yield from _told(each, got, order, "in this order ")
        elif name == "events":
            yield from event_differences(recorded, events(run), races)
        else:
            yield from _compared(name, recorded, _got(run, entries, name, trace))


def is_brief(trace: Object) -> bool:
    """Whether the recording follows EndpointSlices alone, by their numbers."""
    return any("count" in each for one in trace["timeline"] for each in one.get("endpoints", ()))


def summed(entry: Object) -> Object:
    """An entry with the endpoints of a slice as their number, as brief recordings have it."""
    if entry["kind"] != "EndpointSlice":
        return entry
    each = entry["endpoints"]
    return {**entry, "endpoints": [{"count": len(each), "ready": sum(one["ready"] for one in each)}]}


def _compared(name: str, recorded: Any, got: Any) -> Iterator[str]:
    if name == "answers":
        recorded, got = _shapes(recorded), _shapes(got)
    if is_loose(name) and isinstance(got, list):
        if not is_within(recorded, got):
            yield from _told(name, got, recorded, "in this order ")
    elif got != recorded:
        yield from _told(name, got, recorded)


def _told(name: str, got: Any, recorded: Any, how: str = "") -> Iterator[str]:
    """Where two sequences part, or the two values."""
    if not isinstance(got, list) or not isinstance(recorded, list):
        yield f"{name} is {shown(got)}, recorded {shown(recorded)}"
        return
    if how:
        at = next(index for index in range(len(recorded) + 1) if not is_within(recorded[: index + 1], got))
        yield f"{name} never comes to {shown(recorded[at])} after {shown(recorded[:at])}; it is {shown(got)}"
        return
    pairs = zip([*got, None], [*recorded, None], strict=False)
    at = next((index for index, (one, other) in enumerate(pairs) if one != other), 0)
    here, there = (shown(one[at]) if at < len(one) else "over" for one in (got, recorded))
    yield f"{name} [{at}] is {here}, recorded {there} (got {shown(got[at:])}; recorded {shown(recorded[at:])})"


def is_loose(name: str) -> bool:
    """Whether a track is one of status numbers, which may take values in between."""
    numbers = name.endswith("]") and not name.startswith("[") and "Revision]" not in name
    return numbers or name.endswith((" unavailableReplicas", " of its endpoints"))


def is_within(order: Sequence[Any], values: Sequence[Any]) -> bool:
    """Whether `values` has everything in `order`, in that order."""
    rest = iter(values)
    return all(any(one == value for value in rest) for one in order)


def _got(run: Run, entries: list[Object], name: str, trace: Object) -> Any:
    if name == "answers":
        return run.answers
    if name == "objects at the end":
        kinds = {one["kind"] for one in [*trace["timeline"], *trace["final"]]}
        return sorted(f"{kind} {each}" for kind, each in _present(run) if kind in kinds)
    if name == "objects gone":
        there = {(one["kind"], one["name"]) for one in entries if one["kind"] not in UNNAMED}
        return sorted(f"{kind} {each}" for kind, each in there - set(_present(run)))
    for start, read in (("final status ", final_status), ("final conditions ", final_conditions)):
        if name.startswith(start):
            kind, each = name.removeprefix(start).split(" ")
            obj = run.cluster.get(Key(kind, NAMESPACE, run.names.real(each)))
            return _shapes(run.names.shown(read(obj))) if obj else None
    return track(entries, name)


def _present(run: Run) -> list[tuple[str, str]]:
    held = [key for key in run.cluster.objects() if key.kind in FIELDS and NAMESPACE in (key.namespace, key.name)]
    held += run.cluster.keys("Node")
    return [(key.kind, shape(run.names.shown(key.name))) for key in held]


def final_status(obj: Object) -> Object:
    """The numbers of a status."""
    status = obj.get("status") or {}
    return {name: value for name, value in status.items() if type(value) is int and name != "collisionCount"}


def final_conditions(obj: Object) -> list[list[str]]:
    """[type, status, reason, message] of each condition, by type."""
    held = (obj.get("status") or {}).get("conditions") or ()
    return sorted([one["type"], one["status"], one.get("reason", ""), one.get("message", "")] for one in held)


def _shapes(value: Any) -> Any:
    if isinstance(value, str):
        return shape(value)
    if isinstance(value, list):
        return [_shapes(one) for one in value]
    return {name: _shapes(one) for name, one in value.items()} if isinstance(value, dict) else value


# Events


def events(run: Run) -> EventCounts:
    """How often each event came: by object, type, reason and message, names as shapes."""
    counts: EventCounts = {}
    names = run.names
    for event in run.cluster.list("Event"):
        if event["metadata"]["name"] in run.earlier:
            continue
        about = event["involvedObject"]
        key = event_key(
            names.shown(f"{about['kind']}/{about['name']}"), event["type"], event["reason"],
            names.shown(event["message"]),
        )  # fmt: skip
        counts[key] = counts.get(key, 0) + event["count"]
    return counts


def event_key(about: str, kind: str, reason: str, message: str) -> tuple[str, str, str, str]:
    """What events are told apart by; of placements only the number counts."""
    if reason == "Scheduled":
        return "Pod", kind, reason, "Successfully assigned <pod> to <node>"
    return shape(about), kind, reason, shape(message)


def event_differences(recorded: list[Object], got: EventCounts, races: Object) -> Iterator[str]:
    """Events that come another number of times; those that differed between runs don't count."""
    wanted = {(one["object"], one["type"], one["reason"], one["message"]): one["count"] for one in recorded}
    for key in dict.fromkeys([*wanted, *got]):
        if wanted.get(key, 0) != got.get(key, 0) and not _is_race(key, races):
            yield f"event {' '.join(key)!r} comes {got.get(key, 0)} times, recorded {wanted.get(key, 0)}"


def _is_race(key: tuple[str, str, str, str], races: Object) -> bool:
    return f"event {dumps(list(key))}" in races
