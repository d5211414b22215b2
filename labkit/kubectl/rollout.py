"""`kubectl rollout pause`, `resume` and `restart`.

Sources: kubectl pkg/cmd/rollout/rollout_{pause,resume,restart}.go and pkg/polymorphichelpers/object{pauser,resumer,
restarter}.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit import apiserver
from labkit.errors import CommandError, LabError
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, dry_run, report, tell
from labkit.kubectl.parser import Flag, command, group
from labkit.kubectl.resources import FILENAME, RECURSIVE, SELECTOR_FLAGS, Found, Item, select

Object = dict[str, Any]
RESTARTED = "kubectl.kubernetes.io/restartedAt"
FLAGS = (SELECTOR_FLAGS[0], FILENAME, RECURSIVE)
HOLDER = ("Deployment", "DaemonSet", "StatefulSet")
"""The kinds whose pods are rolled out."""

group("rollout", "kubectl rollout SUBCOMMAND", "Manage the rollout of one or many resources.")


def targets(call: Call) -> Found:
    """The objects that the arguments mean; a kind alone means all of that kind."""
    if not call.args and not call.flags.get("filename"):
        raise CommandError("error: required resource not specified")
    return select(call, list_all=True)


def plural(item: Item) -> str:
    """`deployments.apps`."""
    return f"{item.kind.plural}.{item.kind.group}" if item.kind.group else item.kind.plural


@command(
    "rollout pause",
    "kubectl rollout pause RESOURCE",
    "Mark the provided resource as paused: changes of its template wait.",
    *FLAGS,
    *COMMON,
)
def pause(call: Call) -> None:
    """Stop rolling out; changes of the template collect until `resume`."""
    _each(call, "paused", _paused)


def _paused(item: Item, now: str) -> Object:
    if item.kind.name != "Deployment":
        raise CommandError("pausing is not supported")
    if item.obj["spec"].get("paused"):
        raise CommandError("is already paused")
    return {"spec": {"paused": True}}


@command("rollout resume", "kubectl rollout resume RESOURCE", "Resume a paused resource.", *FLAGS, *COMMON)
def resume(call: Call) -> None:
    """Roll out what has been changed during the pause."""
    _each(call, "resumed", _resumed)


def _resumed(item: Item, now: str) -> Object:
    if item.kind.name != "Deployment":
        raise CommandError("resuming is not supported")
    if not item.obj["spec"].get("paused"):
        raise CommandError("is not paused")
    return {"spec": {"paused": None}}


@command("rollout restart", "kubectl rollout restart RESOURCE", "Restart a resource.", *FLAGS, *COMMON)
def restart(call: Call) -> None:
    """Give the template a new annotation, so that every pod is made anew under the usual limits."""
    _each(call, "restarted", _restarted)


def _restarted(item: Item, now: str) -> Object:
    if item.kind.name not in HOLDER:
        raise CommandError("restarting is not supported")
    if item.obj["spec"].get("paused"):
        raise CommandError("can't restart paused deployment (run rollout resume first)")
    notes = (item.obj["spec"]["template"].get("metadata") or {}).get("annotations") or {}
    if notes.get(RESTARTED) == now:
        text = "if restart has already been triggered within the past second, please wait before attempting to trigger"
        raise CommandError(f"{text} another")
    return {"spec": {"template": {"metadata": {"annotations": {RESTARTED: now}}}}}


def _each(call: Call, words: str, change: Callable[[Item, str], Object]) -> None:
    """Write the change into every object, one after the other; errors are told at the end."""
    found = targets(call)
    errors: list[LabError] = [*found.errors]
    for item in found.items:
        try:
            tell(call, _write(call, item, _named(item, change, call.now)), words)
        except LabError as error:
            errors.append(error)
    report(call, errors)


def _named(item: Item, change: Callable[[Item, str], Object], now: str) -> Object:
    try:
        return change(item, now)
    except CommandError as error:
        raise CommandError(f'error: {plural(item)} "{item.key.name}" {error.message}') from None


def _write(call: Call, item: Item, change: Object) -> Object:
    if dry_run(call) == "client":
        return item.obj
    return apiserver.patch(call.cluster, item.key, change, "merge", dry_run=dry_run(call) == "server").obj


REVISION = Flag("revision", "", "int", 0, help="One revision; 0 means the newest")
