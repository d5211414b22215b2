"""What an autoscaler answers when it is asked about a node."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class NodeAnswer:
    """Whether a node goes, the reason's name ("" if there is none), and the reason in words."""

    node: str
    goes: bool
    reason: str
    words: str

    def __str__(self) -> str:
        named = f" ({self.reason})" if self.reason else ""
        return f"{self.node} {'goes' if self.goes else 'stays'}{named}: {self.words}"

    __repr__ = __str__
