"""The task lifecycle: the film a lab gives, what is told of a moment, and its wiring."""

from __future__ import annotations

import pytest

from labkit.views.tasklife import STATUSES, TaskLife
from labkit.widgets import task_lifecycle
from labkit.widgets.task_film import FATES, HELPER_ENDS, HELPER_FAILS, STOPPED, SWITCHED_OFF, WEB_ENDS, Choice, film


def life(**settings: object) -> TaskLife:
    made = film(Choice(**settings))  # type: ignore[arg-type]
    assert not isinstance(made, str), made
    return made.life


def statuses(life: TaskLife) -> list[str]:
    return [span.state for span in life.rows[0].spans]


def test_with_an_interface_and_a_balancer_a_task_goes_through_all_states_in_order() -> None:
    assert statuses(life(fate=STOPPED, balancer=True)) == list(STATUSES)


def test_in_bridge_mode_most_states_are_skipped() -> None:
    assert statuses(life(mode="bridge", fate=STOPPED)) == ["PENDING", "RUNNING", "STOPPED"]


@pytest.mark.parametrize(("needs", "code"), [(20, "exit code 0"), (40, "exit code 137")])
def test_who_needs_longer_than_the_stop_timeout_is_killed(needs: int, code: str) -> None:
    web = life(fate=STOPPED, stops_in=needs).rows[2]
    assert web.spans[-1].reason == code
    assert web.spans[-1].start == 30 + min(needs, 30)


def test_only_an_essential_container_takes_the_task_with_it() -> None:
    assert life(fate=WEB_ENDS).code == "EssentialContainerExited"
    assert life(fate=HELPER_FAILS).asked is None
    assert life(fate=HELPER_FAILS, essential=True).code == "EssentialContainerExited"


def test_web_waits_for_what_it_depends_on() -> None:
    for depends, fate in (("COMPLETE", HELPER_FAILS), ("SUCCESS", HELPER_ENDS)):
        helper, web = life(depends=depends, fate=fate, after=20).rows[1:]
        assert next(one.start for one in web.spans if one.state == "RUNNING") >= helper.spans[-1].start
    assert life(depends="SUCCESS", fate=HELPER_FAILS).code == "TaskFailedToStart"


def test_a_failed_instance_is_noticed_a_minute_late() -> None:
    assert life(fate=SWITCHED_OFF, after=30).asked == 90
    assert life(fate=SWITCHED_OFF, launch_type="FARGATE").asked is None


def test_every_fate_has_a_life_of_full_length_on_both_launch_types() -> None:
    for fate in FATES:
        for launch in ("EC2", "FARGATE"):
            assert life(fate=fate, launch_type=launch, length=60).length == 60


def test_a_moment_tells_what_describe_tasks_said_then() -> None:
    widget = task_lifecycle(fate=STOPPED, stops_in=40)
    widget.moment.value = 2
    assert "PROVISIONING" in widget.note.value and "UserInitiated" not in widget.note.value.partition("</pre>")[0]
    widget.moment.value = 45
    assert "STOPPING" in widget.note.value and "UserInitiated" in widget.note.value


def test_what_cannot_be_registered_is_told_in_ecs_s_words() -> None:
    widget = task_lifecycle(launch_type="FARGATE")
    widget.mode.value = "bridge"
    assert "Fargate only supports network mode" in widget.note.value and not widget.canvas.value
    widget.mode.value = "awsvpc"
    assert "svg" in widget.canvas.value


def test_the_moment_stays_at_the_end_when_more_is_shown() -> None:
    widget = task_lifecycle()
    widget.length.value = 300
    assert widget.moment.value == widget.moment.max == 300


def test_the_definition_is_shown_as_it_was_registered() -> None:
    widget = task_lifecycle(depends="HEALTHY", check=True)
    assert "&quot;condition&quot;: &quot;HEALTHY&quot;" in widget.manifest.value
    assert widget.after.disabled
