"""Traces of controllers at work: recognised by their form, not replayed yet."""

from __future__ import annotations

from collections.abc import Iterator

from labkit.conformance.forms import Recording
from labkit.conformance.report import Outcome


def replay(recording: Recording) -> Iterator[Outcome]:
    """Report the trace as not simulated."""
    yield Outcome.unsimulated(
        "controllers", recording.content.get("name", recording.path.stem), "traces of controllers"
    )
