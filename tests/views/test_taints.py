"""The taint matrix in words."""

from __future__ import annotations

import pytest

from labkit.kinds.node import Taint
from labkit.kinds.pod import Toleration
from labkit.views.taints import describe, html, said, table, verdict

DB = Taint(key="dedicated", value="db", effect="NoSchedule")
SOFT = Taint(key="spot", effect="PreferNoSchedule")
OUT = Taint(key="maintenance", effect="NoExecute")
FOR_DB = Toleration(key="dedicated", operator="Equal", value="db", effect="NoSchedule")
A_WHILE = Toleration(key="maintenance", operator="Exists", effect="NoExecute", toleration_seconds=60)


@pytest.mark.parametrize(
    ("taints", "tolerations", "word", "reason"),
    [
        ([], [], "allowed", "no taints"),
        ([DB], [], "refused", "node(s) had untolerated taint(s): dedicated=db:NoSchedule"),
        ([DB], [FOR_DB], "allowed", "all its taints are tolerated"),
        ([SOFT], [], "avoided", "ranked lower, for it doesn't tolerate spot:PreferNoSchedule"),
        ([SOFT, OUT, DB], [], "refused", "node(s) had untolerated taint(s): maintenance:NoExecute"),
        ([OUT], [A_WHILE], "allowed", "tolerated for 60 s, then evicted"),
        ([DB, SOFT], [FOR_DB], "avoided", "ranked lower, for it doesn't tolerate spot:PreferNoSchedule"),
    ],
)
def test_the_first_hard_taint_refuses_and_soft_ones_only_rank(
    taints: list[Taint], tolerations: list[Toleration], word: str, reason: str
) -> None:
    found = verdict(taints, tolerations)
    assert (found.word, found.reason) == (word, reason)


def test_matrix_and_table_say_the_same() -> None:
    nodes, pods = {"node-1": [DB], "node-2": []}, {"web": [], "db": [FOR_DB]}
    assert [row[:3] for row in table(nodes, pods).rows] == [
        ("web", "node-1", "refused"), ("web", "node-2", "allowed"),
        ("db", "node-1", "allowed"), ("db", "node-2", "allowed"),
    ]  # fmt: skip
    assert describe(nodes, pods) == "Who may go where: 3 allowed, 0 avoided, 1 refused"
    page = html(nodes, pods)
    assert page.count("✗ refused") == 1
    assert page.count("✓ allowed") == 3


def test_tolerations_are_worded() -> None:
    assert said(FOR_DB) == "dedicated=db:NoSchedule"
    assert said(Toleration(operator="Exists")) == "every key, any effect"
