"""`kubectl apply`, `kubectl create -f` and `kubectl replace`: objects from files, sent to the server.

Each object is sent by itself, in the order in which it stands: what is refused doesn't keep the others back.
The clock stands still; controllers act when the lab runs.
Sources: kubectl pkg/cmd/apply/apply.go, pkg/cmd/create/create.go and pkg/cmd/replace/replace.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit import apiserver
from labkit.apiserver import Answer
from labkit.errors import CommandError, LabError
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, VALIDATE, directive, dry_run, report, tell, tell_answer, with_source
from labkit.kubectl.parser import Flag, command, usage_error
from labkit.kubectl.resources import FILENAME, RECURSIVE
from labkit.kubectl.sources import KUSTOMIZE, Source, sources

FILES = (FILENAME, RECURSIVE, KUSTOMIZE, VALIDATE, *COMMON)


@command(
    "apply",
    "kubectl apply (-f FILENAME | -k DIRECTORY)",
    "Apply a configuration to a resource by file name or stdin.",
    *FILES,
    Flag("server-side", "", "bool", help="Merge in the server; a lab keeps no field owners"),
    Flag("force-conflicts", "", "bool", help="Taken, there are no conflicts without field owners"),
    Flag("force", "", "bool", help="Not simulated"),
    Flag("overwrite", "", "bool", True, help="Taken"),
    Flag("prune", "", "bool", help="Not simulated"),
    Flag("selector", "l", help="Not simulated"),
    Flag("cascade", "", "string", "background", "background", "Taken, needed by --force alone"),
    Flag("grace-period", "", "int", -1, help="Taken, needed by --force alone"),
    Flag("timeout", "", "duration", help="Taken, needed by --force alone"),
    Flag("wait", "", "bool", help="Taken, needed by --force alone"),
)
def apply(call: Call) -> None:
    """Create what isn't there, change what is other than it was applied or than it is wanted now."""
    _no_arguments(call)
    for flag in ("force", "prune", "selector"):
        if call.flags[flag]:
            raise CommandError(f"error: labkit does not simulate --{flag}")
    _each(call, "applying", _applied, "no objects passed to apply")


def _applied(call: Call, source: Source) -> None:
    exists = bool(source.key.name) and call.cluster.get(source.key) is not None
    if dry_run(call) == "client":
        tell(call, call.cluster.get(source.key) if exists else source.obj, "configured" if exists else "created")
        return
    server_side = call.flags["server-side"]
    try:
        if server_side and exists:
            body = {key: value for key, value in source.obj.items() if key != "status"}
            answer = apiserver.patch(call.cluster, source.key, body, "strategic", **_options(call))
        else:
            answer = (apiserver.create if server_side else apiserver.apply)(call.cluster, source.obj, **_options(call))
    except LabError as error:
        raise with_source(error, "patching" if exists else "creating", source.file) from None
    tell_answer(call, answer, "serverside-applied" if server_side else answer.verb)


@command("create", "kubectl create -f FILENAME", "Create a resource from a file or from stdin.", *FILES)
def create(call: Call) -> None:
    """Create every object of the files."""
    _no_arguments(call)
    _each(call, "creating", _sender(apiserver.create, "creating", "created"), "no objects passed to create")


@command(
    "replace",
    "kubectl replace -f FILENAME",
    "Replace a resource by file name or stdin.",
    *FILES,
    Flag("force", "", "bool", help="Delete and create anew; not simulated"),
    Flag("grace-period", "", "int", -1, help="Taken, needed by --force alone"),
    Flag("timeout", "", "duration", help="Taken, needed by --force alone"),
)
def replace(call: Call) -> None:
    """Replace every object of the files, all but its status."""
    _no_arguments(call)
    if call.flags["force"]:
        raise CommandError("error: labkit does not simulate --force: delete, then create")
    _each(call, "replacing", _sender(apiserver.replace, "replacing", "replaced"), "no objects passed to replace")


def _sender(send: Callable[..., Answer], doing: str, done: str) -> Callable[[Call, Source], None]:
    def one(call: Call, source: Source) -> None:
        if dry_run(call) == "client":
            tell(call, source.obj, done)
            return
        try:
            answer = send(call.cluster, source.obj, **_options(call))
        except LabError as error:
            raise with_source(error, doing, source.file) from None
        tell_answer(call, answer, done)

    return one


def _options(call: Call) -> dict[str, Any]:
    return {"validation": directive(call), "dry_run": dry_run(call) == "server"}


def _no_arguments(call: Call) -> None:
    if call.args:
        raise usage_error(call, f"Unexpected args: [{' '.join(call.args)}]")


def _each(call: Call, doing: str, send: Callable[[Call, Source], None], nothing: str) -> None:
    """Send one object after the other; the errors are told at the end."""
    found, errors = sources(call, check_kind=directive(call) != "Ignore")
    if not found and not errors:
        raise CommandError(f"error: {nothing}")
    for source in found:
        try:
            send(call, source)
        except LabError as error:
            errors.append(error)
    report(call, errors)
