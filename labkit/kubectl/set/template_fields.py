"""`kubectl set image`, `resources`, `serviceaccount`, and `set selector` of a Service.

Sources: kubectl pkg/cmd/set/set_{image,resources,serviceaccount,selector}.go, v1.32.5; the texts are theirs.
"""

from __future__ import annotations

from functools import partial, reduce

from labkit import apiserver
from labkit.errors import CommandError, FieldError
from labkit.fields import quantity
from labkit.kubectl.call import Call
from labkit.kubectl.changes import dry_run, report, tell
from labkit.kubectl.parser import Flag, command, group
from labkit.kubectl.resources import select
from labkit.kubectl.set.templates import CONTAINERS, FLAGS, Object, split_arguments, update, with_containers

group("set", "kubectl set SUBCOMMAND", "Set specific features on objects.")


@command(
    "set image",
    "kubectl set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ...",
    "Update the image of a pod template.",
    *FLAGS,
)
def image(call: Call) -> None:
    """Give containers other images; a Deployment rolls them out when the lab runs."""
    objects, pairs = split_arguments(call.args)
    select(call, objects)
    if not pairs:
        raise CommandError("error: at least one image update is required")
    images = [word.split("=", 1) for word in pairs]

    def change(spec: Object) -> Object:
        return reduce(
            lambda old, pair: with_containers(old, pair[0], lambda one: {**one, "image": pair[1]}), images, spec
        )

    update(call, objects, change, "image updated", "failed to patch image update to pod template:")


@command(
    "set resources",
    "kubectl set resources (-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]",
    "Update resource requests/limits on objects with pod templates.",
    CONTAINERS,
    Flag("limits", help="resource=amount pairs"),
    Flag("requests", help="resource=amount pairs"),
    *FLAGS,
)
def resources(call: Call) -> None:
    """Change what containers ask for and may use."""
    flags = call.flags
    select(call)
    if not flags["limits"] and not flags["requests"]:
        raise CommandError(
            "error: you must specify an update to requests or limits (in the form of --requests/--limits)"
        )
    given = {side: amounts(flags[side]) for side in ("limits", "requests") if flags[side]}
    change = partial(with_containers, names=flags["containers"], change=partial(_with_amounts, given))
    update(call, call.args, change, "resource requirements updated", "failed to patch resources update to pod template")


def amounts(text: str) -> dict[str, str]:
    """`cpu=100m,memory=64Mi` as a map."""
    found: dict[str, str] = {}
    for word in text.split(","):
        name, equals, amount = word.partition("=")
        if not equals:
            raise CommandError(f"error: Invalid argument syntax {word}, expected <resource>=<value>")
        try:
            found[name] = quantity.canonical(amount)
        except FieldError as error:
            raise CommandError(f"error: {error.message}") from None
    return found


def _with_amounts(given: dict[str, dict[str, str]], container: Object) -> Object:
    old = container.get("resources") or {}
    new = {side: {**(old.get(side) or {}), **values} for side, values in given.items()}
    return {**container, "resources": {**old, **new}}


@command(
    "set serviceaccount",
    "kubectl set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
    "Update the service account of a resource.",
    *FLAGS,
)
@command("set sa", "kubectl set sa (TYPE NAME) SERVICE_ACCOUNT", "Update the service account of a resource.", *FLAGS)
def service_account(call: Call) -> None:
    """Let pods run as another service account."""
    if not call.args:
        raise CommandError("error: serviceaccount is required")
    *objects, name = call.args
    named = {"serviceAccountName": name, "serviceAccount": name}
    update(
        call, objects, lambda spec: {**spec, **named}, "serviceaccount updated", "failed to patch ServiceAccountName"
    )


@command(
    "set selector",
    "kubectl set selector (-f FILENAME | TYPE NAME) EXPRESSIONS",
    "Set the selector on a resource.",
    Flag("resource-version", help="Only if it is of this version now"),
    *FLAGS,
)
def selector(call: Call) -> None:
    """Let a Service select other pods."""
    objects, pairs = split_arguments(call.args)
    if not pairs:
        raise CommandError("error: one or more resources must be specified as <resource> <name> or <resource>/<name>")
    found = select(call, objects)
    if found.errors:
        report(call, list(found.errors))
        return
    labels = dict(word.split("=", 1) for pair in pairs for word in pair.split(","))
    for item in found.items:
        if item.kind.name != "Service":
            raise CommandError(f"error: setting a selector is only supported for Services: {item.kind.plural}")
        gone = {key: None for key in item.obj["spec"].get("selector") or {} if key not in labels}
        if dry_run(call) != "client":
            body = {"spec": {"selector": gone | labels}}
            apiserver.patch(call.cluster, item.key, body, "merge", dry_run=dry_run(call) == "server")
        tell(call, item.obj, "selector updated")
