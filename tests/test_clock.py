"""The clock: what falls due when, in which order, and what a fork takes along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import Clock


def drain(clock: Clock) -> list:
    calls = []
    while clock.next_time is not None:
        calls.append((clock.pop(), clock.now))
    return calls


def test_calls_fall_due_in_order_of_time_then_priority_then_waking():
    clock = Clock()
    clock.wake(("late", 1), 2)
    clock.wake(("second", 1), 1, priority=5)
    clock.wake(("first", 1), 1, priority=0)
    clock.wake(("third", 1), 1, priority=5)
    assert [name for (name, _), _ in drain(clock)] == ["first", "second", "third", "late"]


def test_a_call_waits_only_once_at_its_earliest_moment():
    clock = Clock()
    for delay in (5, 2, 9):
        clock.wake(("kubelet", "web"), delay)
    assert drain(clock) == [(("kubelet", "web"), 2)]


def test_a_cancelled_call_never_comes_but_may_be_woken_again():
    clock = Clock()
    clock.wake(("a", 1), 1)
    clock.cancel(("a", 1))
    assert clock.next_time is None
    clock.wake(("a", 1), 3)
    assert drain(clock) == [(("a", 1), 3)]


def test_a_call_in_the_past_is_refused():
    with pytest.raises(ValueError, match="in the past"):
        Clock().wake(("a", 1), -1)


def test_popping_an_empty_clock_says_so():
    with pytest.raises(IndexError, match="no call waits"):
        Clock().pop()


def test_stamps_are_whole_seconds_and_read_back():
    clock = Clock()
    clock.advance(65.9)
    assert clock.stamp() == "2026-01-05T09:01:05Z"
    assert clock.seconds(clock.stamp()) == 65
    assert clock.seconds("2026-01-05T09:00:00.250000Z") == 0.25


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 10))))
def test_time_never_goes_back(wakes):
    clock = Clock()
    for name, delay in wakes:
        clock.wake((str(name), name), delay)
    moments = [moment for _, moment in drain(clock)]
    assert moments == sorted(moments)
    assert len(moments) == len({name for name, _ in wakes})


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=1))
def test_a_fork_has_the_same_calls_and_goes_its_own_way(wakes):
    clock = Clock()
    for name, delay in wakes:
        clock.wake((str(name), name), delay)
    twin = clock.fork()
    twin.wake(("only in the twin", 0), 1)
    waiting = clock.waiting()
    drain(twin)
    assert clock.waiting() == waiting
    assert clock.now == 0
