"""`kubectl exec`: a program in a container, as far as what it prints follows from the simulated world.

Sources: kubectl pkg/cmd/exec/exec.go, pkg/cmd/util/helpers.go, v1.36; what a runtime says of a program that isn't in an
image is containerd's and runc's.
"""

from __future__ import annotations

from typing import Any

from labkit.errors import CommandError
from labkit.kubectl.call import Call
from labkit.kubectl.parser import Flag, command, usage_error
from labkit.kubectl.pods import check_running, container_of, pod_named
from labkit.kubectl.programs import Place, run

BARE_IMAGES = ("distroless", "pause", "scratch")
"""Words in the names of images that have no programs but their own."""


@command(
    "exec",
    "kubectl exec (POD | TYPE/NAME) [-c CONTAINER] -- COMMAND [args...]",
    "Run a program in a container: env, cat, ls, nslookup, wget and the like.",
    Flag("container", "c", help="The container"),
    Flag("stdin", "i", "bool", help="Pass stdin on"),
    Flag("tty", "t", "bool", help="Taken; a lab has no terminal"),
    Flag("quiet", "q", "bool", help="Print the program's output alone"),
    Flag("pod-running-timeout", "", "duration", "1m0s", help="Taken; a pod that isn't running is refused at once"),
)
def execute(call: Call) -> None:
    """Run the program; its exit code becomes the command's."""
    named, argv = _words(call)
    key = pod_named(call, named)
    pod = call.cluster.require(key)
    phase = (pod.get("status") or {}).get("phase")
    if phase in ("Succeeded", "Failed"):
        raise CommandError(f"error: cannot exec into a container in a completed pod; current phase is {phase}")
    container = container_of(call, pod)
    check_running(call, pod, container)
    _check_in_image(call, pod, container, argv[0])
    ran = run(Place(call.lab, key, container, call.stdin or "" if call.flags["stdin"] else ""), argv)
    if ran.out:
        call.out(ran.out, end="")
    if ran.err:
        call.err(ran.err, end="")
    if ran.code:
        call.err(f"command terminated with exit code {ran.code}")
        call.exit_code = ran.code


def _words(call: Call) -> tuple[str, list[str]]:
    """The pod's name and the program with its arguments."""
    after = call.after_dashes or []
    before = call.args[: len(call.args) - len(after)] if call.after_dashes is not None else call.args
    if not before:
        raise usage_error(call, "pod, type/name or --filename must be specified")
    if len(before) > 1:
        raise usage_error(call, "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
    if not after:
        raise usage_error(call, "you must specify at least one command for the container")
    return before[0], after


def _check_in_image(call: Call, pod: dict[str, Any], container: str, program: str) -> None:
    """Refuse a program that no image has, since its name holds spaces, or that this image lacks."""
    every = [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ())]
    image = next(one.get("image", "") for one in every if one["name"] == container)
    if " " not in program and not any(word in image for word in BARE_IMAGES):
        return
    started = f'failed to start exec "{_id(pod, container)}": OCI runtime exec failed: exec failed'
    why = f'unable to start container process: exec: "{program}": executable file not found in $PATH'
    raise CommandError(
        "error: Internal error occurred: error executing command in container: failed to exec in container: "
        f"{started}: {why}"
    )


def _id(pod: dict[str, Any], container: str) -> str:
    """The name of the attempt, of the shape of the runtime's; the same each time."""
    return str(pod["metadata"]["uid"].replace("-", "") + container.encode().hex() * 32)[:64]
