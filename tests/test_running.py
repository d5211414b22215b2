"""The loop: writes wake actors, calls fall due, time goes on, and an interrupt spoils nothing."""

import os
import signal

import pytest

from labkit.cluster import Cluster
from labkit.kinds import Key
from labkit.running import Loop

SETTINGS = Key("ConfigMap", "default", "settings")


def world() -> Cluster:
    cluster = Cluster(seed=1)
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    return cluster


def settings(number: int) -> dict:
    meta = {"name": "settings", "namespace": "default"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"n": str(number)}}


class Counter:
    """Counts a ConfigMap up to five, one step every ten seconds."""

    name = "counter"
    watches = {"ConfigMap": lambda cluster, entry: [entry.key]}

    def reconcile(self, cluster, key):
        number = int(cluster.require(key)["data"]["n"])
        if number >= 5:
            return None
        cluster.update(settings(number + 1))
        return 10


class Log:
    """Writes down whom it was woken for."""

    name = "log"
    watches = {"ConfigMap": lambda cluster, entry: [entry.key, entry.key]}

    def __init__(self) -> None:
        self.woken = []

    def reconcile(self, cluster, key):
        self.woken.append((cluster.clock.now, key.name))


def test_a_key_waits_once_however_often_it_is_woken():
    cluster, log = world(), Log()
    loop = Loop(cluster, [log])
    cluster.create(settings(0))
    cluster.update(settings(1))
    loop.run(0)
    assert log.woken == [(0, "settings")]


def test_an_actor_runs_again_when_it_asked_to_or_when_something_changed():
    cluster, log = world(), Log()
    loop = Loop(cluster, [Counter(), log])
    cluster.create(settings(0))
    loop.run(60)
    assert cluster.require(SETTINGS)["data"]["n"] == "5"
    assert cluster.clock.now == 60


def test_earlier_actors_go_first():
    order = []

    def actor(name):
        act = lambda self, cluster, key: order.append(name)  # noqa: E731
        return type(name, (), {"name": name, "watches": Log.watches, "reconcile": act})()

    cluster = world()
    loop = Loop(cluster, [actor("first"), actor("second")])
    cluster.create(settings(0))
    loop.run(0)
    assert order == ["first", "second"]


def test_run_stops_when_told():
    cluster = world()
    loop = Loop(cluster, [Counter()])
    cluster.create(settings(0))
    loop.run(1000, stop=lambda: cluster.require(SETTINGS)["data"]["n"] == "2")
    assert cluster.require(SETTINGS)["data"]["n"] == "2"
    assert cluster.clock.now < 1000


def test_a_step_does_one_call_and_none_when_nothing_waits():
    cluster = world()
    loop = Loop(cluster, [Counter()])
    assert loop.step() is None
    cluster.create(settings(0))
    assert loop.step() == ("counter", SETTINGS)


def test_relisting_wakes_everyone_for_what_is_there():
    cluster = world()
    cluster.create(settings(0))
    log = Log()
    loop = Loop(cluster, [log])
    loop.relist()
    loop.run(0)
    assert log.woken == [(0, "settings")]


def test_an_interrupt_waits_for_the_end_of_a_step_and_the_loop_can_go_on():
    class Interrupter(Counter):
        def reconcile(self, cluster, key):
            os.kill(os.getpid(), signal.SIGINT)
            return super().reconcile(cluster, key)

    cluster = world()
    loop = Loop(cluster, [Interrupter()])
    cluster.create(settings(0))
    with pytest.raises(KeyboardInterrupt, match="the lab is whole"):
        loop.run(60)
    assert cluster.require(SETTINGS)["data"]["n"] == "1"
    loop.actors["counter"] = Counter()
    loop.run(60)
    assert cluster.require(SETTINGS)["data"]["n"] == "5"


def test_a_fork_of_the_loop_acts_on_its_own_cluster():
    cluster = world()
    loop = Loop(cluster, [Counter()])
    cluster.create(settings(0))
    twin = cluster.fork()
    loop.fork(twin).run(60)
    assert twin.require(SETTINGS)["data"]["n"] == "5"
    assert cluster.require(SETTINGS)["data"]["n"] == "0"


class Patient:
    """Writes to its own object once, and notes when it sees that."""

    name = "patient"
    awaits_its_writes = True

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen
        self.watches = {"ConfigMap": lambda cluster, entry: (entry.key,)}

    def reconcile(self, cluster, key):
        self.seen.append("patient")
        if cluster.get(key).get("data") is None:
            cluster.update({**cluster.get(key), "data": {"a": "1"}})


class Quick(Patient):
    """Only notes what it sees."""

    name = "quick"
    awaits_its_writes = False

    def reconcile(self, cluster, key):
        self.seen.append("quick")


def test_whoever_awaits_its_writes_sees_them_after_the_others():
    cluster, seen = Cluster(), []
    loop = Loop(cluster, [Patient(seen), Quick(seen)])
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}})
    loop.run(1)
    assert seen == ["patient", "quick", "patient"]
