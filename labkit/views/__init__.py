"""What a lab looks like: pure functions from its state to SVG, HTML, words and matplotlib figures.

Names are resolved on first use, so that a picture costs neither pandas nor matplotlib. No module here has the
name of one of these functions: importing it would hide the function.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labkit.views.cluster import show
    from labkit.views.drawing import Drawing
    from labkit.views.graph import draw
    from labkit.views.load_frame import metrics
    from labkit.views.placing import placed
    from labkit.views.podlife_svg import lifeline
    from labkit.views.policies import compared
    from labkit.views.tasklife_svg import taskline
    from labkit.views.usage_frame import usage
    from labkit.views.usage_plot import plot
    from labkit.views.why import explain

_HOMES = {
    "Drawing": "labkit.views.drawing",
    "compared": "labkit.views.policies",
    "draw": "labkit.views.graph",
    "explain": "labkit.views.why",
    "lifeline": "labkit.views.podlife_svg",
    "metrics": "labkit.views.load_frame",
    "placed": "labkit.views.placing",
    "plot": "labkit.views.usage_plot",
    "show": "labkit.views.cluster",
    "taskline": "labkit.views.tasklife_svg",
    "usage": "labkit.views.usage_frame",
}
__all__ = [
    "Drawing",
    "compared",
    "draw",
    "explain",
    "lifeline",
    "metrics",
    "placed",
    "plot",
    "show",
    "taskline",
    "usage",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
