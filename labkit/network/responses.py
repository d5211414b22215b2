"""What became of requests: who answered how often, what failed and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

_CAPTION = "text-align:left;padding:4px 0;white-space:nowrap"
_CELL = "text-align:left;padding:3px 14px 3px 0"


class Response(NamedTuple):
    """One request: the pod (or address) that answered and its node, or why it failed."""

    pod: str = ""
    node: str = ""
    failure: str = ""


@dataclass(frozen=True, repr=False)
class Responses:
    """The outcome of `n` requests to `url`; `via` says how they went: names, addresses."""

    url: str
    via: str
    all: tuple[Response, ...]

    @property
    def by_pod(self) -> dict[str, int]:
        """How many each pod answered, by name, sorted."""
        return dict(sorted(Counter(one.pod for one in self.all if not one.failure).items()))

    @property
    def failures(self) -> dict[str, int]:
        """How many failed, by reason, the most frequent first."""
        return dict(Counter(one.failure for one in self.all if one.failure).most_common())

    @property
    def answered(self) -> int:
        """How many were answered."""
        return sum(self.by_pod.values())

    @property
    def failed(self) -> int:
        """How many were not."""
        return len(self.all) - self.answered

    def rows(self) -> list[tuple[str, str, int]]:
        """Pod, node, answers."""
        where = {one.pod: one.node for one in self.all}
        return [(pod, where[pod], number) for pod, number in self.by_pod.items()]

    def headline(self) -> str:
        """Such as `90 of 100 requests to http://cart/ answered`, and the way they went."""
        words = f"{self.answered} of {len(self.all)} requests to {self.url} answered"
        return f"{words}, by way of {self.via}" if self.via else words

    def __str__(self) -> str:
        table = _aligned([("POD", "NODE", "ANSWERS"), *self.rows()]) if self.by_pod else []
        return "\n".join([self.headline(), *table, *(f"failed: {n}x {why}" for why, n in self.failures.items())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        caption = f"<caption style='{_CAPTION}'>{escape(self.headline())}</caption>"
        heads = "".join(f"<th scope='col' style='{_CELL}'>{name}</th>" for name in ("Pod", "Node", "Answers"))
        head = f"<thead><tr>{heads}</tr></thead>" if self.by_pod else ""
        table = f"<table>{caption}{head}<tbody>{''.join(map(_row, self.rows()))}</tbody></table>"
        return table + "".join(f"<div>✗ {n} failed: {escape(why)}</div>" for why, n in self.failures.items())


def _row(row: tuple[object, ...]) -> str:
    return "<tr>" + "".join(f"<td style='{_CELL}'>{escape(str(cell))}</td>" for cell in row) + "</tr>"


def _aligned(rows: Sequence[tuple[object, ...]]) -> list[str]:
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
    return ["   ".join(str(cell).ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
