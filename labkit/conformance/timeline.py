"""A cluster's history in the form of the recorded timelines: what changed that matters, names as placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from labkit.conformance.placeholders import NUMBERED, RANDOM
from labkit.history import Entry

Object = dict[str, Any]

NAMESPACE = "recorded"
"""Where a trace is replayed: the recording's `default`, which could not be deleted."""

_WORD = re.compile(rf"\b{NAMESPACE}\b")
_SPLIT = re.compile(r"[A-Za-z0-9]+")


class Names:
    """Real names and their placeholders, numbered by first appearance."""

    def __init__(self) -> None:
        self.placeholders: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def learn(self, obj: Object) -> None:
        """Note the parts of an object's name that were drawn or computed."""
        kind, meta = obj["kind"], obj["metadata"]
        last = meta["name"].rpartition("-")[2]
        owner: Object = next((one for one in meta.get("ownerReferences") or () if one.get("controller")), {})
        if kind == "ControllerRevision" or (kind == "ReplicaSet" and owner.get("kind") == "Deployment"):
            self._number(last, "h")
        elif kind == "Pod" and meta.get("generateName"):
            self._number(last, "p")
        elif kind == "EndpointSlice" and meta.get("generateName"):
            self._number(last, "s")
        elif kind == "Job" and owner.get("kind") == "CronJob":
            self._number(last, "m")

    def _number(self, part: str, letter: str) -> None:
        if part not in self.placeholders and re.fullmatch(NUMBERED[letter], part):
            self._counts[letter] = self._counts.get(letter, 0) + 1
            self.placeholders[part] = f"<{letter}{self._counts[letter]}>"

    def shown(self, value: Any) -> Any:
        """A text, or the texts in a list or dict, with placeholders, and `default` for the replay's namespace."""
        if isinstance(value, str):
            named = _SPLIT.sub(lambda part: self.placeholders.get(part[0], part[0]), value)
            return _WORD.sub("default", named)
        if isinstance(value, list):
            return [self.shown(one) for one in value]
        return {self.shown(key): self.shown(one) for key, one in value.items()} if isinstance(value, dict) else value

    def real(self, text: str) -> str:
        """A name with its placeholders resolved."""
        for part, placeholder in self.placeholders.items():
            text = text.replace(placeholder, part)
        return text


def shape(text: str) -> str:
    """A text in which what was drawn at random has only its shape: `<p1>` and `<s1>` become `<x5>`."""
    text = re.sub(r"<[ps][0-9]+>", "<x5>", text)
    return re.sub(rf'(pods \\?"[a-z0-9<>-]+-){RANDOM}{{5}}(?=\\?")', r"\1<x5>", text)


def timeline(history: Iterable[Entry], names: Names) -> list[Object]:
    """The meaningful changes, in order."""
    last: dict[Any, Object] = {}
    found: list[Object] = []
    for entry in history:
        told = entry.new or entry.old
        if told is None or told["kind"] not in FIELDS or told["metadata"].get("name") == "kubernetes":
            continue
        names.learn(told)
        found += _changes(entry, names.shown(described(told)), last)
    return found


def _changes(entry: Entry, now: Object, last: dict[Any, Object]) -> Iterator[Object]:
    before = last.get(entry.key)
    if entry.new is None:
        if entry.key.kind == "Pod" and not now.get("deleting"):
            # The API server marks a pod before it takes it out even without a grace period; here it is one write.
            now = {**now, "deleting": True}
            yield {"change": "changed", "t": entry.time, **now}
        last.pop(entry.key, None)
        yield {"change": "gone", "t": entry.time, **now}
    elif now != before:
        last[entry.key] = now
        yield {"change": "changed" if before else "added", "t": entry.time, **now}


def described(obj: Object) -> Object:
    """What counts of an object."""
    meta, status = obj["metadata"], obj.get("status") or {}
    told: Object = {"kind": obj["kind"], "name": meta["name"]}
    if "deletionTimestamp" in meta:
        told["deleting"] = True
    conditions = status.get("conditions") or []
    if conditions and obj["kind"] not in ("Pod", "Node"):
        told["conditions"] = {one["type"]: _condition(obj["kind"], one) for one in conditions}
    return told | FIELDS[obj["kind"]](obj, obj.get("spec") or {}, status)


def _condition(kind: str, one: Object) -> Any:
    """As recorded: status and reason, of autoscalers the message too."""
    if kind == "HorizontalPodAutoscaler":
        return {name: one[name] for name in ("status", "reason", "message")}
    return f"{one['status']} {one.get('reason', '')}"


def _owner(obj: Object) -> str | None:
    owners = obj["metadata"].get("ownerReferences") or ()
    return next((f"{one['kind']}/{one['name']}" for one in owners if one.get("controller")), None)


def _numbers(status: Object) -> Object:
    return {name: value for name, value in status.items() if name not in ("conditions", "observedGeneration")}


def _sized(obj: Object, spec: Object, status: Object) -> Object:
    revision = (obj["metadata"].get("annotations") or {}).get("deployment.kubernetes.io/revision")
    return {"spec": spec.get("replicas"), "status": _numbers(status), "revision": revision, "owner": _owner(obj)}


def _pod(obj: Object, spec: Object, status: Object) -> Object:
    conditions = {one["type"]: one for one in status.get("conditions") or ()}
    ready = conditions.get("Ready", {}).get("status") == "True"
    return {
        "node": spec.get("nodeName"), "phase": status.get("phase", "Pending"), "ready": ready, "owner": _owner(obj),
    }  # fmt: skip


def _stateful_set(obj: Object, spec: Object, status: Object) -> Object:
    revisions = {name: status.get(name) for name in ("currentRevision", "updateRevision")}
    return {"spec": spec.get("replicas"), "status": _numbers(status), **revisions}


def _slice(obj: Object, spec: Object, status: Object) -> Object:
    every = [one.get("conditions") or {} for one in obj.get("endpoints") or ()]
    states = [{name: bool(one.get(name)) for name in ("ready", "serving", "terminating")} for one in every]
    return {"endpoints": states, "ports": obj.get("ports") or []}


def _claim(obj: Object, spec: Object, status: Object) -> Object:
    owners = [f"{one['kind']}/{one['name']}" for one in obj["metadata"].get("ownerReferences") or ()]
    return {"phase": status.get("phase"), "owners": owners}


def _node(obj: Object, spec: Object, status: Object) -> Object:
    ready: Object = next((one for one in status.get("conditions") or () if one["type"] == "Ready"), {})
    taints = sorted(f"{one['key']}:{one['effect']}" for one in spec.get("taints") or ())
    words = f"{ready.get('status', '')} {ready.get('reason', '')}".strip()
    return {"ready": words, "taints": taints, "unschedulable": bool(spec.get("unschedulable"))}


def _namespace(obj: Object, spec: Object, status: Object) -> Object:
    return {"phase": status.get("phase")}


def _cron_job(obj: Object, spec: Object, status: Object) -> Object:
    return {"active": [one["name"] for one in status.get("active") or ()]}


def _revision(obj: Object, spec: Object, status: Object) -> Object:
    return {"revision": obj["revision"], "owner": _owner(obj)}


def _autoscaler(obj: Object, spec: Object, status: Object) -> Object:
    sizes = {name: status[name] for name in ("currentReplicas", "desiredReplicas") if name in status}
    return {"status": sizes or {"desiredReplicas": 0}}


def _plain(obj: Object, spec: Object, status: Object) -> Object:
    return {"status": _numbers(status), "owner": _owner(obj)}


FIELDS: dict[str, Callable[[Object, Object, Object], Object]] = {
    "Deployment": _sized, "ReplicaSet": _sized, "StatefulSet": _stateful_set, "DaemonSet": _plain, "Job": _plain,
    "CronJob": _cron_job, "ControllerRevision": _revision, "Pod": _pod, "EndpointSlice": _slice, "Node": _node,
    "Namespace": _namespace, "PersistentVolumeClaim": _claim, "PodDisruptionBudget": _plain,
    "HorizontalPodAutoscaler": _autoscaler, "ResourceQuota": _plain,
}  # fmt: skip
"""The kinds that recordings follow, and what of them."""
