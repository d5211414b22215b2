"""Events: counted up, combined, and gone after an hour."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.eventlog import EventLog
from labkit.kinds import Key

NODE = Key("Node", "", "n1")


def cluster() -> Cluster:
    made = Cluster()
    made.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    made.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})
    return made


def said(cluster: Cluster) -> list[tuple[str, int]]:
    return [(event["message"], event["count"]) for event in cluster.list("Event")]


def test_an_event_goes_an_hour_after_it_was_last_written_as_the_next_comes() -> None:
    world = cluster()
    for at, message in ((0, "once"), (0, "twice"), (3000, "twice"), (3599, "late"), (3601, "later")):
        world.clock.advance(at)
        world.record(NODE, "Normal", "Said", message, "kubelet")
        if at == 3599:
            assert [message for message, _ in said(world)] == ["once", "twice", "late"]
    assert said(world) == [("twice", 2), ("late", 1), ("later", 1)]
    world.clock.advance(9000)
    world.record(NODE, "Normal", "Said", "last", "kubelet")
    assert said(world) == [("last", 1)]


def test_a_message_that_comes_again_after_its_event_has_gone_makes_a_new_one() -> None:
    world = cluster()
    for at in (0, 4000, 8000):
        world.clock.advance(at)
        for message in ("again", f"other {at}"):
            world.record(NODE, "Normal", "Said", message, "kubelet")
    assert ("again", 1) in said(world)


def test_forks_remember_and_forget_by_themselves() -> None:
    world = cluster()
    world.record(NODE, "Normal", "Said", "here", "kubelet")
    twin = world.fork()
    twin.record(NODE, "Normal", "Said", "here", "kubelet")
    assert (said(world), said(twin)) == ([("here", 1)], [("here", 2)])


def test_what_is_remembered_does_not_grow_without_end() -> None:
    log = EventLog()
    for number in range(20_000):
        now = float(number)
        told = log.hear(("Pod", "default", f"p{number}"), "Started", now)
        list(log.expired(now, lambda event: 0.0))
        log.note(told.kind, Key("Event", "default", str(number)), now)
    assert len(log._known) + len(log._heard) < 10_000
