"""What the placement lab tries: a workload, instances, and what ECS makes of them under each strategy. No widgets.

Every board is made by labkit.ecs.placement on a fleet of real container instances; nothing is stored.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, NamedTuple

import msgspec

from labkit.ecs.placement import Fleet, Request, check_placement, choose_to_stop, fleet_of, place
from labkit.instancetypes import instance_type
from labkit.kinds.ecs import ContainerInstance, PlacementConstraint, PlacementStrategy, Reserved, Task
from labkit.lab import Lab
from labkit.views.placement_board import LOST, STAYS, STOPPED, Board, Column, Machine

ZONE = "attribute:ecs.availability-zone"
Rules = tuple[tuple[str, str], ...]

STRATEGIES: dict[str, Rules] = {
    "random": (("random", ""),),
    "spread zones": (("spread", ZONE),),
    "spread instances": (("spread", "instanceId"),),
    "spread zones, then instances": (("spread", ZONE), ("spread", "instanceId")),
    "binpack memory": (("binpack", "memory"),),
    "binpack cpu": (("binpack", "cpu"),),
    "spread zones, then binpack memory": (("spread", ZONE), ("binpack", "memory")),
    "spread zones, then binpack cpu": (("spread", ZONE), ("binpack", "cpu")),
    "binpack memory, then spread zones": (("binpack", "memory"), ("spread", ZONE)),
    "spread types, then instances": (("spread", "attribute:ecs.instance-type"), ("spread", "instanceId")),
}
"""The strategies to choose from: rules of type and field, in order."""

USUAL = ("random", "spread zones, then instances", "binpack memory", "spread zones, then binpack memory")
TYPES = ("m5.large", "c5.xlarge", "r5.large")
NOTHING, DISTINCT, MEMBER = CONSTRAINTS = ("none", "distinctInstance", "memberOf")
NOBODY, INSTANCE, WHOLE_ZONE = DEATHS = ("nothing", "the fullest instance", "the fullest zone")
GROUP = "service:web"


class Choice(NamedTuple):
    """What is tried. `cpu` units and `memory` MiB of each of `tasks` tasks; `mix`: how many of each of TYPES;
    `stop`: how many tasks are stopped afterwards; `dies`: one of DEATHS; `draw` seeds what is left to chance."""

    cpu: int = 256
    memory: int = 1024
    tasks: int = 12
    mix: tuple[int, ...] = (6, 0, 0)
    zones: str = "abc"
    strategies: tuple[str, ...] = USUAL
    constraint: str = NOTHING
    expression: str = "attribute:ecs.instance-type =~ m5.*"
    stop: int = 0
    dies: str = NOBODY
    draw: int = 1

    def constraints(self) -> list[dict[str, str]]:
        """The placement constraints as the API takes them."""
        if self.constraint == NOTHING:
            return []
        return [{"type": self.constraint, **({"expression": self.expression} if self.constraint == MEMBER else {})}]


def api_strategy(name: str) -> list[dict[str, str]]:
    """A strategy as the API takes it: `[{"type": "spread", "field": "instanceId"}]`."""
    return [{"type": kind, **({"field": field} if field else {})} for kind, field in STRATEGIES[name]]


def board(choice: Choice) -> Board:
    """Place the workload under each strategy. AwsError where the constraint can't be read."""
    check_placement(choice.constraints())
    lab = Lab.ecs(0, dict(zip(TYPES, choice.mix, strict=True)), choice.zones)
    fleet = fleet_of(lab.cluster, "default")
    columns = tuple(_column(choice, fleet.copy(), name) for name in choice.strategies)
    return Board(columns, choice.tasks, choice.cpu, choice.memory)


def _column(choice: Choice, fleet: Fleet, name: str) -> Column:
    request = _request(choice, name)
    rng, tasks, refusals = Random(choice.draw), [], Counter[str]()
    for number in range(choice.tasks):
        decision = place(fleet, request, rng)
        if decision.row is None:
            refusals = Counter(failure["reason"] for failure in decision.failures)
            break
        task = _task(f"task-{number:02}", decision.arn or "", request)
        fleet.put(task.id, decision.row, GROUP, request.reserved)
        tasks.append(task)
    stopped = {stop.task.id for stop in choose_to_stop(fleet, tasks, choice.stop, request.rules, rng)}
    seen = [_machine(str(n), one, tasks, stopped) for n, one in enumerate(fleet.instances, 1)]
    machines = _killed(seen, choice.dies)
    return Column(name, tuple(machines), choice.tasks - len(tasks), tuple(refusals.most_common()))


def _request(choice: Choice, name: str) -> Request:
    bound = msgspec.convert(choice.constraints(), list[PlacementConstraint])
    rules = tuple(PlacementStrategy(*rule) for rule in STRATEGIES[name])
    return Request(GROUP, Reserved(choice.cpu, choice.memory), (), tuple(bound), rules)


def _task(id: str, instance: str, request: Request) -> Task:
    return Task(id, "", "", "RUNNING", "RUNNING", instance, GROUP, reserved=request.reserved)


def _machine(name: str, one: ContainerInstance, tasks: list[Task], stopped: set[str]) -> Machine:
    mine = [task.id in stopped for task in tasks if task.container_instance_arn == one.container_instance_arn]
    states = tuple(STOPPED if gone else STAYS for gone in sorted(mine))
    price = instance_type(one.instance_type).price
    return Machine(name, one.instance_type, one.zone, one.registered("CPU"), one.registered("MEMORY"), price, states)


def _killed(machines: list[Machine], dies: str) -> list[Machine]:
    """The same with what dies dead: the fullest instance, or all of the zone that holds most tasks."""
    load: Counter[str] = Counter()
    for one in machines:
        load[_place(one, dies)] += one.running
    worst = load.most_common(1)[0][0] if load and dies != NOBODY else None
    return [_dead(one) if _place(one, dies) == worst else one for one in machines]


def _place(one: Machine, dies: str) -> str:
    return one.zone if dies == WHOLE_ZONE else one.name


def _dead(one: Machine) -> Machine:
    return one._replace(dead=True, tasks=tuple(LOST if state == STAYS else state for state in one.tasks))


def requests(choice: Choice) -> dict[str, Any]:
    """What is asked of the API, by strategy: the parameters of run-task that placement reads."""
    constraints = {"placementConstraints": choice.constraints()} if choice.constraints() else {}
    return {name: {"placementStrategy": api_strategy(name), **constraints} for name in choice.strategies}
