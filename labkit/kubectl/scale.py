"""`kubectl scale`.

Source: kubectl pkg/cmd/scale/scale.go and pkg/scale/scale.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from labkit import apiserver
from labkit.errors import ApiError, CommandError
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, dry_run, report, tell
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import FILENAME, RECURSIVE, SELECTOR_FLAGS, Item, select

SCALABLE = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")


@command(
    "scale",
    "kubectl scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)",
    "Set a new size for a deployment, replica set, or replication controller.",
    SELECTOR_FLAGS[0],
    FILENAME,
    RECURSIVE,
    *COMMON,
    Flag("all", "", "bool", help="All objects of the kind"),
    Flag("replicas", "", "int", 0, help="The new number of pods"),
    Flag("current-replicas", "", "int", -1, help="Only if it is this many now"),
    Flag("resource-version", help="Only if it is of this version now"),
    Flag("timeout", "", "duration", help="Not simulated: let time pass and look again"),
)
def scale(call: Call) -> None:
    """Ask for another number of pods; controllers make or delete them when the lab runs."""
    if "replicas" not in call.given:
        raise CommandError('error: required flag(s) "replicas" not set')
    if call.flags["replicas"] < 0:
        text = "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
        raise CommandError(f"error: {text}")
    found = select(call)
    if not found.items:
        raise CommandError(" ".join(["error: no objects passed to scale", *(error.message for error in found.errors)]))
    if call.flags["resource-version"] and len(found.items) > 1:
        raise CommandError("error: cannot use --resource-version with multiple resources")
    for item in found.items:
        _scale(call, item)
        tell(call, item.obj, "scaled")
    report(call, found.errors)


def _scale(call: Call, item: Item) -> None:
    if item.kind.name not in SCALABLE:
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    _check(call, item)
    if dry_run(call) != "client":
        change = {"spec": {"replicas": call.flags["replicas"]}}
        apiserver.patch(call.cluster, item.key, change, "merge", dry_run=dry_run(call) == "server")


def _check(call: Call, item: Item) -> None:
    """The preconditions: how many it is now, which version it is now."""
    wanted, now = call.flags["current-replicas"], item.obj["spec"].get("replicas", 0)
    if wanted not in (-1, now):
        raise CommandError(f"error: Expected replicas to be {wanted}, was {now}")
    version = call.flags["resource-version"]
    if version and version != item.obj["metadata"]["resourceVersion"]:
        current = item.obj["metadata"]["resourceVersion"]
        raise CommandError(f"error: Expected resource version to be {version}, was {current}")
