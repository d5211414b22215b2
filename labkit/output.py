"""What one command printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self


class Part(NamedTuple):
    """One piece of text and where it went: "stdout" or "stderr"."""

    stream: str
    text: str


class Output(str):
    """The text a terminal would show, both streams in the order in which they were written.

    A plain `str` with three more attributes: `stdout`, `stderr` and `exit_code`. Its repr is the text itself,
    so a notebook shows it as the terminal would.
    """

    stdout: str
    stderr: str
    exit_code: int

    def __new__(cls, parts: Iterable[Part] = (), exit_code: int = 0) -> Self:
        parts = list(parts)
        made = super().__new__(cls, "".join(part.text for part in parts))
        made.stdout = "".join(part.text for part in parts if part.stream == "stdout")
        made.stderr = "".join(part.text for part in parts if part.stream == "stderr")
        made.exit_code = exit_code
        return made

    def __repr__(self) -> str:
        return str.__str__(self).rstrip("\n")

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(repr(self))  # type: ignore[attr-defined]
