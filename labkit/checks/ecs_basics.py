"""The exercises of lesson 24, ECS basics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.checks.ecs_answers import Container, container, register, run
from labkit.checks.ecs_health import IT_STOPS_AT_ONCE, KEEP_TWO
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing_ecs import definition_of, running, tasks
from labkit.kinds import ecs
from labkit.kinds.ecs import Task
from labkit.lab import Lab

# Lesson 24.1: first the migration


def _migrating(seconds: int, code: int) -> Lab:
    lab = Lab.ecs(instances=2, seed=1)
    return lab.behave("family:shop", container="migrate", exits_after=seconds, exit_code=code)


def _versions(lab: Lab, family: str) -> Iterator[tuple[str, dict[str, Container]]]:
    """Every version of every task of a family there ever was: its id, and its containers by name."""
    for entry in lab.history:
        if entry.key.kind == ecs.TASK and entry.new and f"task-definition/{family}:" in entry.new["taskDefinitionArn"]:
            yield entry.key.name, {one["name"]: one for one in entry.new["containers"]}


def _too_early(lab: Lab) -> bool:
    """Whether web ran, in any task, before migrate had ended with exit code 0."""
    both = [(held["web"], held["migrate"]) for _, held in _versions(lab, "shop") if {"web", "migrate"} <= held.keys()]
    return any(web.get("runs") and migrate.get("exitCode") != 0 for web, migrate in both)


def _fails(lab: Lab) -> bool:
    """Whether this is the cluster in which the migration fails."""
    return any(held["migrate"].get("exitCode", 0) > 0 for _, held in _versions(lab, "shop") if "migrate" in held)


def _began(lab: Lab) -> bool:
    return any(held.get("migrate", {}).get("runs") for _, held in _versions(lab, "shop"))


def _serves(lab: Lab) -> bool:
    """Whether web runs where the migration went well."""
    return _began(lab) and (_fails(lab) or running(lab, "shop") > 0)


def _conditions(lab: Lab) -> set[str]:
    found = [one for one in lab.cluster.items(ecs.TASK_DEFINITION) if one.family == "shop"]
    return {each.condition for one in found for held in one.container_definitions for each in held.depends_on}


def shop(condition: str = "", **migrate: Any) -> str:
    """The answer in which web waits for that condition of migrate."""
    waits: Container = {"dependsOn": [{"containerName": "migrate", "condition": condition}]} if condition else {}
    return f"{register('shop', container('migrate', **migrate), container('web', **waits))}\n{run('shop')}"


FIRST_THE_MIGRATION = Exercise(
    name="first-the-migration",
    task=(
        "Run a task of the family shop with the containers migrate (shop/migrate:1.0) and web (shop/web:1.0). web may"
        " start only after migrate has ended with exit code 0, and must then run on."
    ),
    labs=(lambda: _migrating(10, 0), lambda: _migrating(45, 0), lambda: _migrating(15, 1)),
    goals=(
        Goal("migrate has run.", _began),
        Goal("web never ran before migrate had ended with exit code 0.", lambda lab: not _too_early(lab)),
        Goal("Where migrate ended well, web runs.", _serves),
    ),
    signs=(
        Sign("registering a task definition starts something", lambda lab: not lab.cluster.keys(ecs.TASK)),
        Sign("START waits for the end", lambda lab: _too_early(lab) and "START" in _conditions(lab)),
        Sign("COMPLETE means that it went well", lambda lab: _too_early(lab) and "COMPLETE" in _conditions(lab)),
        Sign("a container that has done its work stops quietly", lambda lab: _began(lab) and not _serves(lab)),
        Sign("containers of a task start in the order they are written", _too_early),
    ),
    hints=(
        "What a container waits for stands in its dependsOn: the name of another one, and a condition.",
        "The condition SUCCESS. What is waited for like that can't be essential.",
    ),
    right=(
        shop("SUCCESS", essential=False),
        register(
            "shop",
            container("web", dependsOn=[{"containerName": "migrate", "condition": "SUCCESS"}]),
            container("migrate", essential=False),
            more="--network-mode host",
        )
        + f"\n{run('shop', 2)}",
        "aws ecs register-task-definition --family shop --container-definitions"
        " name=migrate,image=shop/migrate:1.0,memory=128,essential=false"
        " 'name=web,image=shop/web:1.0,memory=128,dependsOn=[{containerName=migrate,condition=SUCCESS}]'\n"
        + run("shop"),
    ),
    wrong={
        "only START": Wrong("START waits for the end", shop("START", essential=False)),
        "any end": Wrong("COMPLETE means that it went well", shop("COMPLETE", essential=False)),
        "by order": Wrong("containers of a task start in the order they are written", shop(essential=False)),
        "essential": Wrong("a container that has done its work stops quietly", shop()),
        "registered only": Wrong(
            "registering a task definition starts something", shop("SUCCESS", essential=False).partition("\n")[0]
        ),
    },
)

# Lesson 24.2: ten on one machine


def _hungry() -> Lab:
    return Lab.ecs(instances=1, seed=1).behave("family:cache", memory="900Mi", starts_in="5s")


def _killed(lab: Lab) -> bool:
    found = [one for _, held in _versions(lab, "cache") for one in held.values()]
    return any(one.get("exitCode") == 137 for one in found)


def _amounts(lab: Lab, field: str) -> set[int | None]:
    found = [one for one in lab.cluster.items(ecs.TASK_DEFINITION) if one.family == "cache"]
    return {getattr(held, field) for one in found for held in one.container_definitions}


def _capped(lab: Lab) -> bool:
    """Whether each task that runs has a hard limit of at most 1,024 MiB."""
    limits = [one.memory or 0 for task in tasks(lab, "cache") for one in definition_of(lab, task).container_definitions]
    return bool(limits) and all(0 < limit <= 1024 for limit in limits)


def cache(**amounts: int) -> str:
    """The answer that registers cache with those amounts of memory and runs ten."""
    return f"{register('cache', {'name': 'cache', 'image': 'shop/cache:1.0', **amounts})}\n{run('cache', 10)}"


TEN_ON_ONE = Exercise(
    name="ten-on-one",
    task=(
        "Run ten tasks of the family cache (shop/cache:1.0) on one m5.large with 7,680 MiB. Each takes 400 MiB usually"
        " and 900 MiB at times; none may ever take more than 1,024 MiB."
    ),
    labs=(_hungry,),
    goals=(
        Goal("Ten tasks of cache run.", lambda lab: running(lab, "cache") == 10),
        Goal("None was killed for its memory.", lambda lab: bool(tasks(lab, "cache")) and not _killed(lab)),
        Goal("None can take more than 1,024 MiB.", _capped),
    ),
    signs=(
        Sign("registering a task definition starts something", lambda lab: not lab.cluster.keys(ecs.TASK)),
        Sign("memory is what a container usually takes", _killed),
        Sign(
            "a hard limit costs nothing",
            lambda lab: running(lab, "cache") < 10 and _amounts(lab, "memory_reservation") == {None},
        ),
        Sign("the reservation is the highest that may be used", lambda lab: running(lab, "cache") < 10),
    ),
    hints=(
        "What is subtracted from the instance, and what is a container killed for? Two fields.",
        "memory is the hard limit, memoryReservation is what is kept for each: 7,680 MiB for ten.",
    ),
    right=(cache(memory=1024, memoryReservation=400), cache(memory=960, memoryReservation=768, cpu=128)),
    wrong={
        "what it usually takes": Wrong("memory is what a container usually takes", cache(memory=400)),
        "the limit alone": Wrong("a hard limit costs nothing", cache(memory=1024)),
        "all reserved": Wrong(
            "the reservation is the highest that may be used", cache(memory=1024, memoryReservation=1000)
        ),
        "registered only": Wrong(
            "registering a task definition starts something",
            cache(memory=1024, memoryReservation=400).partition("\n")[0],
        ),
    },
)

# Lesson 24.3: without a machine


def _machines(instances: int) -> Lab:
    return Lab.ecs(instances=instances, seed=1)


def _on_fargate(lab: Lab) -> list[Task]:
    found = [one for one in tasks(lab, "report") if one.launch_type == "FARGATE"]
    return [one for one in found if one.last_status == "RUNNING"]


def _sizes(lab: Lab) -> set[tuple[int, int]]:
    """CPU units and MiB of its tasks."""
    return {(one.reserved.cpu, one.reserved.memory) for one in tasks(lab, "report")}


def report(cpu: str, memory: str, start: str = "--launch-type FARGATE", compatible: str = "FARGATE EC2") -> str:
    """The answer that registers report of that size and runs it."""
    size = f"--cpu '{cpu}' --memory '{memory}' --network-mode awsvpc --requires-compatibilities {compatible}"
    where = "--network-configuration awsvpcConfiguration={subnets=[subnet-0ec50000000000001]}"
    made = {"name": "report", "image": "shop/report:1.0"}
    return f"{register('report', made, more=size)}\n{run('report', 1, f'{start} {where}')}"


WITHOUT_A_MACHINE = Exercise(
    name="without-a-machine",
    task=(
        "Run a task of the family report (shop/report:1.0) on Fargate, in the smallest size that has at least 3 GB of"
        " memory. Its subnet is subnet-0ec50000000000001."
    ),
    labs=(lambda: _machines(2), lambda: _machines(1)),
    goals=(
        Goal("A task of report runs on Fargate.", lambda lab: bool(_on_fargate(lab))),
        Goal(
            "It has 3 GB of memory or more.",
            lambda lab: bool(_sizes(lab)) and all(mib >= 3072 for _, mib in _sizes(lab)),
        ),
        Goal("No size that costs less has as much.", lambda lab: _sizes(lab) == {(512, 3072)}),
    ),
    signs=(
        Sign(
            "registering a task definition starts something",
            lambda lab: not lab.cluster.keys(ecs.TASK),
        ),
        Sign(
            "a definition made for Fargate runs on Fargate",
            lambda lab: bool(tasks(lab, "report")) and not _on_fargate(lab),
        ),
        Sign("on Fargate a container takes what it needs", lambda lab: any(mib < 3072 for _, mib in _sizes(lab))),
        Sign("Fargate sizes come in whole vCPUs", lambda lab: any(cpu > 512 for cpu, _ in _sizes(lab))),
    ),
    hints=(
        "Look at the table of sizes: which rows have 3 GB, and which of them has the fewest CPU units?",
        "512 units with 3 GB, network mode awsvpc, --launch-type FARGATE and a network configuration with the subnet.",
    ),
    right=(report("512", "3072"), report("0.5 vCPU", "3 GB", compatible="FARGATE")),
    wrong={
        "too small": Wrong("on Fargate a container takes what it needs", report("512", "2048")),
        "a whole vCPU": Wrong("Fargate sizes come in whole vCPUs", report("1 vCPU", "3 GB")),
        "no launch type": Wrong("a definition made for Fargate runs on Fargate", report("512", "3072", "")),
        "registered only": Wrong(
            "registering a task definition starts something", report("512", "3072").partition("\n")[0]
        ),
    },
)

EXERCISES = (FIRST_THE_MIGRATION, TEN_ON_ONE, WITHOUT_A_MACHINE, KEEP_TWO, IT_STOPS_AT_ONCE)
