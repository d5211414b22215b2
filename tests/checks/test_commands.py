"""Answers that are commands, of kubectl and of aws, and what counts as touched in a lab of ECS."""

from __future__ import annotations

import pytest

from labkit.checks import Exercise, Status, play, questions
from labkit.errors import CommandError
from labkit.lab import Lab

REGISTER = "aws ecs register-task-definition --family web --container-definitions name=web,image=nginx,memory=64"


@pytest.fixture
def exercise() -> Exercise:
    found: Exercise = questions("25-ecs-placement").static_port.exercise
    return found


def test_a_line_that_is_no_command_goes_on_with_the_one_before() -> None:
    answer = f"# first\n{REGISTER}\n\n%aws ecs run-task --count 2 \\\n    --task-definition web\n"
    lab = play(Lab.ecs(1), answer, "1m")
    assert len(lab.client.list_tasks()["taskArns"]) == 2


def test_the_word_aws_may_be_left_out() -> None:
    assert play(Lab.ecs(1), REGISTER.removeprefix("aws "), "1s").client.list_task_definitions()["taskDefinitionArns"]


@pytest.mark.parametrize("line", ["aws ecs run-task", "aws ecs", 'aws ecs run-task --cluster "open'])
def test_a_refused_command_is_named_with_its_words(line: str) -> None:
    with pytest.raises(CommandError) as refused:
        play(Lab.ecs(1), line, "1s")
    assert refused.value.hint == f"in: {line}"


def test_stopping_a_task_counts_as_touched(exercise: Exercise) -> None:
    lab = exercise.lab()
    lab.client.stop_task(task=lab.client.list_tasks()["taskArns"][0])
    assert exercise.check(lab).status is not Status.NOT_ATTEMPTED


def test_a_container_instance_that_left_is_a_broken_cluster(exercise: Exercise) -> None:
    lab = exercise.lab()
    arn = lab.client.list_container_instances()["containerInstanceArns"][0]
    lab.client.deregister_container_instance(containerInstance=arn, force=True)
    outcome = exercise.check(lab)
    assert outcome.status is Status.BROKEN
    assert arn.rpartition("/")[2] in str(outcome)
