"""What load, autoscalers, nodes and money did over time, as tidy pandas frames: one row a moment and thing.

| `lab.metrics(of)` | a row is | columns |
|---|---|---|
| "services" | a sample of a Service under load, each 15 s | rps, ready, cpu (millicores a pod), utilisation (% of the |
| | | request), memory (bytes a pod), latency (s), errors (failed requests a second) |
| "autoscalers" | a sync of a HorizontalPodAutoscaler | current and target of its first metric (%, or thousandths), |
| | | proposed (pods that its metrics ask for), replicas (as it was), desired |
| "nodes" | a node at a moment, each 15 s | cpu (millicores used), memory (bytes used), price (USD an hour) |
| "cost" | a moment, each 15 s | nodes (Nodes, and machines of ECS), tasks (on Fargate), unpriced, usd_per_hour, |
| | | usd (since the start); see labkit.metrics.cost |
| "charges" | a moment, a kind of capacity and | of ("EC2", "EC2 Spot", "FARGATE", "FARGATE_SPOT"), service ("" for |
| | a service of ECS, each 15 s | machines and tasks without), count, usd_per_hour, usd |

`time` is in virtual seconds since the lab's start. What isn't known is NaN. The
`attrs["note"]` of frames about money says where the prices are from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from labkit.autoscaling.hpa import memory
from labkit.autoscaling.hpa.memory import SOURCE
from labkit.cluster import Cluster
from labkit.errors import FieldError
from labkit.kinds import decode, ecs
from labkit.kubelet.traffic import traffic_of
from labkit.kubelet.usage import works_of
from labkit.metrics.cost import NOTE, Charge, price
from labkit.metrics.cost import charges as charged
from labkit.metrics.model import answer
from labkit.metrics.samples import MEASURES, RESOLUTION, Group, Traffic

Object = dict[str, Any]


class Span(NamedTuple):
    """An object's time in the world in one shape: from (included) and to (excluded), in seconds."""

    begin: float
    end: float
    obj: Object


def metrics(lab: Any, of: str = "services") -> pd.DataFrame:
    """The frame of that name; FieldError for a name that isn't in FRAMES."""
    if of not in FRAMES:
        raise FieldError(f'there are no metrics of "{of}"; there are metrics of {", ".join(FRAMES)}')
    frame = FRAMES[of](lab.cluster)
    if of in ("cost", "charges"):
        frame.attrs["note"] = NOTE
    return frame


def services(cluster: Cluster) -> pd.DataFrame:
    """One row a sample of a Service: see above."""
    traffic = traffic_of(cluster) or Traffic()
    frames = [
        pd.DataFrame({name: np.frombuffer(column, dtype=float) for name, column in series.columns.items()}).assign(
            namespace=key.namespace, service=key.name
        )
        for key, series in traffic.series.items()
    ]
    names = ["time", "namespace", "service", *MEASURES]
    frame = pd.concat(frames)[names] if frames else pd.DataFrame(columns=names)
    frame = frame.sort_values(["time", "namespace", "service"], ignore_index=True)
    return frame.astype({"ready": int})


def autoscalers(cluster: Cluster) -> pd.DataFrame:
    """One row a sync that came to a size: see above."""
    held = cluster.beside.get(SOURCE)
    frames = [
        pd.DataFrame({name: np.frombuffer(column, dtype=float) for name, column in state.columns.items()}).assign(
            namespace=key.namespace, autoscaler=key.name
        )
        for key, state in (held.states.items() if held else ())
    ]
    names = ["time", "namespace", "autoscaler", *memory.MEASURES]
    frame = pd.concat(frames)[names] if frames else pd.DataFrame(columns=names)
    frame = frame.sort_values(["time", "namespace", "autoscaler"], ignore_index=True)
    return frame.astype(dict.fromkeys(("proposed", "replicas", "desired"), int))


def nodes(cluster: Cluster) -> pd.DataFrame:
    """One row a node and moment: what its pods use without load, and what the load adds."""
    times = _times(cluster)
    present = spans(cluster, "Node")
    names = sorted({span.obj["metadata"]["name"] for span in present})
    at = {name: number for number, name in enumerate(names)}
    cpu, bytes_ = np.zeros((2, len(names), len(times)))
    for span in spans(cluster, "Pod"):
        if (span.obj.get("status") or {}).get("phase") == "Running" and span.obj["spec"].get("nodeName") in at:
            row, part = at[span.obj["spec"]["nodeName"]], during(times, span.begin, span.end)
            works = works_of(cluster, decode(span.obj), 0.0)
            cpu[row, part] += sum(work.idle for work in works)
            bytes_[row, part] += sum(work.memory for work in works)
    for name, moment, more_cpu, more_memory in _loaded(traffic_of(cluster) or Traffic(), times):
        if name in at:
            cpu[at[name], moment] += more_cpu
            bytes_[at[name], moment] += more_memory
    rows = []
    for span in present:
        row, there = at[span.obj["metadata"]["name"]], during(times, span.begin, span.end)
        columns = {"time": times[there], "node": span.obj["metadata"]["name"], "cpu": cpu[row, there]}
        cost = price(span.obj)
        columns |= {"memory": bytes_[row, there], "price": np.nan if cost is None else cost}
        rows.append(pd.DataFrame(columns))
    frame = pd.concat(rows) if rows else pd.DataFrame(columns=["time", "node", "cpu", "memory", "price"])
    return frame.sort_values(["time", "node"], ignore_index=True)


def cost(cluster: Cluster) -> pd.DataFrame:
    """One row a moment: how many nodes and tasks there are, what they cost an hour, and what they have cost so far."""
    times = _times(cluster)
    count, unpriced, hourly, usd, tasks = np.zeros((5, len(times)))
    for span in spans(cluster, "Node"):
        part = during(times, span.begin, span.end)
        each = price(span.obj)
        count[part] += 1
        unpriced[part] += each is None
        hourly[part] += each or 0.0
        usd += (each or 0.0) * np.clip(times - span.begin, 0.0, span.end - span.begin) / 3600
    for one in charged(cluster):
        part = during(times, one.begin, one.end)
        (tasks if one.key.kind == ecs.TASK else count)[part] += 1
        unpriced[part] += one.hourly is None
        hourly[part] += one.hourly or 0.0
        usd += one.usd(times)
    counts = {"nodes": count.astype(int), "tasks": tasks.astype(int), "unpriced": unpriced.astype(int)}
    return pd.DataFrame({"time": times, **counts, "usd_per_hour": hourly, "usd": usd})


def charges(cluster: Cluster) -> pd.DataFrame:
    """One row a moment, a kind of capacity and a service of ECS: see above."""
    times = _times(cluster)
    parts: dict[tuple[str, str], list[Charge]] = {}
    for one in charged(cluster):
        parts.setdefault((one.of, one.service), []).append(one)
    frames = [_of_charges(times, of, service, parts[of, service]) for of, service in sorted(parts)]
    names = ["time", "of", "service", "count", "usd_per_hour", "usd"]
    frame = pd.concat(frames) if frames else pd.DataFrame(columns=names)
    return frame.sort_values(["time", "of", "service"], ignore_index=True)


def _of_charges(times: np.ndarray, of: str, service: str, parts: list[Charge]) -> pd.DataFrame:
    count, hourly, usd = np.zeros((3, len(times)))
    for one in parts:
        part = during(times, one.begin, one.end)
        count[part] += 1
        hourly[part] += one.hourly or 0.0
        usd += one.usd(times)
    columns = {"count": count.astype(int), "usd_per_hour": hourly, "usd": usd}
    return pd.DataFrame({"time": times, "of": of, "service": service, **columns})


FRAMES: dict[str, Callable[[Cluster], pd.DataFrame]] = {
    "services": services, "autoscalers": autoscalers, "nodes": nodes, "cost": cost,
    "charges": charges,
}  # fmt: skip


def during(times: np.ndarray, begin: float, end: float) -> slice:
    """Which of the moments lie from `begin` (included) to `end` (excluded)."""
    return slice(*np.searchsorted(times, (begin, end)))


def spans(cluster: Cluster, kind: str) -> list[Span]:
    """Every shape that an object of a kind had, with its time; the last one ends a moment after now."""
    entries = [entry for entry in cluster.history if entry.key.kind == kind]
    later: dict[Any, float] = {}
    found = []
    for entry in reversed(entries):
        end = later.get(entry.key, cluster.clock.now + RESOLUTION)
        later[entry.key] = entry.time
        if entry.new is not None and end > entry.time:
            found.append(Span(entry.time, end, entry.new))
    return found[::-1]


def _times(cluster: Cluster) -> np.ndarray:
    return np.arange(0.0, cluster.clock.now + 1e-9, RESOLUTION)


def _loaded(traffic: Traffic, times: np.ndarray) -> Iterator[tuple[str, int, float, float]]:
    """(node, number of the moment, millicores, bytes) that load adds to what pods use without."""
    for service, series in traffic.series.items():
        layouts = traffic.layouts.get(service, [])
        begins = [layout.since for layout in layouts]
        moments, rps, ready = (np.frombuffer(series.columns[name]) for name in ("time", "rps", "ready"))
        for number, layout in enumerate(np.searchsorted(begins, moments, side="right") - 1):
            if ready[number] and rps[number] and layout >= 0:
                moment = int(np.searchsorted(times, moments[number]))
                for group in layouts[layout].groups:
                    more = _added(group, rps[number] / ready[number])
                    for node in group.nodes:
                        yield node, moment, *more


def _added(group: Group, rate: float) -> tuple[float, float]:
    got = answer(group.server, rate)
    works = group.server.works
    return (
        sum(work.cpu(got.served) - work.idle for work in works),
        sum(work.memory_at(got.in_flight) - work.memory for work in works),
    )
