"""Tests of labkit.autoscaling.vpa.usage."""

from __future__ import annotations

from labkit.autoscaling.vpa.usage import DAY, OOM_BUMP_BYTES, Usage

MI = 2**20


def test_only_the_peak_of_a_day_counts() -> None:
    usage = Usage()
    for time, used in enumerate((100 * MI, 300 * MI, 200 * MI)):
        usage.see_memory(used, time)
    assert usage.peak == 300 * MI
    assert 300 * MI <= usage.memory.percentile(0.0) < 320 * MI


def test_the_next_day_begins_anew() -> None:
    usage = Usage()
    usage.see_memory(300 * MI, 0)
    usage.see_memory(100 * MI, DAY + 1)
    assert usage.peak == 100 * MI
    assert usage.memory.percentile(1.0) >= 300 * MI


def test_an_oom_kill_asks_for_a_fifth_or_100_mib_more() -> None:
    small, large = Usage(), Usage()
    small.see_oom(100 * MI, 0)
    large.see_oom(1000 * MI, 0)
    assert small.peak == 100 * MI + OOM_BUMP_BYTES
    assert large.peak == 1200 * MI


def test_old_samples_are_left_out() -> None:
    usage = Usage()
    assert usage.see_cpu(1.0, 60)
    assert not usage.see_cpu(2.0, 60)
    assert usage.see_memory(1, 60)
    assert not usage.see_memory(2, 59)
    assert usage.samples == 1


def test_an_oom_kill_of_another_day_is_left_out() -> None:
    usage = Usage()
    usage.see_memory(MI, 3 * DAY)
    assert not usage.see_oom(MI, DAY)


def test_a_fork_goes_on_by_itself() -> None:
    usage = Usage()
    usage.see_memory(MI, 0)
    usage.fork().see_memory(900 * MI, 1)
    assert usage.peak == MI
