"""The task lifecycle in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

LIMIT = 100.0  # ms from key to changed picture, the median; asserted where LABKIT_TIMED is set
PICTURE = ".jp-OutputArea svg[role=img]"
WATCH = """() => {
  window.moves = []
  let pressed = 0
  document.addEventListener('keydown', () => { pressed = performance.now() }, true)
  const drawn = node => node.nodeName === 'svg' || (node.querySelector && node.querySelector('svg'))
  new MutationObserver(changes => {
    if (pressed && changes.some(change => [...change.addedNodes].some(drawn))) {
      window.moves.push(performance.now() - pressed)
      pressed = 0
    }
  }).observe(document.body, {subtree: true, childList: true})
}"""


@pytest.fixture(scope="module")
def lifecycle(run_notebook: Callable[..., Any]) -> Any:
    """A page that shows the life of a task that is stopped after half a minute."""
    cell = "from labkit.widgets import task_lifecycle\ntask_lifecycle(fate='you stop the task', balancer=True)"
    page = run_notebook(cell, name="lifecycle.ipynb")
    page.locator(PICTURE).first.wait_for(timeout=60_000)
    return page


def words(page: Any) -> str:
    """What the picture says to a screen reader."""
    said: str = page.locator(PICTURE).first.get_attribute("aria-label")
    return said


def press(page: Any, key: str) -> None:
    """Press a key and wait for another picture."""
    before = page.locator(PICTURE).first.evaluate("svg => svg.outerHTML")
    page.keyboard.press(key)
    page.wait_for_function(
        f"before => document.querySelector('{PICTURE}').outerHTML !== before", arg=before, timeout=10_000
    )


def test_the_picture_says_what_it_shows(lifecycle: Any) -> None:
    assert words(lifecycle).startswith("Task of web:1, 2 min after its start was asked for: STOPPED")


def test_sliders_work_from_the_keyboard(lifecycle: Any, record_property: Any) -> None:
    lifecycle.locator(".noUi-handle").nth(0).focus()
    lifecycle.evaluate(WATCH)
    for _ in range(15):
        press(lifecycle, "ArrowRight")
    assert "stop asked for at 45 s" in words(lifecycle)
    moves = sorted(lifecycle.evaluate("window.moves"))
    record_property("measured", f"key to changed picture, {len(moves)} moves: p50 {moves[len(moves) // 2]:.0f} ms")
    if os.environ.get("LABKIT_TIMED"):
        assert moves[len(moves) // 2] < LIMIT


def test_the_moment_goes_back_by_keys(lifecycle: Any) -> None:
    lifecycle.locator(".noUi-handle").nth(3).focus()
    press(lifecycle, "Home")
    assert "0 s after its start was asked for: PROVISIONING; desiredStatus RUNNING" in words(lifecycle)
