"""`kubectl rollout status`: tells how far a rollout is, and lets virtual time pass until it is done.

Where the real command would watch for good, it stops after PATIENCE seconds of virtual time and says so.
Source: kubectl pkg/cmd/rollout/rollout_status.go and pkg/polymorphichelpers/rollout_status.go, v1.32.5; the texts are
theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from labkit.controllers import revisions
from labkit.controllers.progress import TIMED_OUT
from labkit.errors import CommandError, FieldError
from labkit.fields import durations
from labkit.kinds.conditions import find_condition
from labkit.kubectl.call import Call
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import Item
from labkit.kubectl.rollout import FLAGS, REVISION, targets

Object = dict[str, Any]
PATIENCE = 3600.0
START = 0.1
"""Seconds that a client takes to start and to ask for the first time; controllers have acted by then."""


class Told(NamedTuple):
    """What is said of a rollout, and whether it is done."""

    text: str
    done: bool = False


@command(
    "rollout status",
    "kubectl rollout status (TYPE NAME | TYPE/NAME) [flags]",
    "Show the status of the rollout.",
    *FLAGS,
    REVISION,
    Flag("timeout", "", "duration", help="How long to watch; 0 watches until the rollout is done"),
    Flag("watch", "w", "bool", True, help="Watch the rollout until it is done"),
)
def status(call: Call) -> None:
    """Tell how far the rollouts are; run the lab until they are done."""
    if call.flags["revision"] < 0:
        raise CommandError(f"error: revision must be a positive integer: {call.flags['revision']}")
    limit = _seconds(call.flags["timeout"])
    found = targets(call)
    if found.errors:
        raise found.errors[0]
    if not found.items:
        call.err(f"No resources found in {call.namespace} namespace.")
    for item in found.items:
        viewer = _viewer(item)
        if call.flags["watch"]:
            _watch(call, item, viewer, limit)
        else:
            call.out(viewer(item.obj, call.flags["revision"]).text)


def _viewer(item: Item) -> Callable[[Object, int], Told]:
    if item.kind.name not in VIEWERS:
        raise CommandError(f"error: no status viewer has been implemented for {item.kind.name}")
    return VIEWERS[item.kind.name]


def _watch(call: Call, item: Item, viewer: Callable[[Object, int], Told], limit: float) -> None:
    """Say something at every change of the object, until the rollout is done or the time is up."""
    clock = call.cluster.clock
    end = clock.now + (limit or PATIENCE)
    call.lab.run(min(START, end - clock.now))
    while (obj := call.cluster.get(item.key)) is not None:
        told = viewer(obj, call.flags["revision"])
        call.out(told.text)
        if told.done:
            return
        _run_until_changed(call, item, obj, end)
        if call.cluster.get(item.key) is obj:
            raise CommandError(_out_of_time(item, limit))
    raise CommandError("error: object has been deleted")


def _run_until_changed(call: Call, item: Item, seen: Object, end: float) -> None:
    call.lab.run(end - call.cluster.clock.now, until=lambda lab: lab.cluster.get(item.key) is not seen)


def _out_of_time(item: Item, limit: float) -> str:
    if limit:
        return "error: timed out waiting for the condition"
    return f"error: labkit stopped watching after {PATIENCE:g} s: {item.kind.plural}/{item.key.name} is not done"


def _seconds(text: str) -> float:
    try:
        return float(durations.parse_go(text) / 1e9)
    except FieldError as error:
        why = f'invalid argument "{text}" for "--timeout" flag: {error}'
        raise CommandError(f"error: {why}\nSee 'kubectl rollout status --help' for usage.") from None


def deployment(obj: Object, revision: int) -> Told:
    """How far a Deployment is; CommandError once its progress deadline has passed."""
    name, wanted, now = obj["metadata"]["name"], obj["spec"].get("replicas", 0), obj.get("status") or {}
    running = revisions.revision(obj)
    if revision > 0 and revision != running:
        raise CommandError(f"error: desired revision ({revision}) is different from the running revision ({running})")
    if not _is_observed(obj):
        return Told("Waiting for deployment spec update to be observed...")
    progress = find_condition(obj, "Progressing")
    if progress is not None and progress.get("reason") == TIMED_OUT:
        raise CommandError(f'error: deployment "{name}" exceeded its progress deadline')
    left = _left_of_deployment(wanted, now)
    if left:
        return Told(f'Waiting for deployment "{name}" rollout to finish: {left}...')
    return Told(f'deployment "{name}" successfully rolled out', True)


def _left_of_deployment(wanted: int, now: Object) -> str:
    total, updated, available = (now.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas"))
    if updated < wanted:
        return f"{updated} out of {wanted} new replicas have been updated"
    if total > updated:
        return f"{total - updated} old replicas are pending termination"
    return f"{available} of {updated} updated replicas are available" if available < updated else ""


def daemon_set(obj: Object, revision: int) -> Told:
    """How far a DaemonSet is."""
    _only_rolling(obj)
    name, now = obj["metadata"]["name"], obj.get("status") or {}
    if not _is_observed(obj):
        return Told("Waiting for daemon set spec update to be observed...")
    wanted, updated, available = (
        now.get(name, 0) for name in ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    )
    waiting = f'Waiting for daemon set "{name}" rollout to finish:'
    if updated < wanted:
        return Told(f"{waiting} {updated} out of {wanted} new pods have been updated...")
    if available < wanted:
        return Told(f"{waiting} {available} of {wanted} updated pods are available...")
    return Told(f'daemon set "{name}" successfully rolled out', True)


def stateful_set(obj: Object, revision: int) -> Told:
    """How far a StatefulSet is; a partition keeps the lower ordinals at the old revision."""
    _only_rolling(obj)
    spec, now = obj["spec"], obj.get("status") or {}
    wanted, updated = spec.get("replicas", 0), now.get("updatedReplicas", 0)
    if not now.get("observedGeneration") or not _is_observed(obj):
        return Told("Waiting for statefulset spec update to be observed...")
    if now.get("readyReplicas", 0) < wanted:
        return Told(f"Waiting for {wanted - now.get('readyReplicas', 0)} pods to be ready...")
    rolling = spec["updateStrategy"].get("rollingUpdate")
    if rolling is not None:
        return _partitioned(updated, wanted - rolling.get("partition", 0))
    if now.get("updateRevision") != now.get("currentRevision"):
        at = f"{updated} pods at revision {now.get('updateRevision', '')}"
        return Told(f"waiting for statefulset rolling update to complete {at}...")
    at = f"{now.get('currentReplicas', 0)} pods at revision {now.get('currentRevision', '')}"
    return Told(f"statefulset rolling update complete {at}...", True)


def _partitioned(updated: int, wanted: int) -> Told:
    if updated < wanted:
        return Told(
            f"Waiting for partitioned roll out to finish: {updated} out of {wanted} new pods have been updated..."
        )
    return Told(f"partitioned roll out complete: {updated} new pods have been updated...", True)


def _only_rolling(obj: Object) -> None:
    if (obj["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate") != "RollingUpdate":
        raise CommandError("error: rollout status is only available for RollingUpdate strategy type")


def _is_observed(obj: Object) -> bool:
    observed: int = (obj.get("status") or {}).get("observedGeneration", 0)
    return bool(obj["metadata"].get("generation", 0) <= observed)


VIEWERS = {"Deployment": deployment, "DaemonSet": daemon_set, "StatefulSet": stateful_set}
