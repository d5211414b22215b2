"""Why a task on Fargate is in its zone, and where a service's next one would go: told in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from labkit.cluster import Cluster
from labkit.ecs import arns, capabilities, choices, fargate
from labkit.ecs.capacityproviders import split
from labkit.ecs.fargate import Zone
from labkit.ecs.requests import Object
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import Service, Task


@dataclass(frozen=True)
class Spread:
    """A task on Fargate: its group and provider, the zones it could have, and the one it has or would get.

    `shares`: how many tasks of the group each provider had, where there is a strategy. `notes`: what labkit chose.
    """

    group: str
    provider: str
    zones: tuple[Zone, ...]
    chosen: str | None
    shares: dict[str, int]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """The whole story, line by line."""
        where = self.chosen or f"nowhere: {fargate.NO_CAPACITY}"
        lines = [f"{self.group} on {self.provider}: {where}"]
        if self.shares:
            held = ", ".join(f"{name} {count}" for name, count in self.shares.items())
            lines.append(f"  capacity providers, tasks of the group before: {held}")
        lines.append(f"  zones of its subnets, tasks of the group on {self.provider} before:")
        lines += [f"    {one.name}: {one.tasks if one.has_room else 'no room'}{self._mark(one)}" for one in self.zones]
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    __repr__ = __str__

    def _mark(self, zone: Zone) -> str:
        return "  <- the fewest" if zone.name == self.chosen else ""


def why(world: Cluster, key: Key) -> Spread:
    """Why a task is in its zone: as the world was when it began."""
    task: Task = world.read(key)
    first = next(place for place, entry in enumerate(world.history) if entry.key == key)
    provider = task.capacity_provider_name or "FARGATE"
    before = world.as_of(first)
    shares = _shares(before, key.namespace, task.group) if task.capacity_provider_name else {}
    found = fargate.zones(before, provider, _zones(task.network_configuration), key.namespace, task.group)
    return Spread(
        task.group, provider, tuple(found), task.availability_zone, shares, (choices.ZONES, *choices.of_task(task))
    )


def why_next(world: Cluster, key: Key) -> Spread:
    """Where the next task of a service on Fargate would go."""
    service: Service = world.read(key)
    group, strategy = f"service:{key.name}", service.capacity_provider_strategy
    shares = _shares(world, key.namespace, group) if strategy else {}
    behind = Counter(split(strategy, sum(shares.values()) + 1)) - Counter(shares) if strategy else Counter(["FARGATE"])
    provider = next(iter(behind))
    asked = provider, _zones(service.network_configuration), key.namespace, group
    found, chosen = fargate.zones(world, *asked), fargate.zone(world, *asked)
    notes = choices.ZONES, *choices.of_service(service)
    return Spread(group, provider, tuple(found), chosen, shares, notes)


def _zones(network: Object) -> tuple[str, ...]:
    subnets = (network.get("awsvpcConfiguration") or {}).get("subnets") or ()
    return capabilities.zones_of(subnets) or (f"{arns.REGION}a",)


def _shares(world: Cluster, cluster: str, group: str) -> dict[str, int]:
    alive = [one for one in world.list(ecs.TASK, cluster) if one["desiredStatus"] == "RUNNING"]
    tasks = [one for one in alive if one["group"] == group]
    return dict(Counter(one["capacityProviderName"] for one in tasks if one.get("capacityProviderName")))
