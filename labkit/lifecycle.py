"""What the API server does to an object's metadata from its creation to its end. Pure functions.

Source: apiserver pkg/registry/rest/{create,update,delete}.go and pkg/registry/generic/registry/store.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from labkit.clock import EPOCH, Clock
from labkit.errors import ApiError
from labkit.kinds import KINDS, Key

Object = dict[str, Any]

COMBINED = "(combined from similar events): "
SIMILAR, SIMILAR_SECONDS = 10, 600

NEWER = ("FailedScheduling", "Preempted", "Scheduled")
"""The reasons of the events that are recorded through the newer API, all of them the scheduler's."""

NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of generated names (apimachinery pkg/util/rand)."""

NAMING = ("attributes", "capacityProviders", "containerInstanceArn", "group", "lastStatus", "taskDefinition")
"""The fields by which ECS's objects relate to others, as far as they change."""

TOPOLOGY = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")


def merged(old: Any, change: Any) -> Any:
    """`old` with the JSON merge patch `change` applied (RFC 7386); shares what it doesn't touch."""
    if not isinstance(change, dict):
        return change
    new = dict(old) if isinstance(old, dict) else {}
    for field, value in change.items():
        if value is None:
            new.pop(field, None)
        else:
            new[field] = merged(new.get(field), value)
    return new


def random_suffix(rng: Random) -> str:
    """Five letters that make a name unique."""
    return "".join(rng.choices(NAME_ALPHABET, k=5))


def named(obj: Object, rng: Random) -> Object:
    """An object with the name it is to have: its own, or its generateName and a random end."""
    meta = obj["metadata"]
    if meta.get("name") or not meta.get("generateName"):
        return obj
    return {**obj, "metadata": {**meta, "name": meta["generateName"][:58] + random_suffix(rng)}}


def kept_metadata(new: Object, old: Object) -> Object:
    """The metadata of an update: what the server manages stays as it was."""
    managed = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation")
    kept = {field: old[field] for field in (*managed, "resourceVersion", "namespace") if field in old}
    return {**{field: value for field, value in new.items() if field not in managed}, **kept}


def desires_other(old: Object, new: Object) -> bool:
    """Whether anything but metadata and status changed, which makes a new generation."""
    told = (field for field in {**old, **new} if field not in ("metadata", "status"))
    return any(old.get(field) is not new.get(field) and old.get(field) != new.get(field) for field in told)


def relates_anew(old: Object, new: Object) -> bool:
    """Whether a change can alter the object's edges: its spec, labels or owners; of ECS's objects, what they name."""
    if "metadata" not in new:
        return any(old.get(field) != new.get(field) for field in NAMING)
    if old.get("spec") is not new.get("spec"):
        return True
    before, after = old["metadata"], new["metadata"]
    return any(before.get(field) != after.get(field) for field in ("labels", "ownerReferences"))


def finalizers_for(finalizers: Any, propagation: str) -> list[str]:
    """The finalizers of an object that is deleted with that propagation: Background, Foreground or Orphan."""
    asked = {"Foreground": "foregroundDeletion", "Orphan": "orphan"}.get(propagation)
    kept = [name for name in finalizers if name not in ("foregroundDeletion", "orphan")]
    return [*kept, asked] if asked else kept


def grace_period(obj: Object, asked: int | None) -> int:
    """The grace period in seconds: only bound, living pods have one; 30 unless spec or caller say otherwise."""
    spec = obj.get("spec") or {}
    ended = (obj.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    if obj["kind"] != "Pod" or not spec.get("nodeName") or ended:
        return 0
    return int(spec.get("terminationGracePeriodSeconds", 30) if asked is None else asked)


def has_spec_finalizers(obj: Object) -> bool:
    """Whether a namespace still waits for its contents to go."""
    return obj["kind"] == "Namespace" and bool((obj.get("spec") or {}).get("finalizers"))


def marked(obj: Object, grace: int, clock: Clock, finalizers: Sequence[str] = ()) -> Object:
    """An object with the marks of a deletion that is done in `grace` seconds, and the finalizers it waits for."""
    meta = obj["metadata"]
    marks: Object = {"deletionTimestamp": clock.stamp(clock.now + grace), "deletionGracePeriodSeconds": grace}
    if "generation" in meta:
        marks["generation"] = meta["generation"] + 1
    if finalizers:
        marks["finalizers"] = list(finalizers)
    ending = {"status": {**obj.get("status", {}), "phase": "Terminating"}} if obj["kind"] == "Namespace" else {}
    return {**obj, "metadata": {**meta, **marks}, **ending}


def goes_at_once(obj: Object) -> bool:
    """Whether a deletion takes an object out without a wait."""
    meta = obj["metadata"]
    waits = "deletionTimestamp" in meta or meta.get("finalizers") or has_spec_finalizers(obj)
    return not waits and not grace_period(obj, None)


def is_finished_deletion(obj: Object) -> bool:
    """Whether a marked object has nothing left to wait for."""
    meta = obj["metadata"]
    if "deletionTimestamp" not in meta or meta.get("finalizers") or has_spec_finalizers(obj):
        return False
    return not meta.get("deletionGracePeriodSeconds")


class Heard(NamedTuple):
    """The messages of similar events (same object, type, reason, source) up to a moment; is the last one of a flood?"""

    at: float
    messages: frozenset[str]
    is_flood: bool


def heard_after(before: Heard | None, message: str, now: float) -> Heard:
    """What was heard with one more message: the tenth different one within ten minutes of another makes a flood.

    Source: client-go tools/record/events_cache.go EventAggregate, v1.36; there any of the ten is forgotten again.
    """
    known = before.messages if before and now - before.at <= SIMILAR_SECONDS else frozenset()
    everything = known | {message}
    is_flood = len(everything) >= SIMILAR
    return Heard(now, known if is_flood else everything, is_flood)


def similarity(about: Key, obj: Object | None, type: str, reason: str, source: str) -> tuple[str, ...]:
    """What events must have in common to be of one kind; the scheduler's also the version of the object they are about.

    Source: client-go tools/record/events_cache.go EventAggregatorByReasonFunc, tools/events/event_broadcaster.go
    getKey, v1.36.
    """
    meta = obj["metadata"] if obj else {}
    version = (str(meta.get("resourceVersion", "")),) if reason in NEWER else ()
    return (*about, meta.get("uid", ""), type, reason, source, *version)


def nanoseconds(now: float) -> int:
    """What the real recorder names events by; whoever adds a number keeps those of one moment apart, in order."""
    return int((EPOCH.timestamp() + now) * 1_000_000) * 1000


def new_event(about: Key, obj: Object | None, type: str, reason: str, message: str, source: str, now: str) -> Object:
    """An Event about an object, not yet named."""
    involved = {"kind": about.kind, "name": about.name, "apiVersion": KINDS[about.kind].api_version}
    if about.namespace:
        involved["namespace"] = about.namespace
    if obj is not None:
        involved |= {field: obj["metadata"][field] for field in ("uid", "resourceVersion")}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": about.namespace or "default"},
        "involvedObject": involved,
        "type": type,
        "reason": reason,
        "message": message,
        "source": {"component": source},
        "reportingComponent": source,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }


def topology_labels(node: Object | None) -> dict[str, str]:
    """The labels of a node that say where it is: its zone and region."""
    labels = node["metadata"].get("labels", {}) if node else {}
    return {name: labels[name] for name in TOPOLOGY if name in labels}


def check_version(key: Key, obj: Object, old: Object) -> None:
    """ApiError Conflict where an update names a version that isn't the newest."""
    given = obj["metadata"].get("resourceVersion")
    if given and given != old["metadata"]["resourceVersion"]:
        raise _conflict(
            key, "the object has been modified; please apply your changes to the latest version and try again"
        )


def check_preconditions(key: Key, old: Object, wanted: Object) -> None:
    """ApiError Conflict where a deletion means another object, or another version of it."""
    for field, label, what in (
        ("uid", "UID", "deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "modified"),
    ):
        actual = old["metadata"][field]
        if field in wanted and wanted[field] != actual:
            why = (
                f"the {label} in the precondition ({wanted[field]}) does not match the {label} in record ({actual}). "
                f"The object might have been {what}"
            )
            raise ApiError.conflict(key.kind, key.name, why, KINDS[key.kind].group)


def _conflict(key: Key, why: str) -> ApiError:
    return ApiError.conflict(KINDS[key.kind].plural, key.name, why, KINDS[key.kind].group)
