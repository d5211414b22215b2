"""The placement lab in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.picture import Picture

HANDLE = ".noUi-handle"


@pytest.fixture(scope="module")
def lab(run_notebook: Callable[..., Any]) -> Picture:
    """The lab with as many instances as it has room for."""
    cell = "placement_lab(mix=(6, 3, 3), tasks=30)"
    page = run_notebook("from labkit.widgets import placement_lab", cell, name="placement.ipynb")
    return Picture(page, ".jp-OutputArea svg[aria-label*='CPU units']").shown()


def test_sliders_lists_and_the_draw_work_from_the_keyboard(lab: Picture) -> None:
    assert lab.says().startswith("30 tasks of 256 CPU units and 1024 MiB.")
    lab.focus(HANDLE)
    assert lab.press("ArrowRight").startswith("31 tasks")
    assert lab.press("ArrowLeft").startswith("30 tasks")
    lab.page.locator(".jupyter-button", has_text="Draw again").focus()
    lab.press("Enter")
    lab.page.locator(".jp-OutputArea .widget-dropdown select").last.focus()
    assert "lost with zone" in lab.press("End")  # JupyterLab keeps the arrows of lists for itself
    assert lab.page.locator("caption", has_text="Strategies compared").count() == 1


def test_every_move_shows_at_once(lab: Picture, record_property: Any) -> None:
    lab.watch()
    for handle in range(3):
        lab.focus(HANDLE, handle)
        lab.press(*["ArrowRight", "ArrowLeft"] * 4)
    lab.moves(record_property, "a new board", 18, share=0.95)
