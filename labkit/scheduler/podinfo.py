"""What the scheduler knows of one pod: its struct, and the numbers that deciding needs, computed once.

Source: pkg/scheduler/framework/types.go PodInfo, pkg/scheduler/util/utils.go GetHostPorts, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from labkit.kinds.pod import Container, Pod
from labkit.kinds.podrequest import Amounts, placed_requests, pod_requests, scoring_requests
from labkit.kinds.registry import Key
from labkit.scheduler.podterms import Tie, ties_of

ANY_ADDRESS = "0.0.0.0"


class HostPort(NamedTuple):
    """A port that a pod takes on its node."""

    address: str
    protocol: str
    port: int

    def conflicts(self, other: HostPort) -> bool:
        """Whether both can't be on one node: same protocol and port, and the same address or any address."""
        if (self.protocol, self.port) != (other.protocol, other.port):
            return False
        return self.address == other.address or ANY_ADDRESS in (self.address, other.address)

    def __str__(self) -> str:
        return f"{self.address}:{self.port}/{self.protocol}"


@dataclass(frozen=True, eq=False, slots=True)
class PodInfo:
    """A pod with what it takes.

    `request` is in the columns' units (cpu in milli). `scored` is what its cpu and memory count in the score of a node
    it runs on, `scoring` what they count while it is being scored itself. `ties` bind it to other pods. `serial` grows
    from pod to pod.
    """

    key: Key
    pod: Pod
    request: dict[str, int]
    scored: tuple[int, int]
    scoring: tuple[int, int]
    ports: tuple[HostPort, ...]
    ties: tuple[Tie, ...] = ()
    serial: int = 0

    @property
    def priority(self) -> int:
        """The pod's priority."""
        return self.pod.spec.priority

    @classmethod
    def of(cls, key: Key, pod: Pod, serial: int = 0) -> PodInfo:
        """What there is to know of this pod."""
        return cls(key, pod, *sizes_of(pod), ties_of(pod), serial)


class Sizes(NamedTuple):
    """The part of a PodInfo that the pod's containers and amounts decide."""

    request: dict[str, int]
    scored: tuple[int, int]
    scoring: tuple[int, int]
    ports: tuple[HostPort, ...]


def sizes_of(pod: Pod) -> Sizes:
    """What a pod takes; added up once for equal pods in a row."""
    spec = pod.spec
    read = spec.containers, spec.init_containers, spec.overhead, spec.resources, spec.host_network
    if _latest and _latest[0][0] == read:
        return _latest[0][1]
    request = in_units(pod_requests(spec))
    scored, scoring = pair(placed_requests(spec)), pair(scoring_requests(spec))
    sizes = Sizes(request, scored, scoring, tuple(host_ports(pod)))
    _latest[:] = [(read, sizes)]
    return sizes


_latest: list[tuple[tuple[object, ...], Sizes]] = []


def pair(amounts: Amounts) -> tuple[int, int]:
    """Cpu in milli and memory in bytes."""
    units = in_units(amounts)
    return units.get("cpu", 0), units.get("memory", 0)


def in_units(amounts: Amounts) -> dict[str, int]:
    """Amounts as integers: cpu in thousandths, all else in whole units, rounded up."""
    return {name: amount.milli() if name == "cpu" else amount.value() for name, amount in amounts.items()}


def host_ports(pod: Pod) -> Iterator[HostPort]:
    """The node ports that the pod's containers and sidecars take; on the host's network those are all its ports."""
    running: list[Container] = [*pod.spec.containers, *(one for one in pod.spec.init_containers if one.is_sidecar)]
    for container in running:
        for port in container.ports:
            number = port.host_port or (port.container_port if pod.spec.host_network else 0)
            if number > 0:
                yield HostPort(port.host_ip or ANY_ADDRESS, port.protocol or "TCP", number)
