"""`kubectl cordon` and `kubectl uncordon`.

Sources: kubectl pkg/cmd/drain/drain.go and pkg/drain/cordon.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from labkit import apiserver
from labkit.errors import CommandError
from labkit.kinds import KINDS
from labkit.kubectl.call import Call
from labkit.kubectl.changes import DRY_RUN, dry_run, report, tell
from labkit.kubectl.parser import command, usage_error
from labkit.kubectl.resources import SELECTOR_FLAGS, Item, Named, by_names, listed


@command("cordon", "kubectl cordon NODE", "Mark node as unschedulable.", SELECTOR_FLAGS[0], DRY_RUN)
def cordon(call: Call) -> None:
    """Let no new pods onto nodes; those that are there stay."""
    for item in nodes(call):
        set_schedulable(call, item, False)


@command("uncordon", "kubectl uncordon NODE", "Mark node as schedulable.", SELECTOR_FLAGS[0], DRY_RUN)
def uncordon(call: Call) -> None:
    """Let pods onto nodes again."""
    for item in nodes(call):
        set_schedulable(call, item, True)


def nodes(call: Call) -> list[Item]:
    """The nodes that the arguments or the selector mean; none of them if one isn't there."""
    selector = call.flags["selector"]
    if not call.args and "selector" not in call.given:
        raise usage_error(call, f"USAGE: {call.command.name} NODE [flags]")
    if call.args and selector:
        raise CommandError("error: error: cannot specify both a node name and a --selector option")
    if not call.args:
        return listed(call, KINDS["Node"], selector)
    found = by_names(call, [Named(KINDS["Node"], name.removeprefix("node/")) for name in call.args])
    report(call, found.errors)
    return [] if found.errors else found.items


def set_schedulable(call: Call, item: Item, wanted: bool) -> None:
    """Cordon or uncordon one node, unless it is already."""
    word = "uncordoned" if wanted else "cordoned"
    if bool((item.obj.get("spec") or {}).get("unschedulable")) != wanted:
        tell(call, item.obj, f"already {word}")
        return
    if dry_run(call) != "client":
        change = {"spec": {"unschedulable": None if wanted else True}}
        apiserver.patch(call.cluster, item.key, change, "merge", dry_run=dry_run(call) == "server")
    tell(call, item.obj, word)
