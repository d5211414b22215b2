"""The request spinner: its state and its wiring."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.views.answers import Answerer, bars, table
from labkit.widgets import request_spinner

SHOP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "shop/web:1.0", readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 2}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.fixture
def shop() -> Lab:
    made = Lab.kubernetes(nodes=3)
    made.apply(SHOP)
    return made.run("1m")


def click(board: object, words: str) -> None:
    every = [child for line in board.children[:3] for child in line.children]  # type: ignore[attr-defined]
    next(each for each in every if getattr(each, "description", "") == words).click()


def test_sending_shows_who_answered_and_leaves_the_lab_alone(shop: Lab) -> None:
    board, before = request_spinner(shop, "web"), len(shop.history)
    click(board, "Send 100")
    assert "100 answered by 3 of 3 pods, 0 failed" in board.canvas.value
    assert repr(board) == "<request spinner of web: 100 answered by 3 of 3 pods, 0 failed>"
    assert len(shop.history) == before


def test_a_pod_that_hangs_loses_requests_until_its_probe_finds_out(shop: Lab) -> None:
    board = request_spinner(shop, "web")
    click(board, "Stop answering")
    click(board, "Send 100")
    assert "doesn&#x27;t answer" in board.canvas.value or "doesn't answer" in board.canvas.value
    click(board, "Run 60 s")
    click(board, "Send 100")
    assert "100 answered by 2 of 3 pods, 0 failed" in board.canvas.value
    assert "not ready" in board.canvas.value


def test_affinity_keeps_a_client_and_local_a_node(shop: Lab) -> None:
    board = request_spinner(shop, "web")
    board.sticky.value = True
    click(board, "Send 100")
    assert "100 answered by 1 of 3 pods" in board.canvas.value
    board.sticky.value, board.local.value = False, True
    click(board, "Send 100")
    assert {one.node for one in board.model.answerers() if one.answers} == {board.client.value}


def test_a_deleted_pod_is_replaced_among_the_choices(shop: Lab) -> None:
    board = request_spinner(shop, "web")
    before = board.pod.value
    click(board, "Delete pod")
    click(board, "Run 60 s")
    assert before not in board.pod.options and len(board.pod.options) == 3


def test_words_and_numbers_are_the_same() -> None:
    pods = [Answerer("web-1", "node-1", "ready", 3)]
    assert "✗ 2 failed: refused &lt;x&gt;" in bars(pods, {"refused <x>": 2})
    assert "failed: refused" in table(pods, {"refused <x>": 2}).text()
