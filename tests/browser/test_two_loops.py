"""The two loops of ECS in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.test_load_and_replicas import LIMIT, WATCH

PICTURE = ".jp-OutputArea svg[aria-label^='70 minutes of two loops']"
TARGET, FULL, MOMENT = 2, 4, 7  # among the handles: two bounds, target, cooldown, full, start, warm-up, the moment


@pytest.fixture(scope="module")
def loops(run_notebook: Callable[..., Any]) -> Any:
    """A page that shows the widget."""
    cell = "from labkit.widgets import two_loops\ntwo_loops()"
    page = run_notebook(cell, name="loops.ipynb", height=1300)
    page.locator(PICTURE).first.wait_for(timeout=60_000)
    return page


def press(page: Any, key: str) -> None:
    """Press a key and wait for another picture."""
    before = page.locator(PICTURE).first.evaluate("svg => svg.outerHTML")
    page.keyboard.press(key)
    script = f'before => document.querySelector("{PICTURE}").outerHTML !== before'
    page.wait_for_function(script, arg=before, timeout=10_000)


def test_the_target_lives_the_time_anew_at_each_key(loops: Any, record_property: Any) -> None:
    loops.locator(".noUi-handle").nth(TARGET).focus()
    loops.evaluate(WATCH)
    for key in ["ArrowRight"] * 6 + ["ArrowLeft"] * 8:
        press(loops, key)
    moves = sorted(loops.evaluate("window.moves"))
    middle = moves[len(moves) // 2]
    record_property("measured", f"key to new loops, {len(moves)} moves: p50 {middle:.0f} ms, max {moves[-1]:.0f} ms")
    assert len(moves) == 14
    if os.environ.get("LABKIT_TIMED"):
        assert middle < LIMIT


def test_spare_machines_are_set_in_one_key_and_told_of(loops: Any) -> None:
    loops.locator(".noUi-handle").nth(FULL).focus()
    press(loops, "PageDown")
    told = loops.locator("text=tasks are busier than the target").first
    assert "more tasks are wanted after" in (told.text_content() or "")


def test_the_moment_moves_the_line_and_both_reasons(loops: Any) -> None:
    loops.locator(".noUi-handle").nth(MOMENT).focus()
    press(loops, "Home")
    loops.wait_for_function(
        "() => [...document.querySelectorAll('pre')].some(e => e.textContent.includes('service/web: 4 tasks desired'))"
        " && [...document.querySelectorAll('pre')].some(e => e.textContent.includes('provider/fleet: '))",
        timeout=10_000,
    )
