"""What a cluster used over time, as a pandas frame; pandas is imported here alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from labkit.history import History
from labkit.kinds import Key, decode, ecs
from labkit.views import ecs_usage
from labkit.views.film import SHOWN
from labkit.views.picture import Picture
from labkit.views.snapshot import picture_of

Object = dict[str, Any]
SCALED = ("Deployment", "StatefulSet", "ReplicaSet")
MEASURES = ("cpu", "memory", "pods", "ready", *ecs_usage.MEASURES)
POINTS = 200
_DRAWN = (*SHOWN, *SCALED, *ecs_usage.SHOWN)
PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")


def usage(lab: Any, points: int = POINTS) -> pd.DataFrame:
    """One row a moment at which something changed, at most `points` of them, by virtual seconds since the start.

    The columns have two levels: `cpu` (cores requested) and `memory` (GiB requested) by node, `pods` by phase,
    `desired` and `ready` replicas by workload. So `usage(lab)["cpu"]` is a frame with one column a node. What didn't
    exist yet is NaN. A lab of ECS alone has `cpu_units` and `mib` held by instance, `tasks` by last status, `desired`
    and `running` tasks by service or family.
    """
    cluster = lab.cluster
    rows = {time: _row(objects, time) for time, objects in replay(cluster.history, cluster.clock.now, points)}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    columns = sorted(
        {column: None for row in rows.values() for column in row}, key=lambda column: MEASURES.index(column[0])
    )
    frame = frame[columns]
    frame.columns = pd.MultiIndex.from_tuples(columns, names=["measure", "of"])
    frame.index.name = "seconds"
    return frame


def replay(history: History, now: float, points: int) -> Iterator[tuple[float, dict[Key, Object]]]:
    """The objects at the start, at up to `points` evenly chosen moments of change, and now; the same dict, updated."""
    times = _thinned(sorted({entry.time for entry in history if entry.key.kind in _DRAWN} | {now}), points)
    objects: dict[Key, Object] = {}
    entries = iter(history)
    entry = next(entries, None)
    for time in times:
        while entry is not None and entry.time <= time:
            _redo(objects, entry.key, entry.new)
            entry = next(entries, None)
        yield time, objects


def _thinned(times: list[float], points: int) -> list[float]:
    if len(times) <= points:
        return times
    return [times[round(n * (len(times) - 1) / (points - 1))] for n in range(points)]


def _redo(objects: dict[Key, Object], key: Key, new: Object | None) -> None:
    if new is None:
        objects.pop(key, None)
    else:
        objects[key] = new


def _row(objects: dict[Key, Object], time: float) -> dict[tuple[str, str], float]:
    if any(key.kind == ecs.CONTAINER_INSTANCE for key in objects) and not any(key.kind == "Node" for key in objects):
        return ecs_usage.row(objects, time)
    structs: dict[Key, Any] = {}

    def read(key: Key) -> Any:
        if key not in structs:
            structs[key] = decode(objects[key]) if key in objects else None
        return structs[key]

    shown = picture_of([k for k in objects if k.kind == "Node"], [k for k in objects if k.kind == "Pod"], read, time)
    return _loads(shown) | _phases(objects) | _replicas(objects)


def _loads(shown: Picture) -> dict[tuple[str, str], float]:
    sizes = {"cpu": 1000, "memory": 2**30}
    gauges = [(gauge, node.name) for node in shown.nodes for gauge in node.gauges if gauge.resource in sizes]
    return {(gauge.resource, name): gauge.used / sizes[gauge.resource] for gauge, name in gauges}


def _phases(objects: dict[Key, Object]) -> dict[tuple[str, str], float]:
    found = Counter(
        (obj.get("status") or {}).get("phase", "Pending") for key, obj in objects.items() if key.kind == "Pod"
    )
    return {("pods", phase): found[phase] for phase in PHASES if phase in found or phase in PHASES[:2]}


def _replicas(objects: dict[Key, Object]) -> dict[tuple[str, str], float]:
    """Desired and ready of every workload that nothing else controls."""
    row: dict[tuple[str, str], float] = {}
    for key, obj in objects.items():
        if key.kind in SCALED and not obj["metadata"].get("ownerReferences"):
            name = f"{key.kind}/{key.namespace}/{key.name}"
            row["desired", name] = obj["spec"].get("replicas", 1)
            row["ready", name] = (obj.get("status") or {}).get("readyReplicas", 0)
    return row
