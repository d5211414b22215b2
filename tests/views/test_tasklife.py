"""A task's life: read from a lab, in words, as a table and as a picture."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from labkit.errors import AwsError
from labkit.lab import Lab
from labkit.views import taskline
from labkit.views.tasklife import STATUSES, TaskLife, read
from labkit.views.tasklife_svg import describe, render, tables


def ran(code: int | None = 1, *, essential: bool = True) -> tuple[Lab, str]:
    """A lab, and the task of web and log of which log ends 20 s after its start."""
    lab = Lab.ecs(instances=1, seed=1)
    log = {"name": "log", "image": "shop/log:1.0", "memory": 128, "essential": essential}
    web = {"name": "web", "image": "shop/web:1.0", "memory": 128}
    lab.client.register_task_definition(family="web", containerDefinitions=[web, log])
    if code is not None:
        lab.behave("family:web", container="log", exits_after="20s", exit_code=code)
    task = lab.client.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    return lab.run("1m"), task


def life(code: int | None = 1, *, essential: bool = True) -> TaskLife:
    return read(*ran(code, essential=essential))


def statuses(life: TaskLife) -> list[str]:
    return [span.state for span in life.rows[0].spans]


def test_a_bridge_task_skips_the_states_it_does_not_need() -> None:
    assert statuses(life(None)) == ["PENDING", "RUNNING"]


def test_the_end_of_an_essential_container_ends_the_task_and_the_other_one_s_does_not() -> None:
    fatal, harmless = life(), life(essential=False)
    assert statuses(fatal)[-1] == "STOPPED" and fatal.code == "EssentialContainerExited"
    assert statuses(harmless)[-1] == "RUNNING" and harmless.asked is None
    assert harmless.rows[2].spans[-1].reason == "exit code 1"


def test_spans_follow_each_other_and_are_known_states() -> None:
    for row in life().rows:
        assert row.spans[0].start == 0 and row.spans[-1].end == 60
        assert all(one.end == other.start for one, other in zip(row.spans, row.spans[1:], strict=False))
    assert set(statuses(life())) <= set(STATUSES)


def test_the_words_tell_the_moment_and_the_end() -> None:
    found = life()
    assert "RUNNING; desiredStatus RUNNING" in describe(found, 10)
    assert "log STOPPED (exit code 1)" in describe(found, 60)
    assert "EssentialContainerExited: Essential container in task exited." in describe(found, 60)


def test_the_table_holds_every_bar() -> None:
    found = life()
    assert len(tables(found)[0].rows) == sum(len(row.spans) for row in found.rows)


def test_the_picture_is_sound_and_says_what_it_shows() -> None:
    found = life()
    picture = ElementTree.fromstring(render(found, 10))
    assert picture.get("role") == "img" and picture.get("aria-label") == describe(found, 10)
    assert "exit 1" in render(found) and "desiredStatus STOPPED: EssentialContainerExited" in render(found)


def test_a_lab_draws_a_task_by_its_arn_and_knows_when_there_is_none() -> None:
    lab, task = ran()
    assert repr(taskline(lab, task)) == "<life of a task of web:1>"
    with pytest.raises(AwsError, match="The referenced task was not found"):
        taskline(lab, "nothing")
