"""What a command line says: options for all commands, the service, the operation, its own options.

The real command is built on argparse, as this is, so that what argparse says of a wrong line is said here too.
Source: aws-cli v2.37, awscli/argparser.py, awscli/data/cli.json, awscli/customizations/{cliinput,paginate}.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from labkit.amazon import SERVICES
from labkit.aws_cli import failures, model
from labkit.aws_cli.model import Command, Wait
from labkit.aws_cli.shortcuts import expanded

VERSION = "aws-cli/2.37.5 labkit"
OUTPUTS = ("json", "text", "table", "yaml", "yaml-stream", "off")
IGNORED = (
    "--endpoint-url", "--profile", "--region", "--ca-bundle", "--cli-read-timeout", "--cli-connect-timeout",
    "--cli-binary-format", "--cli-error-format",
)  # fmt: skip
"""Options that mean nothing in a lab: there is no network, and one account in one region."""
IGNORED_FLAGS = (
    "--debug", "--no-verify-ssl", "--no-sign-request", "--no-cli-pager", "--cli-auto-prompt", "--no-cli-auto-prompt",
)  # fmt: skip
CHOICES = {"output": OUTPUTS, "color": ("on", "off", "auto")}
SKELETONS = ("input", "output", "yaml-input")


class _Parser(argparse.ArgumentParser):
    """argparse that raises instead of leaving the process."""

    def __init__(self) -> None:
        super().__init__(add_help=False, conflict_handler="resolve", prog="aws")

    def error(self, message: str) -> NoReturn:
        raise failures.misused(message)


@dataclass(frozen=True)
class Line:
    """A command line that was read. `given`: texts by option; `wait`: the waiter instead of the command itself.

    `topic`: what help was asked of. `paging`: maxItems, pageSize, startingToken as given.
    """

    service: str = ""
    command: Command | None = None
    wait: Wait | None = None
    given: dict[str, Any] = field(default_factory=dict)
    output: str = "json"
    query: str | None = None
    paginate: bool = True
    paging: dict[str, Any] = field(default_factory=dict)
    document: tuple[str, str] | None = None
    skeleton: str | None = None
    version: bool = False
    topic: tuple[str, ...] | None = None


def parse(words: Sequence[str]) -> Line:
    """Read the words after `aws`. Raises CommandError in the real command's words."""
    common, rest = _common().parse_known_args(list(words))
    for name, choices in CHOICES.items():
        _check(f"--{name}", getattr(common, name), choices)
    if common.version:
        return Line(version=True)
    if common.command is None:
        raise failures.missing(["command"])
    shown = {"output": common.output, "query": common.query, "paginate": common.paginate}
    if common.command == "help":
        return Line(topic=())
    _check("command", common.command, (*model.services(), "help"))
    return _of_service(common.command, rest, shown)


def _check(argument: str, value: str | None, choices: Sequence[str]) -> None:
    if value is not None and value not in choices:
        raise failures.invalid_choice(argument, value, choices)


def _common() -> _Parser:
    parser = _Parser()
    parser.add_argument("--version", action="store_true")
    parser.add_argument("--output", default="json")
    parser.add_argument("--color", default="auto")
    parser.add_argument("--query")
    parser.add_argument("--no-paginate", action="store_false", dest="paginate")
    for flag in IGNORED:
        parser.add_argument(flag)
    for flag in IGNORED_FLAGS:
        parser.add_argument(flag, action="store_true")
    parser.add_argument("command", nargs="?")
    return parser


def _of_service(service: str, words: list[str], shown: dict[str, Any]) -> Line:
    if service not in SERVICES:
        raise failures.unanswered(service)
    operation, rest = _next_word("operation", words)
    _check("operation", operation, (*model.operations(service), *model.BESIDE))
    if operation == "help":
        return Line(service, topic=(service,))
    if operation == "wait":
        return _of_wait(service, rest, shown)
    command = model.command(service, model.operations(service)[operation])
    if rest == ["help"]:
        return Line(service, command, topic=(service, operation))
    return _of_operation(Line(service, command, **shown), command, expanded(service, operation, rest))


def _of_wait(service: str, words: list[str], shown: dict[str, Any]) -> Line:
    if not words:
        raise failures.too_few()
    name, rest = _next_word("subcommand", words)
    _check("subcommand", name, (*model.waiters(service), "help"))
    if name == "help":
        return Line(service, topic=(service, "wait"))
    wait = model.wait(service, name)
    return _of_operation(Line(service, wait.command, wait, **shown), wait.command, rest)


def _next_word(name: str, words: list[str]) -> tuple[str, list[str]]:
    parser = _Parser()
    parser.add_argument(name)
    found, rest = parser.parse_known_args(words)
    return str(getattr(found, name)), rest


def _of_operation(line: Line, command: Command, words: list[str]) -> Line:
    names = {word.partition("=")[0] for word in words}
    eased = bool(names & {"--cli-input-json", "--cli-input-yaml", "--generate-cli-skeleton"})
    found, rest = _own(command, eased).parse_known_args(words)
    if rest:
        raise failures.unknown(rest)
    told = vars(found)
    _check("--generate-cli-skeleton", told["generate_cli_skeleton"], SKELETONS)
    documents = [(told[f"cli_input_{kind}"], kind) for kind in ("json", "yaml") if told[f"cli_input_{kind}"]]
    paging = {name: told[name] for name in ("MaxItems", "StartingToken", "PageSize") if told.get(name) is not None}
    given = {one.name: told[one.name] for one in command.arguments if told.get(one.name) is not None}
    return Line(
        line.service, command, line.wait, given, line.output, line.query, line.paginate, paging,
        documents[0] if documents else None, told["generate_cli_skeleton"],
    )  # fmt: skip


def _own(command: Command, eased: bool) -> _Parser:
    """The options of one operation; with `eased` none is required, since a document brings them."""
    parser = _Parser()
    parser.add_argument("--cli-input-json")
    parser.add_argument("--cli-input-yaml")
    parser.add_argument("--generate-cli-skeleton", nargs="?", const="input")
    if command.pages:
        parser.add_argument("--max-items", type=int, dest="MaxItems")
        parser.add_argument("--starting-token", dest="StartingToken")
        parser.add_argument("--page-size", type=int, dest="PageSize")
    for one in command.arguments:
        flag, required = f"--{one.flag}", one.required and not eased
        if one.is_flag:
            both = parser.add_mutually_exclusive_group(required=required)
            both.add_argument(flag, action="store_true", dest=one.name, default=None)
            both.add_argument(f"--no-{one.flag}", action="store_false", dest=one.name, default=None)
        else:
            parser.add_argument(flag, dest=one.name, required=required, nargs="*" if one.is_list else None)
    return parser
