"""Commands that a lab can only refuse, in the real command's words where it has some: exec, auth.

Sources: kubectl pkg/cmd/exec and pkg/cmd/auth, v1.32.5.
"""

from __future__ import annotations

from labkit.errors import ApiError, CommandError
from labkit.kinds import Key
from labkit.kubectl.call import Call
from labkit.kubectl.parser import Flag, command, usage_error

NOT_SIMULATED = "error: labkit does not simulate {what}: no program runs in its containers"


@command(
    "exec",
    "kubectl exec (POD | TYPE/NAME) [-c CONTAINER] -- COMMAND [args...]",
    "Execute a command in a container: not simulated.",
    Flag("container", "c", help="The container"),
    Flag("stdin", "i", "bool", help="Pass stdin on"),
    Flag("tty", "t", "bool", help="Give it a terminal"),
)
def execute(call: Call) -> None:
    """Refuse, as no program runs; a pod that isn't there is said to be missing."""
    if not call.args:
        raise usage_error(call, "pod, type/name or --filename must be specified")
    name = call.args[0].removeprefix("pod/").removeprefix("pods/")
    check_placed(call, name)
    raise CommandError(NOT_SIMULATED.format(what="exec"))


def check_placed(call: Call, name: str) -> None:
    """Refuse a pod that isn't there, or that no node has."""
    if "/" in name:
        return
    pod = call.cluster.require(Key("Pod", call.namespace, name))
    if not pod["spec"].get("nodeName"):
        raise ApiError.bad_request(f"pod {name} does not have a host assigned")
