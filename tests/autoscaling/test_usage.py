"""Tests of labkit.autoscaling.vpa.usage."""

from __future__ import annotations

from labkit.autoscaling.vpa.usage import DAY, OOM_BUMP_BYTES, Usage, Watched

MI = 2**20


def test_only_the_peak_of_a_day_counts() -> None:
    seen = Watched(Usage())
    for time, used in enumerate((100 * MI, 300 * MI, 200 * MI)):
        seen.see_memory(used, time)
    assert seen.peak == 300 * MI
    assert 300 * MI <= seen.usage.memory.percentile(0.0) < 320 * MI


def test_the_next_day_begins_anew() -> None:
    seen = Watched(Usage())
    seen.see_memory(300 * MI, 0)
    seen.see_memory(100 * MI, DAY + 1)
    assert seen.peak == 100 * MI
    assert seen.usage.memory.percentile(1.0) >= 300 * MI


def test_an_oom_kill_asks_for_a_fifth_or_100_mib_more() -> None:
    small, large = Watched(Usage()), Watched(Usage())
    small.see_oom(100 * MI, 0)
    large.see_oom(1000 * MI, 0)
    assert small.peak == 100 * MI + OOM_BUMP_BYTES
    assert large.peak == 1200 * MI


def test_old_samples_are_left_out() -> None:
    seen = Watched(Usage())
    assert seen.see_cpu(1.0, 60)
    assert not seen.see_cpu(2.0, 60)
    assert seen.see_memory(1, 60)
    assert not seen.see_memory(2, 59)
    assert seen.usage.samples == 1


def test_an_oom_kill_of_another_day_is_left_out() -> None:
    seen = Watched(Usage())
    seen.see_memory(MI, 3 * DAY)
    assert not seen.see_oom(MI, DAY)


def test_a_fork_goes_on_by_itself() -> None:
    seen = Watched(Usage())
    seen.see_memory(MI, 0)
    seen.fork(Usage()).see_memory(900 * MI, 1)
    assert seen.peak == MI
