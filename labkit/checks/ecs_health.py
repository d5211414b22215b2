"""The exercises of lesson 24 about staying alive: a service that keeps its number, a task that stops at once."""

from __future__ import annotations

from labkit.checks.ecs_answers import container, register, run
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing_ecs import definition_of, newest, running, tasks
from labkit.kinds import ecs
from labkit.kinds.ecs import Task
from labkit.lab import Lab

# Lesson 24.4: two, and the new ones


def _outdated(instances: int) -> Lab:
    lab = Lab.ecs(instances, seed=1)
    lab.aws(register("web", container("web")))
    lab.aws("ecs create-service --service-name web --task-definition web --desired-count 1")
    return lab.run("2m")


def _of(lab: Lab, version: str) -> list[Task]:
    """The tasks of web that run this version of the image."""
    alive = [one for one in tasks(lab, "web") if one.last_status == "RUNNING"]
    return [one for one in alive if _image(lab, one).endswith(f":{version}")]


def _image(lab: Lab, task: Task) -> str:
    return definition_of(lab, task).container_definitions[0].image


def _heals(lab: Lab) -> bool:
    """Whether two are back two minutes after any single one was stopped."""
    return bool(_of(lab, "2.0")) and all(len(_of(_without(lab, one), "2.0")) == 2 for one in _of(lab, "2.0"))


def _without(lab: Lab, task: Task) -> Lab:
    trial = lab.fork()
    trial.client.stop_task(task=task.id)
    return trial.run("2m")


def _wanted(lab: Lab) -> int:
    return sum(one["desiredCount"] for one in lab.cluster.list(ecs.SERVICE))


NEW = register("web", {**container("web"), "image": "shop/web:2.0"})
UPDATE = "aws ecs update-service --service web"

KEEP_TWO = Exercise(
    name="keep-two",
    task=(
        "The service web keeps one task of shop/web:1.0. Two tasks of shop/web:2.0 shall run instead, none of 1.0, and"
        " if one of them is stopped, another must come by itself."
    ),
    labs=(lambda: _outdated(2), lambda: _outdated(4)),
    goals=(
        Goal("Two tasks of shop/web:2.0 run.", lambda lab: len(_of(lab, "2.0")) == 2),
        Goal("None of shop/web:1.0 runs.", lambda lab: bool(_of(lab, "2.0")) and not _of(lab, "1.0")),
        Goal("If one is stopped, another comes.", _heals),
    ),
    signs=(
        Sign(
            "run-task keeps a task alive",
            lambda lab: len(_of(lab, "2.0")) > 1 and not _heals(lab),
        ),
        Sign(
            "services take the newest revision by themselves",
            lambda lab: newest(lab, "web").revision > 1 and not _of(lab, "2.0") and _wanted(lab) > 1,
        ),
        Sign("registering a task definition starts something", lambda lab: not _of(lab, "2.0")),
        Sign("desiredCount is set once and for all", lambda lab: len(_of(lab, "2.0")) == 1),
    ),
    hints=(
        "Two commands: one for the new revision, one that tells the service both what to run and how many.",
        f"{UPDATE} --task-definition web --desired-count 2, after registering shop/web:2.0 under the family web.",
    ),
    right=(
        f"{NEW}\n{UPDATE} --task-definition web --desired-count 2",
        f"{NEW}\n{UPDATE} --task-definition web:2\n{UPDATE} --desired-count 2",
        f"{NEW}\naws ecs delete-service --service web --force\n"
        "aws ecs create-service --service-name front --task-definition web:2 --desired-count 2",
    ),
    wrong={
        "registered only": Wrong("registering a task definition starts something", NEW),
        "only the number": Wrong(
            "services take the newest revision by themselves", f"{NEW}\n{UPDATE} --desired-count 2"
        ),
        "run by hand": Wrong(
            "run-task keeps a task alive",
            f"{NEW}\n{UPDATE} --desired-count 0\naws ecs run-task --task-definition web --count 2",
        ),
        "still one": Wrong("desiredCount is set once and for all", f"{NEW}\n{UPDATE} --task-definition web"),
    },
    time="6m",
)

# Lesson 24.5: it stops at once

METRICS = container("metrics", memory=128)
LARGER = {**METRICS, "memory": 1024}


def _falling() -> Lab:
    lab = Lab.ecs(2, seed=1)
    lab.behave("family:front", container="metrics", exits_after="8s", exit_code=2)
    lab.aws(register("front", container("front"), METRICS))
    lab.aws(run("front"))
    return lab.run("2m")


def _complete(lab: Lab) -> bool:
    """Whether both containers are part of the tasks that run."""
    names = [{one.name for one in definition_of(lab, task).container_definitions} for task in tasks(lab, "front")]
    return bool(names) and all({"front", "metrics"} <= each for each in names)


def _front_matters(lab: Lab) -> bool:
    """Whether a task stops when its front ends."""
    trial = lab.fork()
    trial.behave("family:front", container="front", exits_after="1s", exit_code=1)
    return running(lab, "front") > 0 and running(trial.run("1m"), "front") == 0


def front(*containers: dict[str, object]) -> str:
    """The answer that registers front anew and runs it."""
    return f"{register('front', *containers)}\n{run('front')}"


IT_STOPS_AT_ONCE = Exercise(
    name="it-stops-at-once",
    task=(
        "A task of front was run and has stopped after a few seconds. Find out why and make one run, with both of its"
        " containers. A task whose front ends must stop, as before."
    ),
    labs=(_falling,),
    goals=(
        Goal("A task of front runs.", lambda lab: running(lab, "front") > 0),
        Goal("front and metrics are both part of it.", _complete),
        Goal("When front ends, the task stops.", _front_matters),
    ),
    signs=(
        Sign("essential belongs to the helper", lambda lab: running(lab, "front") > 0 and not _front_matters(lab)),
        Sign("essential belongs to the helper", lambda lab: not _is_essential(lab, "front")),
        Sign("asking again repairs it", lambda lab: newest(lab, "front").revision == 1),
        Sign(
            "a restart policy saves an essential container",
            lambda lab: any(one.restart_policy for one in newest(lab, "front").container_definitions),
        ),
        Sign("an early end is for want of memory", lambda lab: _is_larger(lab)),
    ),
    hints=(
        "describe-tasks has stoppedReason, and an exitCode for each container. Whose end took the task with it?",
        "metrics ends with code 2, and containers are essential unless told otherwise.",
    ),
    right=(
        front(container("front"), {**METRICS, "essential": False}),
        front(
            {**METRICS, "essential": False, "restartPolicy": {"enabled": True}},
            container("front", memory=512, essential=True),
        ),
    ),
    wrong={
        "once more": Wrong("asking again repairs it", run("front")),
        "three of them": Wrong("asking again repairs it", run("front", 3)),
        "the wrong one": Wrong("essential belongs to the helper", front(container("front", essential=False), METRICS)),
        "more memory": Wrong(
            "an early end is for want of memory", front(container("front"), {**METRICS, "memory": 1024})
        ),
        "a restart policy": Wrong(
            "a restart policy saves an essential container",
            front(container("front"), {**METRICS, "restartPolicy": {"enabled": True}}),
        ),
    },
)


def _is_essential(lab: Lab, name: str) -> bool:
    return any(one.essential for one in newest(lab, "front").container_definitions if one.name == name)


def _is_larger(lab: Lab) -> bool:
    found = newest(lab, "front").container_definitions
    return any((one.memory or 0) > 256 for one in found)
