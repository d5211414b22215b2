"""One command being run: its lab, its arguments, what it has printed so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labkit.output import Output, Part

if TYPE_CHECKING:
    from labkit.kubectl.parser import Command


@dataclass
class Call:
    """What a command's function gets: read `args` and `flags`, act on `cluster`, print with `out` and `err`."""

    lab: Any
    command: Command
    args: list[str]
    flags: dict[str, Any]
    given: frozenset[str] = frozenset()
    after_dashes: list[str] | None = None
    cwd: Path = field(default_factory=Path.cwd)
    stdin: str | None = None
    exit_code: int = 0
    parts: list[Part] = field(default_factory=list)

    @property
    def cluster(self) -> Any:
        """The cluster the command acts on."""
        return self.lab.cluster

    @property
    def namespace(self) -> str:
        """The namespace of the command: `-n`, or "default"."""
        return str(self.flags.get("namespace") or "default")

    @property
    def now(self) -> str:
        """The moment of the command, as the API writes it."""
        return str(self.cluster.clock.stamp())

    def out(self, text: str = "", end: str = "\n") -> None:
        """Print a line."""
        self.parts.append(Part("stdout", text + end))

    def err(self, text: str = "", end: str = "\n") -> None:
        """Print a line to the error stream."""
        self.parts.append(Part("stderr", text + end))

    def output(self) -> Output:
        """Everything printed."""
        return Output(self.parts, self.exit_code)
