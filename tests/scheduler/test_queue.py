"""The scheduling queue: order, back-off, waiting for something to change."""

import pytest

from labkit.kinds import Key
from labkit.scheduler.queue import SchedulingQueue, Waiting, backoff


def pod(name: str, priority: int = 0, since: float = 0.0) -> Waiting:
    return Waiting(Key("Pod", "default", name), priority, since)


def popped(queue: SchedulingQueue, now: float = 0.0) -> list[str]:
    found = []
    while (one := queue.pop(now)) is not None:
        found.append(one.key.name)
    return found


@pytest.fixture
def patient() -> SchedulingQueue:
    return SchedulingQueue(eager=False)


def test_higher_priority_goes_first_then_who_came_first():
    queue = SchedulingQueue()
    for one in (pod("late", 0, 2), pod("early", 0, 1), pod("vip", 9, 3)):
        queue.add(one)
    assert popped(queue) == ["vip", "early", "late"]


def test_backoff_doubles_from_one_second_to_ten():
    assert [backoff(times) for times in (1, 2, 3, 4, 5, 6)] == [1, 2, 4, 8, 10, 10]


def test_a_pod_that_failed_waits_for_an_event_that_may_help(patient):
    patient.failed(pod("a"), {"NodeAffinity"}, now=5.0)
    patient.stir(lambda one: "NodePorts" in one.refused_by, now=7.0)
    assert popped(patient, 8.0) == []
    patient.stir(lambda one: "NodeAffinity" in one.refused_by, now=8.0)
    assert popped(patient, 8.0) == ["a"]


def test_an_event_during_the_backoff_moves_the_pod_on_when_it_ends(patient):
    patient.failed(pod("a")._replace(failures=2), {"NodeAffinity"}, now=5.0)
    patient.stir(lambda one: True, now=6.0)
    assert patient.next_time() == 9.0
    assert popped(patient, 8.9) == []
    assert popped(patient, 9.0) == ["a"]


def test_an_empty_active_part_takes_from_the_backoff_early():
    queue = SchedulingQueue()
    queue.failed(pod("a"), {"NodeAffinity"}, now=5.0)
    queue.stir(lambda one: True, now=5.0)
    queue.add(pod("b"))
    assert popped(queue, 5.0) == ["b", "a"]


def test_nobody_waits_longer_than_five_minutes(patient):
    patient.failed(pod("a"), {"NodeAffinity"}, now=5.0)
    assert patient.next_time() == 305.0
    assert popped(patient, 304.0) == []
    assert popped(patient, 305.0) == ["a"]


def test_a_removed_pod_is_forgotten_wherever_it_waits():
    queue = SchedulingQueue()
    queue.add(pod("a"))
    queue.failed(pod("b"), (), now=0.0)
    for name in "ab":
        queue.remove(Key("Pod", "default", name))
    assert len(queue) == 0 and popped(queue, 1000.0) == []


def test_a_pod_whose_priority_changed_is_taken_once_and_in_its_new_place():
    queue = SchedulingQueue()
    for one in (pod("a", 1), pod("b", 2), pod("a", 3)):
        queue.add(one)
    assert popped(queue) == ["a", "b"]


def test_a_fork_goes_on_by_itself():
    queue = SchedulingQueue()
    queue.add(pod("a"))
    twin = queue.fork()
    assert popped(twin) == ["a"]
    assert popped(queue) == ["a"]
