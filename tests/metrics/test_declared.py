"""Loads are kept in the world."""

from __future__ import annotations

from labkit.kinds import Key
from labkit.lab import Lab
from labkit.metrics import load
from labkit.metrics.declared import Load, declare, loads


def test_a_load_is_written_once_and_read_as_it_was():
    lab = Lab.kubernetes(nodes=0).run("10s")
    lab.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
    target = Key("Service", "default", "web")
    pattern = load.day(20, 200) + load.flash(0, 300)
    declare(lab.cluster, target, pattern)
    assert loads(lab.cluster) == {target: Load(target, 10, pattern)}


def test_to_end_what_never_was_writes_nothing():
    lab = Lab.kubernetes(nodes=0)
    before = len(lab.history)
    declare(lab.cluster, Key("Service", "default", "web"), 0)
    assert len(lab.history) == before
