"""What commands that change something have in common: dry runs, what they say they did, how errors are listed.

After a command that changes something the lab's clock stands where it stood: controllers act when the lab runs.
Only commands that block in a real terminal, such as `delete`, let virtual time pass, and only as long as they block.
Source: kubectl pkg/cmd/util/helpers.go and cli-runtime pkg/printers/name.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.apiserver import Answer
from labkit.errors import ApiError, CommandError, LabError
from labkit.kinds import KINDS
from labkit.kubectl.call import Call
from labkit.kubectl.outputs import showing
from labkit.kubectl.parser import Flag
from labkit.kubectl.resources import typed_name
from labkit.kubectl.wording import from_server, worded

Object = dict[str, Any]

DRY_RUN = Flag("dry-run", "", "string", "none", "unchanged", "none, client or server: only say what would be done")
VALIDATE = Flag("validate", "", "string", "strict", "strict", "strict, warn or ignore: what to do with unknown fields")
OUTPUT = Flag("output", "o", help="yaml, json, name, jsonpath=…")
COMMON = (
    DRY_RUN,
    OUTPUT,
    Flag("field-manager", help="Taken, a lab keeps no managers"),
    Flag("show-managed-fields", "", "bool", help="Taken, a lab keeps none"),
    Flag("allow-missing-template-keys", "", "bool", True, help="Taken, missing keys are always allowed"),
    Flag("template", help="Not simulated"),
)

DIRECTIVES = {
    "true": "Strict", "strict": "Strict", "": "Strict", "warn": "Warn", "ignore": "Ignore", "false": "Ignore",
}  # fmt: skip


def dry_run(call: Call) -> str:
    """ "", "client" or "server"; CommandError for anything else."""
    asked = call.flags["dry-run"]
    if asked == "unchanged":
        call.err("W0101 helpers.go: --dry-run is deprecated and can be replaced with --dry-run=client.")
        return "client"
    if asked not in ("none", "client", "server"):
        raise CommandError(f'error: Invalid dry-run value ({asked}). Must be "none", "server", or "client".')
    return "" if asked == "none" else str(asked)


def directive(call: Call) -> str:
    """What the server is to do with unknown fields: Strict, Warn or Ignore."""
    asked = call.flags["validate"]
    if asked not in DIRECTIVES:
        known = "strict (or true), warn, ignore (or false)"
        raise CommandError(f'error: invalid - validate option "{asked}"; must be one of: {known}')
    return DIRECTIVES[asked]


def operation(call: Call, words: str) -> str:
    """`created`, `created (dry run)`, `created (server dry run)`."""
    return words + {"": "", "client": " (dry run)", "server": " (server dry run)"}[dry_run(call)]


def tell(call: Call, obj: Object, words: str) -> None:
    """Say what was done to an object, or show it as `-o` asks."""
    if call.flags.get("output"):
        call.out(showing(call.flags["output"])(obj), end="")
    else:
        call.out(f"{typed_name(KINDS[obj['kind']], obj['metadata']['name'])} {operation(call, words)}")


def tell_answer(call: Call, answer: Answer, words: str) -> None:
    """Print the server's warnings, then say what was done."""
    warn(call, answer.warnings)
    tell(call, answer.obj, words)


def warn(call: Call, warnings: Iterable[str]) -> None:
    """Print the server's warnings."""
    for text in warnings:
        call.err(f"Warning: {text}")


def with_source(error: LabError, doing: str, file: str) -> LabError:
    """The error, telling which file it is about: `error when creating "web.yaml": …`."""
    prefix = f'error when {doing} "{file}": '
    if isinstance(error, ApiError):
        return ApiError(error.code, error.reason, prefix + error.message, error.details)
    return CommandError(f"error: {prefix}{error.message.removeprefix('error: ')}")


def report(call: Call, errors: list[LabError]) -> None:
    """Print what went wrong, one a line, and set the exit code. Of several, none says more than its message."""
    for error in errors:
        call.err(worded(error) if len(errors) == 1 else _listed(error))
        call.exit_code = 1


def _listed(error: LabError) -> str:
    return from_server(error) if isinstance(error, ApiError) else error.message.removeprefix("error: ")
