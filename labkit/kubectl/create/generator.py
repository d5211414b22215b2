"""How a `create` subcommand is declared: a function from the flags to a manifest becomes a command.

Manifests are written as the client's typed objects print, with `creationTimestamp: null`, `status: {}` and the like;
what is null or belongs to the server is left out before they are sent.
Sources: kubectl pkg/cmd/create/*.go and pkg/cmd/util/helpers.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from labkit import apiserver
from labkit.errors import CommandError, LabError
from labkit.kinds import KINDS
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, VALIDATE, directive, dry_run, tell, tell_answer
from labkit.kubectl.outputs import showing
from labkit.kubectl.parser import Flag, command, usage_error

Object = dict[str, Any]
Generate = Callable[[Call, str], Object]

FLAGS = (
    VALIDATE,
    *COMMON,
    Flag("save-config", "", "bool", help="Not simulated"),
    Flag("append-hash", "", "bool", help="Not simulated"),
)


def generator(
    *names: str, usage: str, flags: Sequence[Flag] = (), required: Sequence[str] = (), failed: str = ""
) -> Callable[[Generate], Generate]:
    """Enter the decorated function as `kubectl create NAME`, under each of `names`.

    `required` are flags that must be given; `failed` is what the command puts before the server's refusal.
    """

    def enter(generate: Generate) -> Generate:
        def run(call: Call) -> None:
            require(call, required)
            name = only_name(call)
            send(call, generate(call, name), failed)

        short = (generate.__doc__ or "").split("\n")[0]
        for name in names:
            command(f"create {name}", f"kubectl create {name} {usage}", short, *flags, *FLAGS)(run)
        return generate

    return enter


def require(call: Call, flags: Sequence[str]) -> None:
    """Refuse where flags that must be given are not."""
    missing = ", ".join(f'"{flag}"' for flag in flags if flag not in call.given)
    if missing:
        raise CommandError(f"error: required flag(s) {missing} not set")
    if call.flags.get("save-config") or call.flags.get("append-hash"):
        raise CommandError("error: labkit does not simulate --save-config and --append-hash")


def only_name(call: Call) -> str:
    """The one name before `--`."""
    names = call.args[: len(call.args) - len(call.after_dashes or ())]
    if len(names) != 1:
        raise usage_error(call, f"exactly one NAME is required, got {len(names)}")
    return names[0]


def send(call: Call, obj: Object, failed: str = "") -> None:
    """Create the object, or say what would be created."""
    namespaced = KINDS[obj["kind"]].namespaced
    if dry_run(call) == "client":
        shown = _in_namespace(obj, call.namespace) if namespaced and "namespace" in call.given else obj
        if call.flags["output"]:
            call.out(showing(call.flags["output"])(shown), end="")
        else:
            tell(call, shown, "created")
        return
    sent = without_nulls({key: value for key, value in obj.items() if key != "status"})
    placed = _in_namespace(sent, call.namespace) if namespaced else sent
    try:
        answer = apiserver.create(call.cluster, placed, validation=directive(call), dry_run=dry_run(call) == "server")
    except LabError as error:
        raise (CommandError(f"error: {failed}{error.message}") if failed else error) from None
    tell_answer(call, answer, "created")


def _in_namespace(obj: Object, namespace: str) -> Object:
    return {**obj, "metadata": {**obj["metadata"], "namespace": namespace}}


def without_nulls(value: Any) -> Any:
    """The value without fields that are null."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def manifest(api_version: str, kind: str, name: str, **parts: Any) -> Object:
    """An object with a name; `labels` and `annotations` go to its metadata, the other parts stay at the top."""
    meta: Object = {"creationTimestamp": None, "name": name}
    meta |= {field: parts.pop(field) for field in ("labels", "annotations") if parts.get(field)}
    given = {field: value for field, value in parts.items() if field not in ("labels", "annotations")}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **given}


def subcommands(name: str, about: str, usage: str, rows: dict[str, str]) -> None:
    """Enter a command that only has subcommands: without one it prints its help and fails."""
    width = max(map(len, rows))
    listed = "\n".join(f"  {row:<{width}}   {short}" for row, short in rows.items())
    text = (
        f"{about}\n\nAvailable Commands:\n{listed}\n\nUsage:\n  kubectl {name} {usage}\n\n"
        f'Use "kubectl {name} <command> --help" for more information about a given command.\n'
        'Use "kubectl options" for a list of global command-line options (applies to all commands).'
    )

    def run(call: Call) -> None:
        if call.args:
            raise usage_error(call, f'unknown command "{" ".join(call.args)}"')
        raise CommandError(text)

    command(name, f"kubectl {name} {usage}", about.split("\n")[0])(run)
