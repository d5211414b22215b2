"""The probe timeline: the film a lab gives, its picture and words, and its wiring."""

from __future__ import annotations

import pytest

from labkit.views.podlife import BACKOFF, READY, STARTING, WAITING, Line
from labkit.widgets import probe_timeline
from labkit.widgets.probe_film import FATES, Choice, Setting, film


def web(**settings: object) -> Line:
    return film(Choice(**settings)).life.lines[-1]  # type: ignore[arg-type]


def test_a_crash_loop_waits_twice_as_long_each_time_up_to_five_minutes() -> None:
    spans = web(fate="crashes", after=1, length=1800).spans
    waits = [round(one.end - one.start) + 1 for one in spans if one.state == BACKOFF and one.end < 1800]
    assert waits[:6] == [10, 20, 40, 80, 160, 300] and set(waits[5:]) == {300}


def test_a_hang_is_found_by_the_last_of_the_failing_liveness_probes() -> None:
    line = web(starts_in=0, fate="hangs", after=42, readiness=Setting(), liveness=Setting(True, 0, 10, 2))
    begin = next(one.start for one in line.spans if one.state == READY)
    failed = [tick.time - begin for tick in line.ticks if not tick.passed and tick.run == 0]
    assert failed == pytest.approx([50, 60])
    assert line.ends[0].start - begin == pytest.approx(60.5)


def test_liveness_and_readiness_wait_for_the_startup_probe() -> None:
    line = web(starts_in=25, startup=Setting(True, 0, 10, 5), readiness=Setting(True, 0, 5, 3))
    assert [one.state for one in line.spans if one.state != WAITING][:2] == [STARTING, READY]
    passed = next(tick.time for tick in line.ticks if tick.kind == "startup" and tick.passed)
    assert all(tick.passed and tick.time >= passed for tick in line.ticks if tick.kind != "startup")
    assert web(starts_in=60, startup=Setting(True, 0, 10, 5)).ends


def test_every_restart_of_the_history_is_an_end_of_the_picture() -> None:
    for fate in FATES:
        made = film(Choice(starts_in=3, fate=fate, after=17, length=600))
        line = made.life.lines[-1]
        restarts = made.lab.get("pods")[0]["status"]["containerStatuses"][0]["restartCount"]
        assert max(one.run for one in line.spans) == restarts
        assert len(line.ends) - restarts in (0, 1)


def test_spans_follow_each_other_and_fill_the_time() -> None:
    for line in film(Choice(fate="crashes", company=True)).life.lines:
        assert line.spans[0].start == 0 and line.spans[-1].end == 180
        assert all(a.end == b.start for a, b in zip(line.spans, line.spans[1:], strict=False))


def test_the_words_of_exit_codes_are_kubectls() -> None:
    assert web(fate="takes too much memory").ends[0].reason == "OOMKilled, exit code 137"
    assert web(fate="ends well", policy="OnFailure").spans[-1].reason == "Completed, exit code 0"


def test_a_moment_tells_what_kubectl_said_then() -> None:
    timeline = probe_timeline(fate="crashes", after=20)
    timeline.moment.value = 2
    assert "0/1     Running" in timeline.note.value
    timeline.moment.value = 45
    assert "CrashLoopBackOff" in timeline.note.value


def test_a_setting_lives_the_life_anew_and_shows_its_manifest() -> None:
    timeline = probe_timeline(starts_in=50)
    assert "restarted" in repr(timeline) and "never" not in repr(timeline)
    timeline.rows["startup"].on.value = True
    timeline.rows["startup"].failures.value = 10
    assert "never restarted" in repr(timeline)
    assert "failureThreshold: 10" in timeline.manifest.value
    assert timeline.rows["startup"].delay.disabled is False


def test_numbers_without_a_meaning_rest() -> None:
    timeline = probe_timeline()
    assert timeline.after.disabled and timeline.rows["startup"].period.disabled
    timeline.fate.value = "hangs"
    assert not timeline.after.disabled


def test_the_moment_stays_at_the_end_when_more_is_shown() -> None:
    timeline = probe_timeline()
    timeline.length.value = 600
    assert timeline.moment.value == 600
    timeline.length.value = 60
    assert timeline.moment.value == timeline.moment.max == 60
