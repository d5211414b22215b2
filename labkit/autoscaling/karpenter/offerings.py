"""What can be bought: instance types as sets of labels, with what they hold and what they cost where.

Source: karpenter-provider-aws pkg/providers/instancetype/types.go, 1.14: memory is what is advertised less 7.5 %
(VM_MEMORY_OVERHEAD_PERCENT), less what the kubelet keeps. Prices: labkit.instancetypes; Spot's are fictional.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from labkit.autoscaling.karpenter.requirements import Requirement, Requirements, requirement
from labkit.cloud.nodes import EVICTION_MEMORY, TYPE_LABEL, capacity, reserved
from labkit.instancetypes import InstanceType, table

ZONE, ARCH, OS = "topology.kubernetes.io/zone", "kubernetes.io/arch", "kubernetes.io/os"
CAPACITY_TYPE, POOL = "karpenter.sh/capacity-type", "karpenter.sh/nodepool"
AWS = "karpenter.k8s.aws/instance-"
SPOT, ON_DEMAND = "spot", "on-demand"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
MEMORY_OVERHEAD = 0.075
MOST_SENT = 60
"""So many of the cheapest types are handed to EC2 Fleet."""

_FAMILY = re.compile(r"([a-z]+)(\d+)")


class Offering(NamedTuple):
    """A type in a zone as Spot or on demand, for so many USD an hour."""

    zone: str
    capacity_type: str
    price: float


class Size(NamedTuple):
    """What pods ask for, or a machine has: cpu in millicores, memory in bytes, pods."""

    cpu: int = 0
    memory: int = 0
    pods: int = 0

    def plus(self, other: Size) -> Size:
        """Both together."""
        return Size(self.cpu + other.cpu, self.memory + other.memory, self.pods + other.pods)

    def holds(self, other: Size) -> bool:
        """Whether the other fits."""
        return self.cpu >= other.cpu and self.memory >= other.memory and self.pods >= other.pods


class Machine(NamedTuple):
    """An instance type: the labels its nodes can get, the room for pods, and where it is sold."""

    type: InstanceType
    requirements: Requirements
    room: Size
    offerings: tuple[Offering, ...]

    def cheapest(self, wanted: Requirements) -> Offering | None:
        """The cheapest way to buy it that the requirements allow."""
        return min((one for one in self.offerings if allows(wanted, one)), key=lambda one: one.price, default=None)


def allows(wanted: Requirements, offering: Offering) -> bool:
    """Whether requirements leave an offering."""
    zone, bought = wanted.get(ZONE), wanted.get(CAPACITY_TYPE)
    return (zone is None or zone.has(offering.zone)) and (bought is None or bought.has(offering.capacity_type))


@cache
def catalogue(zones: tuple[str, ...] = ZONES) -> tuple[Machine, ...]:
    """Every type that is sold, in those zones."""
    return tuple(_machine(of, zones) for of in table().values())


def _machine(of: InstanceType, zones: Sequence[str]) -> Machine:
    offerings = [Offering(zone, ON_DEMAND, of.price) for zone in zones]
    offerings += [Offering(zone, SPOT, of.spot_price) for zone in zones]
    return Machine(of, Requirements.of(_labels(of, zones)), _room(of), tuple(offerings))


def _room(of: InstanceType) -> Size:
    kept = reserved(of)
    memory = int(of.memory * (1 - MEMORY_OVERHEAD)) - kept.memory - EVICTION_MEMORY
    return Size(of.vcpu * 1000 - kept.cpu, memory * 2**20, capacity(of).pods)


def _labels(of: InstanceType, zones: Iterable[str]) -> Iterable[Requirement]:
    found = _FAMILY.match(of.family)
    values = {
        TYPE_LABEL: of.name,
        ARCH: "arm64" if of.architecture == "arm64" else "amd64",
        OS: "linux",
        f"{AWS}family": of.family,
        f"{AWS}size": of.size,
        f"{AWS}cpu": str(of.vcpu),
        f"{AWS}memory": str(of.memory),
        f"{AWS}category": found[1][:1] if found else of.family,
        f"{AWS}generation": found[2] if found else "",
    }
    yield from (requirement(key, "In", [value]) for key, value in values.items())
    yield requirement(ZONE, "In", zones)
    yield requirement(CAPACITY_TYPE, "In", [SPOT, ON_DEMAND])


def by_price(machines: Iterable[Machine], wanted: Requirements) -> list[tuple[Machine, Offering]]:
    """Each machine with its cheapest allowed offering, cheapest first; of equal ones the first by name."""
    priced = ((machine, machine.cheapest(wanted)) for machine in machines)
    sold = [(machine, offering) for machine, offering in priced if offering is not None]
    return sorted(sold, key=lambda pair: (pair[1].price, pair[0].type.name))[:MOST_SENT]
