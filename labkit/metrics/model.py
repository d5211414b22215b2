"""labkit's own model of a server under load. Nothing of this is Kubernetes': it is here so that autoscalers have work.

A pod is a server that shares its processor among the requests it has (M/M/1 processor sharing). With
`rate` requests a second for this pod, and for each container k its idle use, its cpu time a request (cost) and the cpu
it may take:

    capacity = min over k of (may_k - idle_k) / cost_k      what the pod can answer, requests a second
    saturation = rate / capacity
    served = min(rate, capacity);  errors = rate - served   above its capacity requests fail: they time out
    latency = min(base / (1 - saturation), timeout)         for saturation < 1, else timeout
    cpu_k = min(idle_k + served * cost_k, may_k)            a container at its limit is throttled
    in flight = rate * latency                              Little's law
    memory_k = idle memory_k + in flight * memory a request_k

A Service's load goes to its ready endpoints in equal shares, which is the mean of what kube-proxy does at random.
Without ready endpoints every request fails.
"""

from __future__ import annotations

import math
from typing import NamedTuple

IDLE_CPU = 1.0
"""Millicores that a container uses of which nothing is declared."""
IDLE_MEMORY = 20 * 2**20
"""Bytes that a container uses of which nothing is declared."""
COST = 0.010
"""Seconds of cpu time a request, where no container of the pod declares a cost: its first container has this one."""
LATENCY = 0.020
"""Seconds that a request takes in an idle pod if that isn't declared."""
TIMEOUT = 10.0
"""Seconds after which a client gives up, if that isn't declared."""


class Work(NamedTuple):
    """What one container does: cpu in millicores, `cost` in seconds a request, memory in bytes; `may`: at most."""

    name: str
    idle: float
    cost: float
    may: float
    memory: float = IDLE_MEMORY
    memory_per_request: float = 0.0
    memory_limit: float = math.inf
    request: float = 0.0

    def cpu(self, served: float) -> float:
        """Millicores at so many answered requests a second."""
        return min(self.idle + served * self.cost * 1000, self.may)

    def memory_at(self, in_flight: float) -> float:
        """Bytes at so many requests in flight."""
        return self.memory + in_flight * self.memory_per_request


class Server(NamedTuple):
    """A pod as a whole: `capacity` in requests a second, `latency` (idle) and `timeout` in seconds."""

    works: tuple[Work, ...]
    capacity: float
    latency: float = LATENCY
    timeout: float = TIMEOUT

    @property
    def request(self) -> float:
        """Millicores that its containers request."""
        return sum(work.request for work in self.works)


class Answer(NamedTuple):
    """What becomes of a pod's load: requests a second answered, seconds one takes, requests a second that fail."""

    served: float
    latency: float
    errors: float

    @property
    def in_flight(self) -> float:
        """Requests that the pod has at once, those included that will fail."""
        return (self.served + self.errors) * self.latency


def server(works: tuple[Work, ...], latency: float = LATENCY, timeout: float = TIMEOUT) -> Server:
    """A pod of these containers; the one that is first at its limit decides its capacity."""
    rooms = [max(one.may - one.idle, 0.0) / (one.cost * 1000) for one in works if one.cost > 0]
    return Server(works, min(rooms, default=math.inf), latency, timeout)


def dead(works: tuple[Work, ...], timeout: float = TIMEOUT) -> Server:
    """A pod that answers nobody."""
    return Server(works, 0.0, timeout, timeout)


def answer(pod: Server, rate: float) -> Answer:
    """What a pod makes of `rate` requests a second."""
    if rate < pod.capacity:
        slowed = pod.latency / (1 - rate / pod.capacity)
        return Answer(rate, slowed if slowed < pod.timeout else pod.timeout, 0.0)
    return Answer(pod.capacity, pod.timeout, rate - pod.capacity)


def fair_share(allocatable: float, idle: float, weight: float, weights: float) -> float:
    """Millicores for a container without a limit: its part, by requests, of what the node's idle pods leave.

    `idle`: use of the pods without load there; `weights`: requests of those with load, this one's among them. A pod
    without requests weighs 2 millicores, as in the kernel. What a neighbour under load leaves unused isn't lent.
    """
    return max(allocatable - idle, 0.0) * weight / weights if weights else max(allocatable - idle, 0.0)
