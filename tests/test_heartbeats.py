"""Heartbeats that are worked out: when a Lease was renewed last, and when its node is given up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab
from labkit.heartbeats import GRACE, MONITOR, next_look, unknown_at


@given(st.integers(0, 100_000), st.integers(0, 4))
def test_a_node_is_given_up_at_a_look_when_its_grace_is_over_and_not_a_look_later(last: int, first: int) -> None:
    moment = unknown_at(last, first)
    assert (moment - first) % MONITOR == 0
    assert moment - MONITOR <= next_look(last, first) + GRACE < moment


@pytest.mark.parametrize(("run", "renewed"), [(9, "09:00:00"), (10, "09:00:10"), (605, "09:10:00")])
def test_a_lease_is_renewed_every_ten_seconds_without_a_trace_in_the_history(run: int, renewed: str) -> None:
    lab = Lab.kubernetes(nodes=1)
    lab.run(1)
    before = len(lab.history)
    lab.run(run - 1)
    assert f'renewTime: "2026-01-05T{renewed}.000000Z"' in str(
        lab.kubectl("get lease node-1 -n kube-node-lease -o yaml")
    )
    assert len(lab.history) == before


def test_describe_shows_the_lease_and_how_long_secrets_may_be_kept() -> None:
    words = str(Lab.kubernetes(nodes=1).run("25s").kubectl("describe node node-1"))
    assert "HolderIdentity:  node-1" in words
    assert "RenewTime:       Mon, 05 Jan 2026 09:00:20 +0000" in words
    assert "node.alpha.kubernetes.io/ttl: 0" in words


def test_a_silent_kubelet_renews_nothing() -> None:
    lab = Lab.kubernetes(nodes=2).run("25s").fail("node-2").run("25s")
    assert "09:00:20.000000Z" in str(lab.kubectl("get lease node-2 -n kube-node-lease -o yaml"))
    assert "09:00:50.000000Z" in str(lab.kubectl("get lease node-1 -n kube-node-lease -o yaml"))
