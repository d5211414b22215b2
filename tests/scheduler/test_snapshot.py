"""Tests of labkit.scheduler.snapshot: trying things on without touching the world."""

from __future__ import annotations

from labkit.kinds import Key
from labkit.scheduler.snapshot import Snapshot
from labkit.scheduler.trials import node, varied


def test_what_is_thought_up_never_reaches_the_world() -> None:
    cluster = varied()
    before = len(cluster.history)
    snapshot = Snapshot(cluster)
    row = snapshot.add(node("more", "64", "256Gi", {}))
    assert snapshot.first_fit(snapshot.info(Key("Pod", "default", "large")), [row]) == row
    assert len(cluster.history) == before
    assert Key("Node", "", "more") not in cluster.keys("Node")


def test_a_refusal_has_the_filters_words() -> None:
    snapshot = Snapshot(varied())
    info = snapshot.info(Key("Pod", "default", "huge"))
    assert snapshot.room(info, snapshot.columns.row["odd"]).reasons == ("Insufficient cpu",)


def test_pods_move_together_or_not_at_all() -> None:
    snapshot = Snapshot(varied())
    home, odd = snapshot.columns.row["big"], snapshot.columns.row["odd"]
    pods = [snapshot.info(one.key) for one in snapshot.pods(home)]
    requested = snapshot.columns.requested.copy()
    assert not snapshot.move(pods, home, [])
    assert (snapshot.columns.requested == requested).all()
    assert snapshot.move(pods, home, [odd])
    assert snapshot.pods(home) == []
