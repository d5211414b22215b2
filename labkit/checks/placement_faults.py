"""The exercises of lesson 25 that begin with a symptom: ECS can't place a task."""

from __future__ import annotations

from typing import Any

from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing_ecs import by_host, definition_of, newest, running, tasks
from labkit.kinds import ecs
from labkit.kinds.ecs import Task
from labkit.lab import Lab

REGISTERED = 7680
"""MiB that an m5.large registers."""


# Lesson 25.4: eight gigabytes on an eight-gigabyte machine


def _untaken() -> Lab:
    lab = Lab.ecs(3, seed=1)
    container = {"name": "report", "image": "shop/report:1.0", "cpu": 512, "memory": 8192}
    lab.client.register_task_definition(family="report", containerDefinitions=[container])
    lab.client.create_service(serviceName="report", taskDefinition="report", desiredCount=2)
    return lab.run("5m")


def _limit(lab: Lab) -> int:
    """What the newest revision takes of an instance, in MiB."""
    return sum(one.memory_reservation or one.memory or 0 for one in newest(lab, "report").container_definitions)


def _served(lab: Lab) -> list[Task]:
    """The running tasks of the service report."""
    return [one for one in lab.cluster.items(ecs.TASK) if one.service == "report" and one.last_status == "RUNNING"]


def _most(lab: Lab) -> int:
    """The most that the smallest of its tasks may use, in MiB; 0 without tasks."""
    limits = [one.memory or 0 for task in _served(lab) for one in definition_of(lab, task).container_definitions]
    return min(limits, default=0)


def report(memory: str, cpu: int = 512) -> str:
    """The command that registers a revision of report."""
    made = f"name=report,image=shop/report:1.0,cpu={cpu},{memory}"
    return f"aws ecs register-task-definition --family report --container-definitions {made}"


UPDATE = "aws ecs update-service --service report"
PACKED = "type=spread,field=attribute:ecs.availability-zone type=binpack,field=memory"
NEWEST = f"{UPDATE} --task-definition report"

TOO_TALL = Exercise(
    name="too-tall",
    task=(
        "The service report wants two tasks and has none: it is unable to place a task, though the instances are empty"
        " and have 8 GiB each. Make it run two on these instances; each must be allowed to use 6 GiB or more."
    ),
    labs=(_untaken,),
    goals=(
        Goal("Two tasks of the service report run.", lambda lab: len(_served(lab)) == 2),
        Goal("Each may use at least 6,144 MiB.", lambda lab: _most(lab) >= 6144),
    ),
    signs=(
        Sign("asking another way makes room", lambda lab: newest(lab, "report").revision == 1),
        Sign(
            "less cpu makes room for memory",
            lambda lab: _limit(lab) >= 8192 and newest(lab, "report").container_definitions[0].cpu < 512,
        ),
        Sign("an 8 GiB machine gives 8 GiB", lambda lab: _limit(lab) > REGISTERED),
        Sign("a new revision replaces what was asked before", lambda lab: not _served(lab)),
    ),
    hints=(
        "The events name what is short. Compare what a task asks for with registeredResources of an instance.",
        f"An m5.large registers {REGISTERED} MiB. Register a revision that asks for less, then update the service.",
    ),
    right=(
        f"{report('memory=7168')}\n{NEWEST}",
        f"{report('memory=8192,memoryReservation=6144')}\n{NEWEST}",
    ),
    wrong={
        "pack them": Wrong("asking another way makes room", f"{UPDATE} --placement-strategy {PACKED}"),
        "deploy again": Wrong("asking another way makes room", f"{UPDATE} --force-new-deployment"),
        "less cpu": Wrong("less cpu makes room for memory", f"{report('memory=8192', cpu=128)}\n{NEWEST}"),
        "eight thousand": Wrong("an 8 GiB machine gives 8 GiB", f"{report('memory=8000')}\n{NEWEST}"),
        "registered only": Wrong("a new revision replaces what was asked before", report("memory=7168")),
        "run beside it": Wrong(
            "a new revision replaces what was asked before",
            f"{report('memory=7168')}\naws ecs run-task --task-definition report --count 2",
        ),
    },
)


# Lesson 25.5: one port, four copies


def _clashing() -> Lab:
    lab = Lab.ecs(3, seed=1)
    ports = [{"containerPort": 80, "hostPort": 80}]
    container = {"name": "front", "image": "shop/front:1.0", "cpu": 128, "memory": 256, "portMappings": ports}
    lab.client.register_task_definition(family="front", containerDefinitions=[container])
    lab.client.run_task(taskDefinition="front", count=7)
    return lab.run("1m")


def _listening(lab: Lab) -> int:
    """How many running tasks have a container that is reached at its port 80."""
    made = [definition_of(lab, task) for task in tasks(lab, "front") if task.last_status == "RUNNING"]
    return sum(any(_mapped(one) for one in each.container_definitions) for each in made)


def _mapped(container: Any) -> bool:
    return any(port.container_port == 80 for port in container.port_mappings)


def _host_ports(lab: Lab) -> set[int]:
    found = newest(lab, "front").container_definitions
    return {port.host_port for one in found for port in one.port_mappings if port.host_port}


def front(ports: str, more: str = "") -> str:
    """The command that registers a revision of front."""
    made = f'[{{"name": "front", "image": "shop/front:1.0", "cpu": 128, "memory": 256, "portMappings": [{{{ports}}}]}}]'
    return f"aws ecs register-task-definition --family front {more} --container-definitions '{made}'"


RUN_FRONT = "aws ecs run-task --task-definition front --count 4"
ANY, ZERO, OTHER = '"containerPort": 80', '"containerPort": 80, "hostPort": 0', '"containerPort": 80, "hostPort": 8080'

STATIC_PORT = Exercise(
    name="static-port",
    task=(
        "Seven tasks of front were asked for and three run, though the instances are almost empty. Make seven run at"
        " the same time on these three instances. Their containers listen on port 80."
    ),
    labs=(_clashing,),
    goals=(
        Goal("At least seven tasks of front run.", lambda lab: running(lab, "front") >= 7),
        Goal("Each maps its container's port 80.", lambda lab: _listening(lab) == running(lab, "front") > 0),
        Goal("They are on all three instances.", lambda lab: len(by_host(lab, "front")) == 3),
    ),
    signs=(
        Sign("asking another way makes room", lambda lab: newest(lab, "front").revision == 1),
        Sign("in host mode every task has its own ports", lambda lab: newest(lab, "front").network_mode == "host"),
        Sign("another fixed port is free for all", lambda lab: bool(_host_ports(lab))),
        Sign("a new revision replaces what was asked before", lambda lab: running(lab, "front") < 7),
    ),
    hints=(
        "Ask for one more and read the reason in failures. Which number in the task definition can be taken only once?",
        "Register a revision without hostPort: each task gets a free port above 32767. Then run four more.",
    ),
    right=(
        f"{front(ANY)}\n{RUN_FRONT}",
        f"{front(ZERO)}\n{RUN_FRONT}",
    ),
    wrong={
        "once more": Wrong("asking another way makes room", RUN_FRONT),
        "spread them": Wrong(
            "asking another way makes room", f"{RUN_FRONT} --placement-strategy type=spread,field=instanceId"
        ),
        "host mode": Wrong(
            "in host mode every task has its own ports",
            f"{front(ANY, '--network-mode host')}\n{RUN_FRONT}",
        ),
        "another port for all": Wrong(
            "another fixed port is free for all",
            f"{front(OTHER)}\n{RUN_FRONT}",
        ),
        "registered only": Wrong("a new revision replaces what was asked before", front(ANY)),
    },
)
