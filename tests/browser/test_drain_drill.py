"""The drain drill in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.picture import Picture

HANDLE, BUTTON = ".noUi-handle", ".jupyter-button"
THERE_AND_BACK = ["ArrowRight", "ArrowLeft"]


@pytest.fixture(scope="module")
def drill(run_notebook: Callable[..., Any]) -> Picture:
    """The drill."""
    page = run_notebook("from labkit.widgets import drain_drill", "drain_drill()", name="drill.ipynb")
    return Picture(page, ".jp-OutputArea svg[aria-label*='ready']").shown()


def test_a_drain_is_stepped_through_from_the_keyboard(drill: Picture) -> None:
    assert drill.says().startswith("Before: 6 of 6 ready, the budget needs 5.")
    drill.page.locator(BUTTON, has_text="Step").focus()
    assert "node-1 (cordoned): 1 leaving, 2 ready" in drill.press("Enter")
    drill.page.locator(BUTTON, has_text="End").focus()
    assert "node-1 (cordoned): empty" in drill.press("Enter")
    drill.page.locator("text=Drained after").wait_for(timeout=10_000)


def test_every_setting_draws_a_new_drain_at_once(drill: Picture, record_property: Any) -> None:
    drill.watch()
    for handle, keys in enumerate((THERE_AND_BACK * 4, ["ArrowRight"] * 3, THERE_AND_BACK[::-1] * 5)):
        drill.focus(HANDLE, handle)
        drill.press(*keys)
    drill.moves(record_property, "a new drain", 18, share=0.95)
