"""What an ECS cluster used at one moment: a row of the frame that `lab.plot()` draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from labkit.kinds import Key, decode, ecs
from labkit.views.ecs_snapshot import fleet_of
from labkit.views.picture import Picture

CPU, MEMORY, TASKS, DESIRED, RUNNING = MEASURES = ("cpu_units", "mib", "tasks", "desired", "running")
SHOWN = (ecs.CONTAINER_INSTANCE, ecs.TASK, ecs.SERVICE)
STATUSES = (
    "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING",
)  # fmt: skip
USUAL = ("PENDING", "RUNNING")
PANELS = (
    (CPU, "CPU units held by tasks"),
    (MEMORY, "Memory held by tasks, MiB"),
    (TASKS, "Tasks by last status"),
    (RUNNING, "Tasks running by group (dotted: desired)"),
)
Row = dict[tuple[str, str], float]


def row(objects: Mapping[Key, dict[str, Any]], time: float) -> Row:
    """What instances had to give, tasks by status and by group, what services wanted; by measure and name."""
    of = {kind: [obj for key, obj in objects.items() if key.kind == kind] for kind in SHOWN}
    instances, tasks = ([decode(obj, kind) for obj in of[kind]] for kind in SHOWN[:2])
    shown = fleet_of(instances, tasks, time)
    wanted = {
        (DESIRED, service["serviceName"]): float(service["desiredCount"])
        for service in of[ecs.SERVICE]
        if service["status"] == "ACTIVE"
    }
    return _loads(shown) | _statuses(shown) | wanted | _groups(shown)


def _loads(shown: Picture) -> Row:
    sizes = {"CPU": CPU, "MiB": MEMORY}
    gauges = [
        (gauge, box.name.partition(" ")[0]) for box in shown.nodes for gauge in box.gauges if gauge.resource in sizes
    ]
    return {(sizes[gauge.resource], name): float(gauge.used) for gauge, name in gauges}


def _statuses(shown: Picture) -> Row:
    found = Counter(task.status for task in shown.pods)
    return {(TASKS, status): float(found[status]) for status in STATUSES if found[status] or status in USUAL}


def _groups(shown: Picture) -> Row:
    found: Counter[str] = Counter()
    for task in shown.pods:
        found[task.owner.rpartition("/")[2]] += task.ready
    return {(RUNNING, group): float(number) for group, number in sorted(found.items())}
