"""Load and replicas in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.picture import Picture

HANDLE = ".noUi-handle"
TARGET, MOMENT = 2, 8  # among the handles: cost, start, target, two bounds, tolerance, two windows, the moment
OTHER = (
    "before => [...document.querySelectorAll('pre')].some(e => e.textContent.includes('within 1 to 10')"
    " && e.textContent !== before)"
)


@pytest.fixture(scope="module")
def hour(run_notebook: Callable[..., Any]) -> Picture:
    """The widget."""
    cell = "from labkit.widgets import load_and_replicas\nload_and_replicas()"
    page = run_notebook(cell, name="hour.ipynb", height=1200)
    return Picture(page, ".jp-OutputArea svg[aria-label^='An hour of autoscaling']").shown()


def test_the_target_draws_another_hour_at_each_key(hour: Picture, record_property: Any) -> None:
    hour.focus(HANDLE, TARGET)
    hour.watch()
    assert "Target 50 % of the cpu request." in hour.press(*["ArrowRight"] * 6, *["ArrowLeft"] * 8)
    hour.moves(record_property, "a new hour", 14)


def test_the_moment_moves_the_line_and_the_reason(hour: Picture) -> None:
    hour.focus(HANDLE, MOMENT)
    before = hour.page.locator("pre", has_text="within 1 to 10").first.text_content()
    hour.press("Home")
    hour.page.wait_for_function(OTHER, arg=before, timeout=10_000)
