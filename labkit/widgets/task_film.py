"""The state of the task lifecycle, without any widget: a task with the chosen containers lives in a lab of its own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from labkit.ecs import tasks
from labkit.kinds import Key, ecs
from labkit.lab import Lab
from labkit.views.tasklife import TaskLife, read

RUNS_ON, WEB_ENDS, HELPER_ENDS, HELPER_FAILS, HANGS, STOPPED, SWITCHED_OFF, NO_IMAGE = (
    "nothing happens", "web ends, exit code 1", "helper ends, exit code 0", "helper ends, exit code 1",
    "web hangs", "you stop the task", "its instance fails", "web's image can't be pulled",
)  # fmt: skip
FATES = (RUNS_ON, WEB_ENDS, HELPER_ENDS, HELPER_FAILS, HANGS, STOPPED, SWITCHED_OFF, NO_IMAGE)
CONDITIONS = ("nothing", "START", "HEALTHY", "COMPLETE", "SUCCESS")
CHECK = {"command": ["CMD-SHELL", "curl -f http://localhost/"], "interval": 10, "retries": 2}
QUERY = (
    "tasks[].{lastStatus:lastStatus,desiredStatus:desiredStatus,healthStatus:healthStatus,stopCode:stopCode,"
    "stoppedReason:stoppedReason,containers:containers[].{name:name,lastStatus:lastStatus,healthStatus:healthStatus,"
    "exitCode:exitCode,reason:reason}}"
)
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0ec50000000000001"]}}


class Choice(NamedTuple):
    """What the learner may set: where the task runs, its containers, and what happens `after` seconds.

    For a container that ends or hangs `after` counts from its start, otherwise from the task's.
    """

    launch_type: str = "EC2"
    mode: str = "awsvpc"
    fate: str = RUNS_ON
    after: int = 30
    check: bool = False
    depends: str = "nothing"
    essential: bool = False
    balancer: bool = False
    stops_in: int = 3
    stop_timeout: int = 30
    length: int = 120

    def definition(self) -> dict[str, Any]:
        """The task definition."""
        both: dict[str, Any] = {"stopTimeout": self.stop_timeout} | ({"healthCheck": CHECK} if self.check else {})
        helper = {"name": "helper", "image": "shop/helper:1.0", "essential": self.essential, **both}
        web = {"name": "web", "image": "shop/web:1.0", "essential": True, **both}
        if self.depends != "nothing":
            web["dependsOn"] = [{"containerName": "helper", "condition": self.depends}]
        size = {"cpu": "256", "memory": "512"}
        return {"family": "web", "requiresCompatibilities": [self.launch_type], "networkMode": self.mode, **size,
                "containerDefinitions": [helper, web]}  # fmt: skip

    def behaviour(self) -> dict[str, dict[str, Any]]:
        """What `lab.behave` is told of each container."""
        told: dict[str, dict[str, Any]] = {
            WEB_ENDS: {"web": {"exits_after": self.after, "exit_code": 1}},
            HELPER_ENDS: {"helper": {"exits_after": self.after, "exit_code": 0}},
            HELPER_FAILS: {"helper": {"exits_after": self.after, "exit_code": 1}},
            HANGS: {"web": {"live": f"{self.after}s"}},
            NO_IMAGE: {"web": {"image_error": "pull access denied for shop/web, repository does not exist"}},
        }
        own = told.get(self.fate, {})
        return {**own, "web": {"starts_in": 3, "stops_in": self.stops_in, **own.get("web", {})}}


class Film(NamedTuple):
    """A task's life and the lab it was lived in, its first second there and the task's ARN."""

    life: TaskLife
    lab: Lab
    start: float
    task: str

    def told(self, at: float) -> str:
        """What `describe-tasks` prints, so many seconds after the task was asked for."""
        command = f"ecs describe-tasks --tasks {self.task} --query '{QUERY}' --output table"
        return str(self.lab.at(self.start + at).aws(command)).strip()


@lru_cache(maxsize=1)
def base() -> Lab:
    """One instance, just registered; it is forked, never changed."""
    return Lab.ecs(instances=1, zones="a", seed=1)


@lru_cache(maxsize=64)
def film(choice: Choice) -> Film | str:
    """The task's life under this choice, or why its definition is refused."""
    lab = base().fork()
    try:
        lab.client.register_task_definition(**choice.definition())
        task = _run(lab, choice)
    except lab.client.exceptions.ClientException as refused:
        return str(refused)
    start = lab.now
    _live(lab, choice, task)
    lab.run(start + choice.length - lab.now)
    return Film(read(lab, task, length=choice.length), lab, start, task)


def _run(lab: Lab, choice: Choice) -> str:
    for container, does in choice.behaviour().items():
        lab.behave("family:web", container=container, **does)
    network: dict[str, Any] = {"networkConfiguration": NETWORK} if choice.mode == "awsvpc" else {}
    task: str = lab.client.run_task(taskDefinition="web", launchType=choice.launch_type, **network)["tasks"][0][
        "taskArn"
    ]
    if choice.balancer:
        _register_target(lab, task)
    return task


def _register_target(lab: Lab, task: str) -> None:
    """Put a task behind a balancer that lets 15 s pass before a target is gone; run-task itself never does."""
    key = Key(ecs.TASK, "default", task.rpartition("/")[2])
    balancer = {"targetGroupArn": "web", "containerName": "web", "containerPort": 80}
    tasks.changed(lab.cluster, key, loadBalancers=[balancer], deregistrationSeconds=15.0)


def _live(lab: Lab, choice: Choice, task: str) -> None:
    """Let happen what comes from outside, at its moment."""
    if choice.fate in (STOPPED, SWITCHED_OFF):
        lab.run(choice.after)
    if choice.fate == STOPPED:
        lab.client.stop_task(task=task)
    if choice.fate == SWITCHED_OFF and choice.launch_type == "EC2":
        lab.fail("a")
