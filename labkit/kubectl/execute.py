"""From a command line to its output: split, parse, run."""

from __future__ import annotations

import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

from labkit.errors import CommandError, LabError
from labkit.kubectl.call import Call
from labkit.kubectl.parser import Parsed, parse
from labkit.kubectl.permission import check_permission
from labkit.kubectl.usage import usage
from labkit.kubectl.wording import worded
from labkit.output import Output, Part

# Modules that enter commands into the table, loaded when the first command is run.
MODULES = (
    "discovery", "get", "events", "wait", "exec", "describe.command", "explain", "apply", "diff", "delete",
    "scale", "rollout", "rollout_status", "rollout_history", "label", "taint", "cordon", "drain", "patch", "expose",
    "autoscale", "set.template_fields", "set.env", "create.workloads", "create.configuration", "create.services",
    "create.policies", "create.access", "logs", "top", "auth", "edit",
)  # fmt: skip

SHELL_WORDS = ("|", ">", ">>", "<", "<<", "&", "&&", "||", ";")


def execute(lab: Any, command: str | list[str], cwd: str | Path | None, stdin: str | None) -> Output:
    """Run one command line; see `labkit.kubectl.run`."""
    for module in MODULES:
        import_module(f"labkit.kubectl.{module}")
    try:
        parsed = parse(split(command))
    except CommandError as error:
        return Output([Part("stderr", f"{error}\n")], error.exit_code)
    if parsed.help or parsed.command.run is None:
        return _help(parsed)
    call = Call(
        lab, parsed.command, parsed.args, parsed.flags, parsed.given, parsed.after_dashes, Path(cwd or "."), stdin
    )
    return _run(call)


def split(command: str | list[str]) -> list[str]:
    """The words after `kubectl`, with the shell's quotes undone."""
    try:
        words = shlex.split(command) if isinstance(command, str) else list(command)
    except ValueError as error:
        raise CommandError(f"error: the command line has an open quote or backslash: {error}") from None
    shell = next((word for word in words if word in SHELL_WORDS), None) if isinstance(command, str) else None
    if shell:
        raise CommandError(f"error: labkit runs one kubectl command, not a shell: it can't do `{shell}`")
    return words[1:] if words[:1] == ["kubectl"] else words


def _help(parsed: Parsed) -> Output:
    """Help that was asked for goes to stdout; a group's help without a subcommand is an error, as a word it lacks."""
    name = parsed.command.name
    if parsed.help or not name:
        return Output([Part("stdout", usage(parsed.command) + "\n")])
    if parsed.args:
        text = f"error: unknown command \"{' '.join(parsed.args)}\"\nSee 'kubectl {name} -h' for help and examples"
    else:
        text = usage(parsed.command)
    return Output([Part("stderr", f"{text}\n")], 1)


def _run(call: Call) -> Output:
    try:
        assert call.command.run is not None
        check_permission(call)
        call.command.run(call)
    except LabError as error:
        call.err(worded(error))
        call.exit_code = getattr(error, "exit_code", 1)
    return call.output()
