"""Who publishes metrics to CloudWatch, and when: each full minute, while anybody may look.

That is while there are alarms, capacity providers that ECS scales, or a load on a service of ECS. AWS always publishes:
what an alarm can see of the minutes before is published afterwards, for the tasks that run, which had no load then.
"""

from __future__ import annotations

from labkit.autoscaling.application import targettracking
from labkit.autoscaling.capacity import managed
from labkit.autoscaling.capacity.supply import managed as providers
from labkit.cloud import alarming, alarms, ecsmetrics
from labkit.cloud.metrics import MINUTE, metrics_of, wait
from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds import ecs
from labkit.metrics import declared

SEEN = targettracking.IN_PERIODS + alarms.MORE
"""So many minutes an alarm of target tracking looks back."""


def declared_load(world: Cluster, entry: Entry) -> list[str]:
    """A load was declared: the minutes count if it is on a service of ECS."""
    return [alarming.TICK] if entry.key == declared.LOADS and _has_load(world) else []


def _has_load(world: Cluster) -> bool:
    return any(target.kind == ecs.SERVICE for target in declared.loads(world))


class Publisher:
    """Publishes what ECS, load balancers and managed scaling measure.

    Does: one point a minute for each metric. Reads: tasks, services, container instances, load. Writes: metrics beside
    the graph. Runs again: each minute while somebody may look. Source: labkit.cloud.ecsmetrics.
    """

    name = "cloudwatch-metrics"
    kind = ecs.SERVICE

    def __init__(self) -> None:
        self.watches = {
            alarming.KIND: alarming.tick,
            ecs.CAPACITY_PROVIDER: managed.changed,
            ecs.CLUSTER: managed.changed,
            "ConfigMap": declared_load,
        }

    def reconcile(self, world: Cluster, key: str) -> float | None:
        """A full minute, or the way to one."""
        last = metrics_of(world).done.get(self.name, 0.0)
        if early := wait(world, self.name):
            return early
        if not (world.keys(alarming.KIND) or providers(world) or _has_load(world)):
            return None
        now = world.clock.now
        for back in range(SEEN, -1, -1):
            if (moment := now - back * MINUTE) > last:
                ecsmetrics.publish(world, metrics_of(world), moment)
        if now:
            managed.publish(world)
        return MINUTE
