"""Usage over time as a matplotlib figure: requests by node, pods by phase, replicas desired and ready."""

from __future__ import annotations

from io import StringIO
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from labkit.views import ecs_usage
from labkit.views.drawing import Drawing
from labkit.views.picture import count, seconds
from labkit.views.style import DASHES, HATCHES, MARKERS, MATPLOTLIB, MUTED, OKABE_ITO, SVG_METADATA
from labkit.views.table import Table
from labkit.views.usage_frame import usage

PANELS = (
    ("cpu", "CPU requested, cores"),
    ("memory", "Memory requested, GiB"),
    ("pods", "Pods by phase"),
    ("ready", "Replicas ready (dotted: desired)"),
)
SIZE = (9.0, 5.6)  # inches
_MOST_LINES = len(OKABE_ITO)
_TABLE_ROWS = 12
_LONG = 8  # letters of a name of which four don't fit side by side


def plot(lab: Any) -> Drawing:
    """Usage over time as a figure with alt text and a table of the same numbers."""
    frame = usage(lab)
    alt = describe(frame)
    title = f"usage: {count(len(frame), 'moment')} up to {seconds(frame.index[-1])}"
    return Drawing(title, svg(figure(frame)), int(SIZE[0] * 96), alt, (table(frame),))


def figure(frame: pd.DataFrame) -> Figure:
    """The figure of a frame that `usage` made: four panels over one axis of time, drawn as steps."""
    with mpl.rc_context(MATPLOTLIB):
        drawn = Figure(figsize=SIZE, layout="constrained")
        axes = drawn.subplots(2, 2, sharex=True)
        _desired(axes[1, 1], frame)
        for ax, (measure, label) in zip(axes.flat, panels(frame), strict=True):
            _panel(ax, _of(frame, measure), label)
        for ax in axes[1]:
            ax.set_xlabel("virtual time, s")
    return drawn


def panels(frame: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Measures and titles of the four panels: Kubernetes's, or ECS's where the frame is of that."""
    return ecs_usage.PANELS if ecs_usage.TASKS in frame else PANELS


def _of(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The columns of one measure, none if it was never measured."""
    return pd.DataFrame(frame[measure]) if measure in frame else pd.DataFrame(index=frame.index)


def _panel(ax: Axes, lines: pd.DataFrame, label: str) -> None:
    ax.set_title(label)
    if "by phase" in label or "by last status" in label:
        _stack(ax, lines)
    elif len(lines.columns) <= _MOST_LINES:
        _lines(ax, lines)
    else:
        _band(ax, lines)
    if len(lines.columns):
        columns = 4 if max(len(_short(name)) for name in lines.columns) < _LONG else 3
        ax.legend(fontsize=9, loc="upper left", ncols=columns, handlelength=1.6, columnspacing=1.2)
    ax.set_ylim(bottom=0, top=max(1.0, ax.get_ylim()[1]) * 1.3)


def _lines(ax: Axes, lines: pd.DataFrame) -> None:
    for n, name in enumerate(lines.columns):
        ax.step(lines.index, lines[name], where="post", color=OKABE_ITO[n], linestyle=DASHES[n % len(DASHES)],
                marker=MARKERS[n], markersize=4, markevery=max(1, len(lines) // 8), label=_short(name))  # fmt: skip


def _band(ax: Axes, lines: pd.DataFrame) -> None:
    """Many lines as their mean between the least and the most."""
    ax.fill_between(lines.index, lines.min(axis=1), lines.max(axis=1), step="post", facecolor=OKABE_ITO[4], alpha=0.4,
                    hatch="//", edgecolor=OKABE_ITO[0], linewidth=0.5,
                    label=f"least to most of {len(lines.columns)}")  # fmt: skip
    ax.step(lines.index, lines.mean(axis=1), where="post", color=OKABE_ITO[0], label="mean")


def _stack(ax: Axes, lines: pd.DataFrame) -> None:
    floor = pd.Series(0.0, index=lines.index)
    for n, name in enumerate(lines.columns):
        top = floor + lines[name].fillna(0)
        ax.fill_between(lines.index, floor, top, step="post", facecolor=OKABE_ITO[(n + 1) % len(OKABE_ITO)], alpha=0.75,
                        hatch=HATCHES[n % len(HATCHES)], edgecolor="white", linewidth=0.5, label=name)  # fmt: skip
        floor = top


def _desired(ax: Axes, frame: pd.DataFrame) -> None:
    """The desired numbers behind the ready ones, as thin grey steps."""
    if "desired" in frame:
        for name in frame["desired"].columns:
            ax.step(
                frame.index, frame["desired"][name], where="post", color=MUTED, linewidth=0.9, linestyle=":", zorder=1
            )


def svg(drawn: Figure) -> str:
    """The figure as an SVG without its XML head; equal figures give equal bytes."""
    out = StringIO()
    with mpl.rc_context(MATPLOTLIB):
        drawn.savefig(out, format="svg", metadata=SVG_METADATA)
    text = out.getvalue()
    return text[text.index("<svg") :].strip()


def describe(frame: pd.DataFrame) -> str:
    """The alt text: the span of time, and first and last value of the totals."""
    words = [f"Four step plots over {seconds(frame.index[-1])}."]
    for measure, label in panels(frame):
        if measure in frame:
            sums = _of(frame, measure).sum(axis=1)
            words.append(
                f"{label}: {sums.iloc[0]:g} at first, {sums.max():g} at most, {sums.iloc[-1]:g} at last, in all."
            )
    return " ".join(words)


def table(frame: pd.DataFrame) -> Table:
    """At most twelve rows of the frame, evenly chosen, the last always among them."""
    picked = sorted({round(n * (len(frame) - 1) / (_TABLE_ROWS - 1)) for n in range(_TABLE_ROWS)})
    heads = ("Seconds", *(f"{column[0]} {_short(column[1])}" for column in frame.columns))
    rows = tuple((f"{frame.index[n]:g}", *(f"{value:.4g}" for value in frame.iloc[n])) for n in picked)
    return Table("Usage over time", heads, rows)


def _short(name: str) -> str:
    return name.rsplit("/", 1)[-1]
