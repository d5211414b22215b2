"""The exercises of lesson 25 that ask for a placement: strategies, distinctInstance, the cluster query language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing_ecs import by_host, by_zone, hosts, running, tasks
from labkit.checks.placement_faults import STATIC_PORT, TOO_TALL
from labkit.kinds import Key, ecs
from labkit.lab import Lab

ZONE = "attribute:ecs.availability-zone"
EVEN = f"type=spread,field={ZONE}"


def shop(
    instances: int = 6, types: str | Sequence[str] | Mapping[str, int] = "m5.large", zones: str | Sequence[str] = "abc"
) -> Lab:
    """A cluster of ECS with the families web, db, cache and batch registered."""
    lab = Lab.ecs(instances, types, zones, seed=1)
    for family, cpu, memory in (("web", 256, 512), ("db", 512, 1024), ("cache", 128, 2048), ("batch", 512, 512)):
        container = {"name": family, "image": f"shop/{family}:1.0", "cpu": cpu, "memory": memory}
        lab.client.register_task_definition(family=family, containerDefinitions=[container])
    return lab


def shared(lab: Lab, family: str, number: int) -> Lab:
    """The same with tasks of a family on as many instances."""
    apart = [{"type": "distinctInstance"}]
    lab.client.run_task(taskDefinition=family, count=number, placementConstraints=apart)
    return lab.run("1m")


def _rules(lab: Lab, family: str) -> list[tuple[str, str]]:
    """The strategy that its first task was asked for with."""
    first = next((task for task in tasks(lab, family)), None)
    held: Any = lab.cluster.require(Key(ecs.TASK, "default", first.id)) if first else {}
    return [(rule["type"], rule.get("field", "")) for rule in held.get("placement", {}).get("strategy", ())]


def _kinds(lab: Lab, family: str) -> list[str]:
    return [kind for kind, _ in _rules(lab, family)]


# Lesson 25.1: even over the zones, on few instances


def _is_even(lab: Lab) -> bool:
    return set(by_zone(lab, "web").values()) == {2}


def _is_packed(lab: Lab) -> bool:
    return len(by_host(lab, "web")) == 3


def _spreads(field: str) -> Sign:
    name = "spreading over instances spreads zones"
    return Sign(name, lambda lab: any(rule == ("spread", field) for rule in _rules(lab, "web")) and not _is_even(lab))


def run_web(strategy: str = "", count: int = 6) -> str:
    """The command that runs so many tasks of web by a strategy."""
    return f"aws ecs run-task --task-definition web --count {count} {strategy}"


EVEN_AND_PACKED = Exercise(
    name="even-and-packed",
    task=(
        "Run six tasks of the family web: two in each zone, and inside each zone both on one instance, so that the"
        " other instances can be switched off."
    ),
    labs=(
        lambda: shop(),
        lambda: shop(7, zones="aaabc"),
        lambda: shared(shop(9), "cache", 4),
    ),
    goals=(
        Goal("Six tasks of web run.", lambda lab: running(lab, "web") == 6),
        Goal("Each zone has two of them.", _is_even),
        Goal("They are on three instances.", _is_packed),
    ),
    signs=(
        Sign(
            "the order of rules doesn't matter",
            lambda lab: _kinds(lab, "web")[:2] == ["binpack", "spread"] and not _is_even(lab),
        ),
        Sign("packing keeps the zones even", lambda lab: _kinds(lab, "web") == ["binpack"] and not _is_even(lab)),
        _spreads("instanceId"),
        _spreads("host"),
        Sign(
            "inside a zone ECS packs by itself",
            lambda lab: _kinds(lab, "web") == ["spread"] and _is_even(lab) and not _is_packed(lab),
        ),
        Sign("run-task spreads by default", lambda lab: bool(tasks(lab, "web")) and not _rules(lab, "web")),
    ),
    hints=(
        "Two rules, and the first matters most. Which of the two wishes may fail least?",
        f"--placement-strategy takes a list: {EVEN} and then type=binpack with a field.",
    ),
    right=(
        run_web(f"--placement-strategy {EVEN} type=binpack,field=memory"),
        run_web(f"--placement-strategy {EVEN} type=binpack,field=cpu"),
        run_web(f"""--placement-strategy '[{{"type": "spread", "field": "{ZONE}"}},
            {{"type": "binpack", "field": "memory"}}]'"""),
    ),
    wrong={
        "the other way round": Wrong(
            "the order of rules doesn't matter", run_web(f"--placement-strategy type=binpack,field=memory {EVEN}")
        ),
        "only packed": Wrong("packing keeps the zones even", run_web("--placement-strategy type=binpack,field=memory")),
        "over instances": Wrong(
            "spreading over instances spreads zones",
            run_web("--placement-strategy type=spread,field=instanceId type=binpack,field=memory"),
        ),
        "only zones": Wrong("inside a zone ECS packs by itself", run_web(f"--placement-strategy {EVEN}")),
        "no strategy": Wrong("run-task spreads by default", run_web()),
    },
)


# Lesson 25.2: never two on one instance


def _shares(lab: Lab) -> bool:
    return max(by_host(lab, "db").values(), default=0) > 1


def _possible(lab: Lab) -> int:
    return min(3, len(lab.cluster.keys(ecs.CONTAINER_INSTANCE)))


def run_db(how: str = "") -> str:
    """The command that runs three tasks of db."""
    return f"aws ecs run-task --task-definition db --count 3 {how}"


ONE_EACH = Exercise(
    name="one-each",
    task=(
        "Run three tasks of the family db. Never may two of them be on one instance: where there are only two"
        " instances, two run and the third isn't placed. Other families don't matter."
    ),
    labs=(
        lambda: shop(3),
        lambda: shop(2),
        lambda: shared(shop(4, zones="a"), "cache", 4),
    ),
    goals=(
        Goal(
            "As many run as there are instances for, at most three.", lambda lab: running(lab, "db") == _possible(lab)
        ),
        Goal("No two are on one instance.", lambda lab: bool(tasks(lab, "db")) and not _shares(lab)),
    ),
    signs=(
        Sign("a strategy is a promise", lambda lab: _shares(lab) and bool(_rules(lab, "db"))),
        Sign("run-task spreads by default", lambda lab: _shares(lab) and not _rules(lab, "db")),
        Sign("counting tasks tells whose they are", lambda lab: running(lab, "db") < _possible(lab)),
    ),
    hints=(
        "This must hold, even if a task can't be placed then. What binds, strategies or constraints?",
        "--placement-constraints type=distinctInstance",
    ),
    right=(
        run_db("--placement-constraints type=distinctInstance"),
        run_db('--placement-constraints type=memberOf,expression="not(task:group == family:db)"'),
        run_db("--placement-constraints type=distinctInstance --placement-strategy type=binpack,field=cpu"),
    ),
    wrong={
        "spread": Wrong("a strategy is a promise", run_db("--placement-strategy type=spread,field=instanceId")),
        "spread zones": Wrong("a strategy is a promise", run_db(f"--placement-strategy {EVEN}")),
        "no rule": Wrong("run-task spreads by default", run_db()),
        "empty instances": Wrong(
            "counting tasks tells whose they are",
            run_db('--placement-constraints type=memberOf,expression="runningTasksCount == 0"'),
        ),
    },
)


# Lesson 25.3: only there


def _types(lab: Lab) -> set[str]:
    return {one.instance_type.partition(".")[0] for one in hosts(lab, "web")}


def _zones(lab: Lab) -> set[str]:
    return {zone for zone, number in by_zone(lab, "web").items() if number}


def _meets_batch(lab: Lab) -> bool:
    return bool(set(by_host(lab, "web")) & set(by_host(lab, "batch")))


M5 = "attribute:ecs.instance-type =~ m5.*"
NOT_C = f"{ZONE} != us-east-1c"
AWAY = "not(task:group == family:batch)"


def run_where(*expressions: str) -> str:
    """The command that runs four tasks of web where all expressions hold."""
    rules = ", ".join(f'{{"type": "memberOf", "expression": "{one}"}}' for one in expressions)
    return run_web(f"--placement-constraints '[{rules}]'", 4)


ONLY_THERE = Exercise(
    name="only-there",
    task=(
        "Run four tasks of the family web: only on m5 instances, whatever their size, only in us-east-1a and"
        " us-east-1b, and never where a task of the family batch runs."
    ),
    labs=(
        lambda: shared(shop(0, {"m5.large": 6, "m5.xlarge": 3, "c5.xlarge": 3}), "batch", 6),
        lambda: shared(shop(0, {"c5.xlarge": 4, "m5.xlarge": 6, "r5.large": 2}), "batch", 5),
    ),
    goals=(
        Goal("Four tasks of web run.", lambda lab: running(lab, "web") == 4),
        Goal("They are on m5 instances.", lambda lab: _types(lab) == {"m5"}),
        Goal(
            "They are in us-east-1a and us-east-1b.",
            lambda lab: bool(_zones(lab)) and _zones(lab) <= {"us-east-1a", "us-east-1b"},
        ),
        Goal("None shares an instance with batch.", lambda lab: bool(tasks(lab, "web")) and not _meets_batch(lab)),
    ),
    signs=(
        Sign("a strategy is a promise", lambda lab: bool(_rules(lab, "web"))),
        Sign("a part of a value is enough", lambda lab: not tasks(lab, "web")),
        Sign(
            "strangers keep apart by themselves",
            lambda lab: _meets_batch(lab) and _types(lab) == {"m5"} and "us-east-1c" not in _zones(lab),
        ),
        Sign("and and or are read from left to right", lambda lab: bool(tasks(lab, "web"))),
    ),
    hints=(
        "Three conditions, one language: attribute:ecs.instance-type, attribute:ecs.availability-zone, task:group. Try"
        " yours first with list-container-instances --filter.",
        f"`{M5}` is the first. Join them with and, or give three constraints: all must hold.",
    ),
    right=(
        run_where(f"{M5} and {ZONE} in [us-east-1a, us-east-1b] and {AWAY}"),
        run_where(M5, NOT_C, AWAY),
        run_where(
            "(attribute:ecs.instance-type == m5.large or attribute:ecs.instance-type == m5.xlarge)"
            f" and {NOT_C} and {AWAY}"
        ),
    ),
    wrong={
        "no star": Wrong(
            "a part of a value is enough", run_where(f"attribute:ecs.instance-type =~ m5 and {NOT_C}", AWAY)
        ),
        "the zone's letter": Wrong("a part of a value is enough", run_where(f"{M5} and {ZONE} in [a, b] and {AWAY}")),
        "without parentheses": Wrong(
            "and and or are read from left to right",
            run_where(
                "attribute:ecs.instance-type == m5.large or attribute:ecs.instance-type == m5.xlarge"
                f" and {NOT_C} and {AWAY}"
            ),
        ),
        "batch forgotten": Wrong("strangers keep apart by themselves", run_where(f"{M5} and {NOT_C}")),
        "as a strategy": Wrong(
            "a strategy is a promise", run_web("--placement-strategy type=spread,field=attribute:ecs.instance-type", 4)
        ),
    },
)

EXERCISES = (EVEN_AND_PACKED, ONE_EACH, ONLY_THERE, TOO_TALL, STATIC_PORT)
