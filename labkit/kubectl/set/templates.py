"""Where a kind keeps its pod spec, and how a change of it is sent.

Sources: kubectl pkg/cmd/set/set.go and pkg/polymorphichelpers/updatepodspec.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit import apiserver
from labkit.errors import CommandError, LabError
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, dry_run, report, tell, warn
from labkit.kubectl.parser import Flag
from labkit.kubectl.resources import FILENAME, RECURSIVE, SELECTOR_FLAGS, Item, select

Object = dict[str, Any]
Change = Callable[[Object], Object]
"""From a pod spec to the pod spec that is wanted."""

FLAGS = (
    SELECTOR_FLAGS[0],
    FILENAME,
    RECURSIVE,
    *COMMON,
    Flag("all", "", "bool", help="All objects of the kind"),
    Flag("local", "", "bool", help="Not simulated"),
)
CONTAINERS = Flag("containers", "c", "string", "*", help="The containers, * for every one")

PATHS = dict.fromkeys(
    ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"),
    ("spec", "template", "spec"),
) | {"Pod": ("spec",), "CronJob": ("spec", "jobTemplate", "spec", "template", "spec")}


def pod_spec(item: Item) -> Object:
    """The pod spec of an object; CommandError for a kind that has none."""
    if item.kind.name not in PATHS:
        raise CommandError(f"error: the object is not a pod or does not have a pod template: *v1.{item.kind.name}")
    found = item.obj
    for step in PATHS[item.kind.name]:
        found = found[step]
    return found


def update(call: Call, objects: list[str], change: Change, done: str, failed: str) -> None:
    """Change the pod spec of every object that is meant; nothing is said of those that stay as they are."""
    if call.flags["local"]:
        raise CommandError("error: labkit does not simulate --local")
    found = select(call, objects)
    if found.errors:
        report(call, list(found.errors))
        return
    errors: list[LabError] = []
    for item in found.items:
        try:
            _update(call, item, change, done, failed)
        except LabError as error:
            errors.append(error)
    report(call, errors)


def _update(call: Call, item: Item, change: Change, done: str, failed: str) -> None:
    old = pod_spec(item)
    new = change(old)
    if new == old:
        return
    body: Object = {field: new.get(field) for field in {**old, **new} if new.get(field) != old.get(field)}
    for step in reversed(PATHS[item.kind.name]):
        body = {step: body}
    if dry_run(call) != "client":
        try:
            answer = apiserver.patch(call.cluster, item.key, body, "merge", dry_run=dry_run(call) == "server")
        except LabError as error:
            raise CommandError(f"error: {failed} {error.message}") from None
        warn(call, answer.warnings)
    tell(call, item.obj, done)


def with_containers(spec: Object, names: str, change: Callable[[Object], Object]) -> Object:
    """The spec with the containers of that name changed, init containers too; `*` means every container."""
    new, found = dict(spec), False
    for field in ("initContainers", "containers"):
        listed = spec.get(field) or []
        chosen = [each["name"] == names or (names == "*" and field == "containers") for each in listed]
        found = found or any(chosen)
        if any(chosen):
            new[field] = [change(each) if yes else each for each, yes in zip(listed, chosen, strict=True)]
    if not found:
        raise CommandError(f'error: unable to find container named "{names}"')
    return new


def split_arguments(args: list[str]) -> tuple[list[str], list[str]]:
    """Words that name objects, and `key=value` or `key-` words."""
    pairs = [word for word in args if "=" in word or (word.endswith("-") and "/" not in word and word != "-")]
    return [word for word in args if word not in pairs], pairs
