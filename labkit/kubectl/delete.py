"""`kubectl delete`: objects by name, selector or file; waits until they are gone.

Waiting lets virtual time pass, as a real terminal blocks. Where the real command would block for good, it stops
after PATIENCE seconds of virtual time and says so.
Source: kubectl pkg/cmd/delete/delete.go, v1.32.5; the error texts are its.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from labkit import apiserver
from labkit.errors import ApiError, CommandError, FieldError, LabError
from labkit.fields import durations
from labkit.kinds import Key, Kind
from labkit.kubectl.call import Call
from labkit.kubectl.changes import DRY_RUN, dry_run, report, with_source
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import ALL_NAMESPACES, FILENAME, RECURSIVE, SELECTOR_FLAGS, select, typed_name
from labkit.kubectl.sources import KUSTOMIZE, sources

PATIENCE = 600.0
POLICIES = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}
IMMEDIATE = (
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. "
    "The resource may continue to run on the cluster indefinitely."
)
ROOT_SCOPE = "Warning: deleting cluster-scoped resources, not scoped to the provided namespace"


class Target(NamedTuple):
    """One object to delete; `file` is where it was named, "" on the command line."""

    kind: Kind
    key: Key
    file: str = ""


@command(
    "delete",
    "kubectl delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])",
    "Delete resources by file names, stdin, resources and names, or by resources and label selector.",
    ALL_NAMESPACES,
    *SELECTOR_FLAGS,
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    DRY_RUN,
    Flag("all", "", "bool", help="All objects of the kind"),
    Flag("cascade", "", "string", "background", "background", "background, foreground or orphan: what of dependents"),
    Flag("force", "", "bool", help="At once, without asking the kubelet"),
    Flag("grace-period", "", "int", -1, help="Seconds a pod has to end"),
    Flag("ignore-not-found", "", "bool", help="What isn't there is no error"),
    Flag("now", "", "bool", help="As --grace-period=1"),
    Flag("timeout", "", "duration", help="How long to wait; 0 waits as long as it takes"),
    Flag("wait", "", "bool", True, help="Wait until the objects are gone"),
    Flag("output", "o", help="name"),
)
def delete(call: Call) -> None:
    """Delete every object that the arguments mean, then wait for them to go."""
    grace = grace_seconds(call)
    policy = _policy(call.flags["cascade"])
    targets, errors = _targets(call)
    if grace == 0 and call.flags["force"]:
        call.err(IMMEDIATE)
    _warn_of_root_scope(call, targets)
    deleted = [target for target in targets if _delete(call, target, grace, policy, errors)]
    report(call, errors)
    if not targets and not errors and not call.flags["ignore-not-found"]:
        call.out("No resources found")
    if call.flags["wait"] and not errors and not dry_run(call):
        _wait(call, deleted)


def grace_seconds(call: Call) -> int:
    """The grace period to ask for; -1 leaves it to the object."""
    flags, grace = call.flags, call.flags["grace-period"]
    if flags["now"]:
        if grace != -1:
            raise CommandError("error: --now and --grace-period cannot be specified together")
        return 1
    if flags["force"] and grace > 0:
        raise CommandError("error: --force and --grace-period greater than 0 cannot be specified together")
    if flags["force"]:
        return 0
    return 1 if grace == 0 else int(grace)


def _policy(word: str) -> str:
    if word not in POLICIES:
        known = '"background", "foreground", or "orphan"'
        raise CommandError(f"error: invalid cascade value ({word}). Must be {known}")
    return POLICIES[word]


def _targets(call: Call) -> tuple[list[Target], list[LabError]]:
    flags = call.flags
    for flag in ("selector", "field-selector"):
        if flags["all"] and flags[flag]:
            raise CommandError(f"error: cannot set --all and --{flag} at the same time")
    if flags["output"] not in ("", "name"):
        raise CommandError(f"error: unexpected -o output mode: {flags['output']}. We only support '-o name'")
    if flags["filename"] or flags["kustomize"]:
        found, errors = sources(call, check_kind=False)
        return [Target(source.kind, source.key, source.file) for source in found], errors
    chosen = select(call)
    errors = [error for error in chosen.errors if not (flags["ignore-not-found"] and _is_not_found(error))]
    return [Target(item.kind, item.key) for item in chosen.items], errors


def _is_not_found(error: LabError) -> bool:
    return isinstance(error, ApiError) and error.reason == "NotFound"


def _warn_of_root_scope(call: Call, targets: list[Target]) -> None:
    flags = call.flags
    scoped = "namespace" in call.given and not flags["all-namespaces"] and not flags["filename"]
    if scoped and any(not target.kind.namespaced for target in targets):
        call.err(ROOT_SCOPE)


def _delete(call: Call, target: Target, grace: int, policy: str, errors: list[LabError]) -> bool:
    """Delete one; False if it couldn't be."""
    options: dict[str, object] = {"propagationPolicy": policy} | ({"gracePeriodSeconds": grace} if grace >= 0 else {})
    try:
        if dry_run(call) != "client":
            apiserver.delete(call.cluster, target.key, options, dry_run=dry_run(call) == "server")
    except ApiError as error:
        if not (_is_not_found(error) and call.flags["ignore-not-found"]):
            errors.append(with_source(error, "deleting", target.file) if target.file else error)
        return False
    _say(call, target, grace)
    return True


def _say(call: Call, target: Target, grace: int) -> None:
    if call.flags["output"] == "name":
        call.out(typed_name(target.kind, target.key.name))
        return
    words = "force deleted" if grace == 0 else "deleted"
    words += {"": "", "client": " (dry run)", "server": " (server dry run)"}[dry_run(call)]
    kind = f"{target.kind.singular}.{target.kind.group}" if target.kind.group else target.kind.singular
    call.out(f'{kind} "{target.key.name}" {words}')


def _wait(call: Call, deleted: list[Target]) -> None:
    """Let time pass until every object is gone, or one of its name is a new one."""
    uids = {target: _uid(call, target.key) for target in deleted}
    left = _left(call, uids)
    limit = _seconds(call.flags["timeout"])
    if left():
        call.lab.run(limit or PATIENCE, until=lambda lab: not left())
    for target in left():
        what = f"{target.kind.plural}/{target.key.name}"
        if limit:
            raise CommandError(f"error: timed out waiting for the condition on {what}")
        raise CommandError(f"error: labkit stopped waiting after {PATIENCE:g} s: {what} {_why(call, target.key)}")


def _left(call: Call, uids: dict[Target, str | None]) -> Callable[[], list[Target]]:
    return lambda: [target for target, uid in uids.items() if uid is not None and _uid(call, target.key) == uid]


def _uid(call: Call, key: Key) -> str | None:
    obj = call.cluster.get(key)
    return None if obj is None else obj["metadata"].get("uid", "")


def _why(call: Call, key: Key) -> str:
    finalizers = (call.cluster.get(key) or {"metadata": {}})["metadata"].get("finalizers")
    return f"still has the finalizers {', '.join(finalizers)}" if finalizers else "is still there"


def _seconds(text: str) -> float:
    try:
        return durations.parse_go(text) / 1e9
    except FieldError as error:
        why = f'invalid argument "{text}" for "--timeout" flag: {error}'
        raise CommandError(f"error: {why}\nSee 'kubectl delete --help' for usage.") from None
