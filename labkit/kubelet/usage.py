"""What containers use: what is declared of them, and what the load on their Services adds.

Reads only. The formulas are labkit.metrics.model's; a kubelet would read all this from the container runtime.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.kinds.pod import Container, Pod
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour
from labkit.kubelet.behaviour import Behaviour
from labkit.metrics import model
from labkit.metrics.model import Answer, Server, Work
from labkit.metrics.samples import BESIDE, Traffic

NO_LOAD = Answer(0.0, 0.0, 0.0)


class Use(NamedTuple):
    """What a container uses: millicores and bytes."""

    cpu: float
    memory: float


def of(cluster: Cluster, key: Key) -> dict[str, Use]:
    """What each running container of a pod uses since the last sample; sidecars included."""
    pod: Pod = cluster.read(key)
    running = {one.name for one in pod.status.container_statuses if "running" in one.state}
    running |= {one.name for one in pod.status.init_container_statuses if "running" in one.state}
    server, got = loaded(cluster, key) or (None, NO_LOAD)
    works = server.works if server else works_of(cluster, pod, math.inf)
    return {
        work.name: Use(work.cpu(got.served), work.memory_at(got.in_flight)) for work in works if work.name in running
    }


def loaded(cluster: Cluster, key: Key) -> tuple[Server, Answer] | None:
    """A pod's server and what it made of its load at the last sample; None if it had none."""
    traffic: Traffic | None = cluster.beside.get(BESIDE)
    if traffic is None or not traffic.layouts:
        return None
    return traffic.load_of(key, [one for one in cluster.into(key, "selects") if one.kind == "Service"])


def overflows(cluster: Cluster, key: Key, container: str) -> bool:
    """Whether a container uses more memory than its limit, for all the requests it has."""
    server, got = loaded(cluster, key) or (None, NO_LOAD)
    works = server.works if server else ()
    return any(one.memory_at(got.in_flight) > one.memory_limit for one in works if one.name == container)


def works_of(cluster: Cluster, pod: Pod, share: float) -> tuple[Work, ...]:
    """What each container does; `share`: millicores for all of them that have no limit."""
    spec = pod.spec
    containers = [*spec.containers, *(one for one in spec.init_containers if one.is_sidecar)]
    told = [behaviour.of(cluster, pod, one.name) for one in containers]
    nobody = all(each.cost is None for each in told)
    return tuple(
        _work(one, each, share, model.COST if nobody and at == 0 else 0.0)
        for at, (one, each) in enumerate(zip(containers, told, strict=True))
    )


def _work(container: Container, told: Behaviour, share: float, cost: float) -> Work:
    limits, requests = container.resources.limits, container.resources.requests
    return Work(
        container.name,
        model.IDLE_CPU if told.cpu is None else told.cpu,
        cost if told.cost is None else told.cost,
        quantity.milli(limits["cpu"]) if "cpu" in limits else share,
        model.IDLE_MEMORY if told.memory is None else told.memory,
        told.memory_per_request,
        quantity.value(limits["memory"]) if "memory" in limits else math.inf,
        quantity.milli(requests.get("cpu", limits.get("cpu", "0"))),
    )


def server_of(cluster: Cluster, pod: Pod, share: float, answers: bool) -> Server:
    """A pod as labkit's model sees it; `answers`: whether it takes connections at all."""
    works = works_of(cluster, pod, share)
    told = [behaviour.of(cluster, pod, one.name) for one in pod.spec.containers]
    timeout = largest([each.timeout for each in told], model.TIMEOUT)
    if not answers:
        return model.dead(works, timeout)
    return model.server(works, largest([each.latency for each in told], model.LATENCY), timeout)


def largest(told: Sequence[float | None], default: float) -> float:
    """The largest of what is declared, else the default."""
    return max((one for one in told if one is not None), default=default)


def idle_cpu(cluster: Cluster, key: Key) -> float:
    """Millicores that a pod's containers use without load."""
    return sum(work.idle for work in works_of(cluster, cluster.read(key), 0.0))
