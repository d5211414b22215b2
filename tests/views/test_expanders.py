"""Expanders compared in a table."""

from __future__ import annotations

from labkit import Lab
from labkit.views.expanders import STAR, expanders


def _waiting() -> Lab:
    lab = Lab.kubernetes(nodes=0)
    for kind in ("m5.large", "m5.2xlarge"):
        lab.node_group(kind.replace(".", "-"), kind)
    lab.kubectl("create deployment web --image=shop/web:1.0 --replicas=9")
    lab.kubectl("set resources deployment web --requests=cpu=900m,memory=1Gi")
    return lab.run("5s")


def test_each_group_has_its_number_and_each_expander_its_choice() -> None:
    rows = {row[0]: row for row in expanders(_waiting()).rows}
    assert rows["m5-large"][1:3] == (5, "0.480") and rows["m5-2xlarge"][1:3] == (2, "0.768")
    assert rows["m5-2xlarge"][4] == f"2 nodes {STAR}" and rows["m5-large"][4] == "5 nodes"
    assert all(STAR in str(row[3]) for row in rows.values()), "both would help all nine"


def test_comparing_changes_nothing_and_without_pending_pods_there_is_nothing_to_compare() -> None:
    lab = _waiting()
    before = len(lab.history)
    expanders(lab)
    assert len(lab.history) == before
    assert expanders(Lab.kubernetes(nodes=1)).rows == ()
