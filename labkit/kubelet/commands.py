"""What plain commands do: the few that mean the same in every image.

`true`, `false`, `:`, `sleep`, `echo`, `exit`, and `sh -c` with these one after the other. Whatever else a container is
told to run runs on: no program runs in a lab, and what it does is declared, in the words of `behaviour`. So are
expansions, pipes and loops left out.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Mapping, Sequence
from functools import lru_cache

SHELLS = ("sh", "bash", "ash", "dash")
WITHOUT_ENTRYPOINT = frozenset({
    "busybox", "alpine", "debian", "ubuntu", "fedora", "centos", "amazonlinux", "bash", "nginx", "httpd", "python",
    "perl", "node", "redis",
})  # fmt: skip
"""Images whose entrypoint, if they have one, runs its arguments."""
MOMENT = 0.1
"""Seconds that a command takes that does nothing."""
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_EXPANDED = re.compile(r"[$`*?\\]")
_SEPARATORS = (";", "&&")


class _UnknownError(Exception):
    """A statement that isn't among the plain ones: what comes of it is not known."""


def of_container(image: str, command: Sequence[str], args: Sequence[str]) -> Mapping[str, str]:
    """What a container does by its command, in the words of `behaviour`; empty where that isn't known."""
    if command:
        return words((*command, *args))
    name = image.rpartition("/")[2].partition(":")[0].partition("@")[0]
    return words(tuple(args)) if args and name in WITHOUT_ENTRYPOINT else {}


@lru_cache(maxsize=512)
def words(line: tuple[str, ...]) -> Mapping[str, str]:
    """What a command line does: after how long it ends, with which code, what it writes."""
    program = line[0].rpartition("/")[2]
    if program in SHELLS and len(line) == 3 and line[1] == "-c":
        return _Run().all(_statements(line[2]))
    return _Run().all([(";", [program, *line[1:]])])


def _statements(script: str) -> list[tuple[str, list[str]]]:
    """The statements of a script, each with what stands before it."""
    lexer = shlex.shlex(script.replace("\n", ";"), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        return [(";", ["?"])]
    found: list[tuple[str, list[str]]] = [(";", [])]
    for token in tokens:
        if token in _SEPARATORS:
            found.append((token, []))
        else:
            found[-1][1].append(token)
    return [(before, statement) for before, statement in found if statement]


class _Run:
    """A run of statements: how long it has taken, its last code, what it wrote."""

    def __init__(self) -> None:
        self.seconds, self.code, self.lines = 0.0, 0, list[str]()

    def all(self, statements: Sequence[tuple[str, list[str]]]) -> Mapping[str, str]:
        ends = bool(statements)
        try:
            for before, statement in statements:
                if (before == ";" or not self.code) and self.one(*statement):
                    break
        except _UnknownError:
            ends = False
        told = {"logs": "\n".join(self.lines)} if self.lines else {}
        if ends and math.isfinite(self.seconds):
            told |= {"exits-after": f"{max(self.seconds, MOMENT):g}s", "exit-code": str(self.code)}
        return told

    def one(self, name: str, *args: str) -> bool:
        """Do a statement; whether the run ends with it."""
        if any(_EXPANDED.search(arg) or set(arg) & set("|&<>(){}") for arg in (name, *args)):
            raise _UnknownError
        if name == "sleep" and args:
            self.seconds += sum(map(_seconds, args))
            self.code = 0
        elif name == "echo" and not (args and args[0].startswith("-")):
            self.lines.append(" ".join(args))
            self.code = 0
        elif name in ("true", "false", ":"):
            self.code = int(name == "false")
        elif name == "exit" and len(args) <= 1 and all(arg.isdigit() for arg in args):
            self.code = int(args[0]) % 256 if args else self.code
            return True
        else:
            raise _UnknownError
        return math.isinf(self.seconds)


def _seconds(text: str) -> float:
    if text in ("infinity", "inf"):
        return math.inf
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text)
    if found is None:
        raise _UnknownError
    return float(found[1]) * _UNITS[found[2]]
