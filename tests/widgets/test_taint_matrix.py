"""The taint matrix's wiring."""

from __future__ import annotations

from typing import Any

from labkit.widgets import taint_matrix
from labkit.widgets.taint_matrix import Trial, taint, toleration


def test_words_are_read_as_kubectl_reads_them() -> None:
    assert str(taint("dedicated=db:NoSchedule")) == "dedicated=db:NoSchedule"
    assert toleration("spot:NoExecute").operator == "Exists"
    assert toleration({"key": "a", "operator": "Exists", "tolerationSeconds": 9}).toleration_seconds == 9


def test_ticking_a_taint_refuses_and_tells_the_command() -> None:
    board = taint_matrix({"node-1": [], "node-2": []}, {"web": []}, taints=["dedicated=db:NoSchedule"])
    assert "✗" not in board.matrix.value
    board.children[1].children[1].value = True
    assert board.matrix.value.count("✗ refused") == 1
    assert "kubectl taint nodes node-1 dedicated=db:NoSchedule</code>" in board.note.value
    board.children[1].children[1].value = False
    assert "dedicated=db:NoSchedule-</code>" in board.note.value
    assert "✗" not in board.matrix.value


def test_ticking_a_toleration_allows_again() -> None:
    board = taint_matrix({"node-1": ["dedicated=db:NoSchedule"]}, {"db": []})
    assert "✗ refused" in board.matrix.value
    board.children[3].children[1].value = True
    assert "✓ allowed" in board.matrix.value
    assert "'operator': 'Equal'" in board.note.value


def test_a_labs_nodes_bring_their_taints(lab: Any) -> None:
    assert list(taint_matrix(lab, {"web": []}).model.nodes) == ["node-1", "node-2"]


def test_what_can_be_ticked_is_listed_once() -> None:
    trial = Trial({"a": ["x:NoSchedule"], "b": ["x:NoSchedule"]}, {}).offer(["x:NoSchedule", "y:NoExecute"])
    assert [str(each) for each in trial.taints] == ["x:NoSchedule", "y:NoExecute"]
