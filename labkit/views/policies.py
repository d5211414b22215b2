"""Several policies under the same load, side by side: one small chart each, all on the same scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from labkit.views.drawing import Drawing
from labkit.views.picture import count
from labkit.views.style import FONT, INK, MUTED, OKABE_ITO, PAPER, TRACK
from labkit.views.svg import fit, number, tag, text
from labkit.views.table import Table

WHOLE, HIGH, GAP, HEAD, FOOT, LEFT = 860, 104, 20, 30, 66, 26  # px
LOAD, READY = OKABE_ITO[4], OKABE_ITO[0]


class Policy(NamedTuple):
    """What became of one policy: seconds, the load, ready pods or tasks, the shares of requests, USD if they count."""

    name: str
    times: Any
    rps: Any
    ready: Any
    kept: float
    served: float
    usd: float | None = None
    unit: str = "pod"

    @property
    def pods(self) -> float:
        """Ready pods, or tasks, on average: what it costs."""
        return float(self.ready.mean())

    @property
    def changes(self) -> int:
        """How often the number of ready pods changed."""
        return int(np.sum(np.diff(self.ready) != 0))

    def words(self) -> tuple[str, str]:
        """Two lines: what clients had of it, and what it took."""
        lost = f", {1 - self.served:.1%} failed" if self.served < 0.9995 else ""
        paid = "" if self.usd is None else f", {self.usd:.2f} USD"
        took = f"{self.pods:.1f} {self.unit}s, {count(self.changes, 'change')}{paid}"
        return f"{self.kept:.0%} of requests in time{lost}", took


class Scales(NamedTuple):
    """What all charts share: a chart's width (px), charts in a row, the most pods, the highest load."""

    wide: float
    columns: int
    most: float
    peak: float


def compared(runs: Mapping[str, Any], service: str = "", unit: str = "pod") -> Drawing:
    """Small multiples of runs of `labkit.experiments`, by name: load and ready pods of a Service, and their scores.

    `service` may be left out where the runs have just one under load. KeyError if they have no such Service. `unit`:
    "task" where it is a service of ECS. What machines cost is told where it differs from run to run.
    """
    found = [_policy(name, run, service)._replace(unit=unit) for name, run in runs.items()]
    paid = [run.score.usd for run in runs.values()]
    if max(paid) - min(paid) >= 0.005:
        found = [one._replace(usd=usd) for one, usd in zip(found, paid, strict=True)]
    most = max(float(one.ready.max()) for one in found) + 0.5
    peak = max(float(one.rps.max()) for one in found) * 1.1 or 1.0
    columns = 2 if len(found) in (1, 2, 4) else 3
    scales = Scales((WHOLE - GAP) / columns - GAP, columns, most, peak)
    height = -(-len(found) // columns) * (HEAD + HIGH + FOOT) + 24
    parts = [part for place, one in enumerate(found) for part in _chart(one, place, scales)]
    svg = tag(
        "svg", tag("rect", width=WHOLE, height=height, rx=8, fill=PAPER), *parts, *_key(height, unit),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WHOLE} {height}", width=WHOLE, height=height,
        font_family=FONT, font_size=12,
    )  # fmt: skip
    told = "; ".join(f"{one.name}: {', '.join(one.words())}" for one in found)
    return Drawing("policies compared", svg, WHOLE, f"{len(found)} policies under one load. {told}.",
                   (_table(found),))  # fmt: skip


def _policy(name: str, run: Any, service: str) -> Policy:
    ready = run.wide("ready")
    chosen = service or ready.columns[0]
    times = ready.index.to_numpy(dtype=float)
    rps = run.wide("rps")[chosen].to_numpy()
    return Policy(name, times - times[0], rps, ready[chosen].to_numpy(), run.score.kept, run.score.served)


def _table(found: list[Policy]) -> Table:
    unit, paid = found[0].unit, found[0].usd is not None
    price = ("USD",) if paid else ()
    heads = ("Policy", "In time", "Answered", f"{unit.title()}s on average", f"Most {unit}s", "Changes", *price)
    rows = tuple((one.name, f"{one.kept:.1%}", f"{one.served:.1%}", f"{one.pods:.1f}", f"{one.ready.max():.0f}",
                  one.changes, *((f"{one.usd:.2f}",) if paid else ())) for one in found)  # fmt: skip
    return Table("Policies compared", heads, rows)


def _chart(one: Policy, place: int, scales: Scales) -> Iterator[str]:
    wide, columns, most, peak = scales
    row, column = divmod(place, columns)
    x0, y0 = GAP + column * (wide + GAP) + LEFT, row * (HEAD + HIGH + FOOT) + HEAD
    across, floor, end = wide - LEFT, y0 + HIGH, float(one.times[-1])
    yield text(fit(one.name, wide, 13), x0 - LEFT, y0 - 10, fill=INK, font_weight=600, font_size=13)
    for value in range(0, int(most) + 1, 2 if most < 9 else 5):
        y = floor - HIGH * value / most
        yield tag("path", d=f"M{number(x0)} {number(y)}h{number(across)}", stroke=TRACK)
        yield text(value, x0 - 6, y + 4, fill=MUTED, text_anchor="end", font_size=11)
    xs = x0 + across * one.times / end
    load = "L".join(f"{number(x)} {number(floor - HIGH * y / peak)}" for x, y in zip(xs, one.rps, strict=True))
    yield tag("path", d=f"M{number(x0)} {floor}L{load}V{floor}Z", fill=LOAD, fill_opacity=0.3)
    steps = "".join(f"H{number(x)}V{number(floor - HIGH * y / most)}" for x, y in zip(xs, one.ready, strict=True))
    first = number(floor - HIGH * float(one.ready[0]) / most)
    yield tag("path", d=f"M{number(x0)} {first}{steps}", fill="none", stroke=READY, stroke_width=2)
    yield text("0", x0, floor + 15, fill=MUTED, font_size=11)
    yield text(f"{end / 60:.0f} min", x0 + across, floor + 15, fill=MUTED, text_anchor="end", font_size=11)
    for line, words in enumerate(one.words()):
        yield text(words, x0, floor + 31 + 16 * line, fill=INK)


def _key(height: int, unit: str) -> Iterator[str]:
    y = height - 12
    yield tag("path", d=f"M{GAP} {y - 4}h20", stroke=READY, stroke_width=2)
    yield text(f"ready {unit}s" if unit == "pod" else f"running {unit}s", GAP + 26, y, fill=MUTED)
    yield tag("rect", x=GAP + 112, y=y - 10, width=20, height=10, fill=LOAD, fill_opacity=0.3)
    yield text("requests a second", GAP + 138, y, fill=MUTED)
