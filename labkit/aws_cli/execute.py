"""From a command line to its output: split, parse, ask, print."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import yaml
from botocore.utils import ArgumentGenerator

from labkit.aws_cli.calling import ask
from labkit.aws_cli.formats import check_query, printed
from labkit.aws_cli.help import page
from labkit.aws_cli.model import Command
from labkit.aws_cli.parser import VERSION, Line, parse
from labkit.errors import CommandError
from labkit.output import Output, Part

SHELL_WORDS = ("|", ">", ">>", "<", "<<", "&", "&&", "||", ";")


def execute(lab: Any, command: str | list[str], cwd: str | Path | None) -> Output:
    """Run one command line; see `labkit.aws_cli.run`."""
    try:
        return Output([Part("stdout", _run(lab, parse(split(command)), Path(cwd or ".")))])
    except CommandError as error:
        text = error.message if error.message.endswith("\n") else f"{error.message}\n"
        hint = [Part("stderr", f"{error.hint}\n")] if error.hint else []
        return Output([Part("stderr", text), *hint], error.exit_code)


def split(command: str | list[str]) -> list[str]:
    """The words after `aws`, with the shell's quotes undone; a backslash at a line's end goes on with the next."""
    try:
        words = shlex.split(command) if isinstance(command, str) else list(command)
    except ValueError as error:
        raise CommandError(f"labkit: the command line has an open quote or backslash: {error}") from None
    shell = next((word for word in words if word in SHELL_WORDS), None) if isinstance(command, str) else None
    if shell:
        raise CommandError(f"labkit: this runs one aws command, not a shell: it can't do `{shell}`")
    return words[1:] if words[:1] == ["aws"] else words


def _run(lab: Any, line: Line, cwd: Path) -> str:
    if line.version:
        return f"{VERSION}\n"
    if line.topic is not None:
        return page(line.topic, line.command)
    assert line.command is not None
    if line.skeleton:
        return _skeleton(line.command, line.skeleton)
    check_query(line.query)
    return printed(line, line.command.operation, ask(lab, line, line.command, cwd))


def _skeleton(command: Command, kind: str) -> str:
    """The parameters of an operation, empty; or of its answer."""
    shape = command.model.output_shape if kind == "output" else command.model.input_shape
    found = ArgumentGenerator().generate_skeleton(shape) if shape else {}
    if kind == "yaml-input":
        return yaml.safe_dump(_bare(found), sort_keys=False)
    return json.dumps(found, indent=4) + "\n"


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(one) for name, one in value.items()}
    return [_bare(one) for one in value] if isinstance(value, list) else value
