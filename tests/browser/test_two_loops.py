"""The two loops of ECS in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.picture import Picture

HANDLE = ".noUi-handle"
TARGET, FULL, MOMENT = 2, 4, 7  # among the handles: two bounds, target, cooldown, full, start, warm-up, the moment
REASONS = (
    "() => [...document.querySelectorAll('pre')].some(e => e.textContent.includes('service/web: 4 tasks desired'))"
    " && [...document.querySelectorAll('pre')].some(e => e.textContent.includes('provider/fleet: '))"
)


@pytest.fixture(scope="module")
def loops(run_notebook: Callable[..., Any]) -> Picture:
    """The widget."""
    page = run_notebook("from labkit.widgets import two_loops\ntwo_loops()", name="loops.ipynb", height=1300)
    return Picture(page, ".jp-OutputArea svg[aria-label^='70 minutes of two loops']").shown()


def test_the_target_lives_the_time_anew_at_each_key(loops: Picture, record_property: Any) -> None:
    loops.focus(HANDLE, TARGET)
    loops.watch()
    loops.press(*["ArrowRight"] * 6, *["ArrowLeft"] * 8)
    loops.moves(record_property, "new loops", 14)


def test_spare_machines_are_set_in_one_key_and_told_of(loops: Picture) -> None:
    loops.focus(HANDLE, FULL)
    loops.press("PageDown")
    told = loops.page.locator("text=tasks are busier than the target").first
    assert "more tasks are wanted after" in (told.text_content() or "")


def test_the_moment_moves_the_line_and_both_reasons(loops: Picture) -> None:
    loops.focus(HANDLE, MOMENT)
    loops.press("Home")
    loops.page.wait_for_function(REASONS, timeout=10_000)
