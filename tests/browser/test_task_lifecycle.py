"""The task lifecycle in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.picture import Picture

HANDLE = ".noUi-handle"


@pytest.fixture(scope="module")
def lifecycle(run_notebook: Callable[..., Any]) -> Picture:
    """The life of a task that is stopped after half a minute."""
    cell = "from labkit.widgets import task_lifecycle\ntask_lifecycle(fate='you stop the task', balancer=True)"
    return Picture(run_notebook(cell, name="lifecycle.ipynb"), ".jp-OutputArea svg[role=img]").shown()


def test_the_picture_says_what_it_shows(lifecycle: Picture) -> None:
    assert lifecycle.says().startswith("Task of web:1, 2 min after its start was asked for: STOPPED")


def test_sliders_work_from_the_keyboard(lifecycle: Picture, record_property: Any) -> None:
    lifecycle.focus(HANDLE)
    lifecycle.watch()
    assert "stop asked for at 45 s" in lifecycle.press(*["ArrowRight"] * 15)
    lifecycle.moves(record_property, "changed picture", 15)


def test_the_moment_goes_back_by_keys(lifecycle: Picture) -> None:
    lifecycle.focus(HANDLE, 3)
    assert "0 s after its start was asked for: PROVISIONING; desiredStatus RUNNING" in lifecycle.press("Home")
