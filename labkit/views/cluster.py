"""What `lab.show()` returns: the picture of the cluster now, with alt text and tables."""

from __future__ import annotations

from typing import Any

from labkit.views.cluster_layout import WIDTH
from labkit.views.cluster_svg import render
from labkit.views.cluster_table import tables
from labkit.views.drawing import Drawing, Drawings
from labkit.views.picture import Picture, count, describe
from labkit.views.snapshot import pictures


def show(lab: Any) -> Drawing | Drawings:
    """The picture of `lab` as it is now; `lab.at("90s").show()` is the one of then. With both orchestrators two."""
    drawn = [drawing(each) for each in pictures(lab.cluster)]
    return drawn[0] if len(drawn) == 1 else Drawings(tuple(drawn))


def drawing(shown: Picture) -> Drawing:
    """A picture as a drawing: SVG, alt text, one table of nodes and one of pods."""
    node, pod = shown.nouns
    title = f"picture: {count(len(shown.nodes), node)}, {count(len(shown.pods), pod)}, {len(shown.pending)} pending"
    return Drawing(title, render(shown), WIDTH, describe(shown), tables(shown))
