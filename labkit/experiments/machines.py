"""What the machines of an experiment were, held and cost, moment by moment, of either orchestrator.

| series | Kubernetes | ECS |
|---|---|---|
| nodes | Nodes | machines that are charged for |
| pending | pods without a node | tasks in PROVISIONING that wait for an instance |
| cost | USD an hour of the nodes | USD an hour of the machines, and of the tasks on Fargate |
| waste | the part of a node's price that no pod asks for | the part of a machine's that no task holds |

A machine's used part is the larger of those of its cpu and its memory. A task on Fargate costs what it asks for, and
wastes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from labkit.cluster import Cluster
from labkit.ecs.waiting import waits
from labkit.fields import quantity
from labkit.kinds import decode, ecs
from labkit.metrics.cost import charges, price
from labkit.scheduler.podinfo import sizes_of
from labkit.views.load_frame import Span, during, spans

SUBJECT = "cluster"
Series = np.ndarray[Any, np.dtype[np.float64]]


class Machines(NamedTuple):
    """The series, at the same moments."""

    nodes: Series
    pending: Series
    cost: Series
    waste: Series


def machines(cluster: Cluster, times: Series) -> pd.DataFrame:
    """The series of both orchestrators together: columns time, series, subject, value."""
    found = Machines(*np.zeros((4, len(times))))
    _of_kubernetes(cluster, times, found)
    _of_ecs(cluster, times, found)
    parts = [
        pd.DataFrame({"time": times, "series": name, "subject": SUBJECT, "value": values})
        for name, values in found._asdict().items()
    ]
    return pd.concat(parts, ignore_index=True)


def _of_kubernetes(cluster: Cluster, times: Series, found: Machines) -> None:
    nodes = spans(cluster, "Node")
    asked = {span.obj["metadata"]["name"]: np.zeros((2, len(times))) for span in nodes}
    for span in spans(cluster, "Pod"):
        _hold(span, times, asked, found.pending)
    for span in nodes:
        part, each = during(times, span.begin, span.end), price(span.obj) or 0.0
        cpu, memory = asked[span.obj["metadata"]["name"]][:, part] / _room(span.obj)
        found.nodes[part] += 1
        found.cost[part] += each
        found.waste[part] += each * np.clip(1 - np.maximum(cpu, memory), 0, 1)


def _hold(span: Span, times: Series, asked: dict[str, Series], pending: Series) -> None:
    pod, part = decode(span.obj), during(times, span.begin, span.end)
    if pod.is_terminal:
        return
    if not pod.spec.node_name:
        pending[part] += 1
    elif pod.spec.node_name in asked:
        request = sizes_of(pod).request
        asked[pod.spec.node_name][0, part] += request.get("cpu", 0)
        asked[pod.spec.node_name][1, part] += request.get("memory", 0)


def _room(node: dict[str, Any]) -> Series:
    room = node["status"].get("allocatable", {})
    cpu, memory = quantity.milli(room.get("cpu", "1")), quantity.value(room.get("memory", "1"))
    return np.array([[cpu or 1], [memory or 1]], dtype=float)


def _of_ecs(cluster: Cluster, times: Series, found: Machines) -> None:
    for span in spans(cluster, ecs.TASK):
        if waits(span.obj):
            found.pending[during(times, span.begin, span.end)] += 1
    used = _used(spans(cluster, ecs.CONTAINER_INSTANCE), times)
    for charge in charges(cluster):
        part, each = during(times, charge.begin, charge.end), charge.hourly or 0.0
        found.cost[part] += each
        if charge.key.kind != ecs.TASK:
            held = used.get(charge.key.name)
            found.nodes[part] += 1
            found.waste[part] += each * (1.0 if held is None else 1 - held[part])


def _used(instances: Iterable[Span], times: Series) -> dict[str, Series]:
    """The used part of each machine, by the ids of the machine and of its container instance."""
    used: dict[str, Series] = {}
    for span in instances:
        held = decode(span.obj, ecs.CONTAINER_INSTANCE)
        of_machine = used.setdefault(held.ec2_instance_id, np.zeros(len(times)))
        used[held.id] = of_machine
        of_machine[during(times, span.begin, span.end)] = max(_share(held, "CPU"), _share(held, "MEMORY"))
    return used


def _share(held: ecs.ContainerInstance, name: str) -> float:
    return 1 - held.remaining(name) / (held.registered(name) or 1)
