"""`help`, in short: what can be said, from the service's model; the real pages are long and turned in a pager."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from labkit.aws_cli import model
from labkit.aws_cli.model import Argument, Command

SHOWN = ("ecs", "ec2")


def page(topic: tuple[str, ...], command: Command | None) -> str:
    """The help of all, of a service, of its waiters or of an operation."""
    if command is not None:
        return "\n".join(_of_operation(command)) + "\n"
    if not topic:
        return _listed("aws", "The AWS Command Line Interface, spoken to the lab.", "SERVICES", SHOWN)
    if topic[1:] == ("wait",):
        return _listed("wait", "Wait until a particular condition is satisfied.", "COMMANDS", model.waiters(topic[0]))
    names = sorted((*model.operations(topic[0]), *model.BESIDE))
    return _listed(topic[0], f"The operations of {topic[0]}.", "COMMANDS", names)


def _listed(name: str, description: str, kind: str, words: object) -> str:
    lines = [f"o {word}\n" for word in words]  # type: ignore[attr-defined]
    return "\n".join([f"NAME\n       {name} -\n\nDESCRIPTION\n       {description}\n\nAVAILABLE {kind}", *lines])


def _of_operation(command: Command) -> Iterator[str]:
    name = model.spelled(command.operation)
    yield f"NAME\n       {name} -\n\nDESCRIPTION"
    yield textwrap.fill(_prose(command.model.documentation), 78, initial_indent=" " * 7, subsequent_indent=" " * 7)
    yield f"\nSYNOPSIS\n          {name}"
    yield from (f"          {_usage(one)}" for one in command.arguments)
    yield "\nOPTIONS"
    for one in command.arguments:
        yield f"       --{one.flag} ({one.shape.type_name})"
        told = _prose(one.shape.documentation)
        yield textwrap.fill(told, 78, initial_indent=" " * 10, subsequent_indent=" " * 10) + "\n"


def _usage(one: Argument) -> str:
    text = f"--{one.flag} | --no-{one.flag}" if one.is_flag else f"--{one.flag} <value>"
    return text if one.required else f"[{text}]"


def _prose(html: str) -> str:
    """The first paragraph of a model's text without its tags."""
    first = html.partition("</p>")[0]
    return " ".join(re.sub(r"<[^>]+>", "", first).split())
