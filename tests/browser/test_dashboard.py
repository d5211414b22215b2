"""The dashboard in a real JupyterLab: 20 nodes, 200 pods, driven by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.picture import Picture

MOVES = 30

SHOP = """
from labkit import Lab

lab = Lab.kubernetes(nodes=20, seed=1)
for number in range(20):
    labels = {"app": f"app-{number}"}
    container = {"name": "main", "image": "nginx", "resources": {"requests": {"cpu": "200m", "memory": "256Mi"}}}
    lab.apply({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": f"app-{number}"},
        "spec": {"replicas": 10, "selector": {"matchLabels": labels},
                 "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}},
    })
    lab.run("5s")
"""

HEADLINE = "svg.lk > title"


@pytest.fixture(scope="module")
def dashboard(run_notebook: Callable[..., Any]) -> Picture:
    """The dashboard of a lab with 20 nodes and 200 pods."""
    return Picture(run_notebook(SHOP, "lab.dashboard()", name="dashboard.ipynb"), ".jp-OutputArea svg.lk").shown()


@pytest.fixture
def board(dashboard: Picture) -> Picture:
    """The same, paused at the present."""
    dashboard.page.locator(".jupyter-button", has_text="Now").click()
    dashboard.page.wait_for_function(
        f"document.querySelector('{HEADLINE}').textContent.includes('200 pods')", timeout=10_000
    )
    return dashboard


def headline(board: Picture) -> str:
    """The first line of the picture."""
    words: str = board.page.locator(HEADLINE).first.evaluate("title => title.textContent")
    return words


def press(board: Picture, key: str) -> str:
    """Press a key; the first line of the picture that comes."""
    board.press(key)
    return headline(board)


def test_the_slider_scrubs_through_history_from_the_keyboard(board: Picture, record_property: Any) -> None:
    assert "20 nodes · 200 pods" in headline(board)
    board.focus(".noUi-handle")
    board.watch()
    seen = [press(board, "ArrowLeft") for _ in range(MOVES)]
    assert len(set(seen)) == MOVES
    board.moves(record_property, "changed picture", MOVES, share=0.95)


def test_home_end_and_the_buttons_work_from_the_keyboard(board: Picture) -> None:
    now = headline(board)
    board.focus(".noUi-handle")
    assert "0 pods" in press(board, "Home")
    board.page.locator(".jupyter-button", has_text="Step").focus()
    assert "1 pod · 1 pending" in press(board, "Enter")
    board.page.locator(".jupyter-button", has_text="Now").focus()
    assert press(board, "Enter") == now


def test_play_lets_time_pass_until_paused(board: Picture) -> None:
    before = headline(board)
    board.page.locator(".jupyter-button", has_text="Play").click()
    board.page.wait_for_function(
        f"before => document.querySelector('{HEADLINE}').textContent !== before", arg=before, timeout=10_000
    )
    board.page.locator(".jupyter-button", has_text="Pause").click()
    board.page.locator(".jupyter-button", has_text="Play").wait_for(timeout=10_000)


def test_every_drawing_has_a_name_for_screen_readers(board: Picture) -> None:
    names = board.page.locator(".jp-OutputArea svg.lk").evaluate_all(
        "all => all.map(svg => svg.getAttribute('aria-label'))"
    )
    assert names
    assert all(name and name.startswith("A cluster of 20 nodes with 200 pods") for name in names)
