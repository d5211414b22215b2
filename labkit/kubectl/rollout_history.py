"""`kubectl rollout history` and `undo`: the revisions of a workload, and the way back to one.

A Deployment's revisions are its ReplicaSets, those of a DaemonSet or StatefulSet are ControllerRevisions.
Sources: kubectl pkg/cmd/rollout/rollout_{history,undo}.go and pkg/polymorphichelpers/{history,rollback}.go, v1.32.5;
the texts are theirs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit import apiserver
from labkit.controllers import controllerrevisions, revisions
from labkit.controllers.ownership import controlled
from labkit.controllers.templatehash import LABEL
from labkit.errors import CommandError, LabError
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, dry_run, report, tell
from labkit.kubectl.describe.podtemplate import pod_template
from labkit.kubectl.describe.writer import Writer, aligned
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import Item
from labkit.kubectl.rollout import FLAGS, HOLDER, REVISION, targets

Object = dict[str, Any]
CHANGE_CAUSE = "kubernetes.io/change-cause"


class Revision(NamedTuple):
    """One revision: its number, its template, the annotations of the object that keeps it."""

    number: int
    template: Object
    notes: dict[str, str]

    @property
    def cause(self) -> str:
        """Why it was made, if somebody wrote it down."""
        return self.notes.get(CHANGE_CAUSE, "")


def revisions_of(call: Call, item: Item) -> list[Revision]:
    """The revisions that are kept, oldest first."""
    if item.kind.name == "Deployment":
        held = [call.cluster.require(one) for one in controlled(call.cluster, item.key, "ReplicaSet")]
        found = [Revision(revisions.revision(one), one["spec"]["template"], _notes(one)) for one in held]
    else:
        held = controllerrevisions.history(call.cluster, item.key)
        found = [Revision(one["revision"], controllerrevisions.applied(item.obj, one), _notes(one)) for one in held]
    return sorted(found, key=lambda one: one.number)


def _notes(obj: Object) -> dict[str, str]:
    return obj["metadata"].get("annotations") or {}


@command(
    "rollout history",
    "kubectl rollout history (TYPE NAME | TYPE/NAME) [flags]",
    "View previous rollout revisions and configurations.",
    *FLAGS,
    REVISION,
)
def history(call: Call) -> None:
    """List the revisions, or show the template of one."""
    number = call.flags["revision"]
    if number < 0:
        raise CommandError(f"error: revision must be a positive integer: {number}")
    found = targets(call)
    if found.errors:
        raise found.errors[0]
    for item in found.items:
        if item.kind.name not in HOLDER:
            raise CommandError(f'error: no history viewer has been implemented for "{_group_kind(item)}"')
        kept = revisions_of(call, item)
        shown = _one(item, kept, number) if number else _listed(kept)
        call.out(f"{item.typed_name} {f'with revision #{number}' if number else ''}\n{shown}")


def _group_kind(item: Item) -> str:
    return f"{item.kind.name}.{item.kind.group}" if item.kind.group else item.kind.name


def _listed(kept: list[Revision]) -> str:
    if not kept:
        return "No rollout history found."
    return aligned("REVISION\tCHANGE-CAUSE\n" + "".join(f"{one.number}\t{one.cause or '<none>'}\n" for one in kept))


def _one(item: Item, kept: list[Revision], number: int) -> str:
    found = next((one for one in kept if one.number == number), None)
    if found is None:
        raise CommandError("error: unable to find the specified revision")
    template = found.template
    if found.cause and item.kind.name == "Deployment":
        meta = template.get("metadata") or {}
        noted = {**(meta.get("annotations") or {}), CHANGE_CAUSE: found.cause}
        template = {**template, "metadata": {**meta, "annotations": noted}}
    return _described(template)


def _described(template: Object) -> str:
    """The template as `describe` writes it, its columns not lined up."""
    writer = Writer()
    pod_template(writer, template)
    return writer.raw()


@command(
    "rollout undo",
    "kubectl rollout undo (TYPE NAME | TYPE/NAME) [flags]",
    "Roll back to a previous rollout.",
    *FLAGS,
    Flag("to-revision", "", "int", 0, help="The revision to go back to; 0 means the one before"),
    *COMMON,
)
def undo(call: Call) -> None:
    """Write the template of an older revision into the object: a rollout like any other follows."""
    if call.flags["to-revision"] < 0:
        raise CommandError(f"error: revision must be a positive integer: {call.flags['to-revision']}")
    found = targets(call)
    errors: list[LabError] = [*found.errors]
    for item in found.items:
        try:
            tell(call, item.obj, _rolled_back(call, item, call.flags["to-revision"]))
        except LabError as error:
            errors.append(error)
    report(call, errors)


def _rolled_back(call: Call, item: Item, number: int) -> str:
    """Go back, and say what was done."""
    if item.kind.name not in HOLDER:
        raise CommandError(f'error: no rollbacker has been implemented for "{_group_kind(item)}"')
    goal = _goal(item, revisions_of(call, item), number)
    if dry_run(call) == "client":
        return _described(goal.template)
    if item.obj["spec"].get("paused"):
        text = "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
        raise CommandError(f"error: {text}")
    template = without_hash(goal.template)
    if template == without_hash(item.obj["spec"]["template"]):
        return f"skipped rollback (current template already matches revision {number})"
    annotations = _annotations(item, goal)
    changed = {**item.obj, "spec": {**item.obj["spec"], "template": template}}
    changed["metadata"] = {**item.obj["metadata"], "annotations": annotations}
    apiserver.replace(call.cluster, changed, dry_run=dry_run(call) == "server")
    return "rolled back"


def _goal(item: Item, kept: list[Revision], number: int) -> Revision:
    if number:
        found = next((one for one in kept if one.number == number), None)
        if found is None:
            raise CommandError(f"error: unable to find specified revision {number} in history")
        return found
    if len(kept) < 2:
        none = f'no rollout history found for deployment "{item.key.name}"'
        raise CommandError(f"error: {none if item.kind.name == 'Deployment' else 'no last revision to roll back to'}")
    return kept[-2]


def without_hash(template: Object) -> Object:
    """The template without the label that a Deployment adds to tell its ReplicaSets apart."""
    meta = template.get("metadata") or {}
    labels = {name: value for name, value in (meta.get("labels") or {}).items() if name != LABEL}
    return {**template, "metadata": {**meta, "labels": labels}}


def _annotations(item: Item, goal: Revision) -> dict[str, str]:
    """A Deployment gets back the annotations of that revision too, save those that keep its own books."""
    own = _notes(item.obj)
    if item.kind.name != "Deployment":
        return own
    kept = {name: text for name, text in own.items() if name in revisions.BOOKS}
    return kept | {name: text for name, text in goal.notes.items() if name not in revisions.BOOKS}
