"""The part of the front door that breaks things: what containers do, machines that fail, networks that break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from labkit import founding
from labkit.cloud import interruption
from labkit.cluster import Cluster
from labkit.ecs import behaviour as tasks
from labkit.ecs import fargate, outages, spot
from labkit.kinds import Key
from labkit.kinds.ecs import CONTAINER_INSTANCE
from labkit.kubelet import behaviour, outage


class Breaking:
    """What a lab does to what runs in it; `Lab` is one."""

    cluster: Cluster

    def behave(self, selector: str, *, namespace: str = "default", container: str = "", **does: Any) -> Self:
        """Declare what the containers of the pods with these labels do from now on, those to come included.

        Tasks of ECS are chosen by `service:web`, `family:web`, `task:ID` or `group:NAME`.
        `starts_in="3s"`, `ready=False`, `live=False` or `"60s"`, `crashes_after="30s"`, `exit_code=1`,
        `memory="200Mi"`, `cpu="250m"`, `stops_in="10s"`, `logs=["line", …]`, `image_error="text"`, `disk="5Gi"`,
        `processes=200`, `post_start=False` or `pre_stop=False` for a hook that fails, and under load
        `cost="10ms"`, `latency="20ms"`, `timeout="10s"`, `memory_per_request="1Mi"`; see
        labkit.kubelet.behaviour. Raises FieldError for a value that can't be read.
        """
        if tasks.is_for_tasks(selector):
            tasks.declare(self.cluster, selector, container, does)
        else:
            behaviour.declare(self.cluster, selector, namespace, container, does)
        return self

    def fail(self, node: str) -> Self:
        """Stop a machine (a node or a container instance), or those of a zone: what runs there ends, nobody is told."""
        return self._each(node, lambda key: _silencer(key)(self.cluster, key, True))

    def cut(self, place: str) -> Self:
        """Take the network from a zone's machines, or from one: what runs there runs on, and nobody hears of it."""
        return self._each(place, lambda key: _silencer(key)(self.cluster, key, False))

    def recover(self, place: str = "") -> Self:
        """Bring a failed machine or a zone that was cut off back; all of them if none is named."""
        return self._each(place, lambda key: _restorer(key)(self.cluster, key))

    def interrupt(self, place: str = "FARGATE_SPOT") -> Self:
        """Take Spot capacity back: tasks on FARGATE_SPOT get SIGTERM now, and SIGKILL within two minutes.

        `place`: `FARGATE_SPOT` for all of them, a task's id or ARN or the beginning of one, `service:web`, or a zone;
        `EC2_SPOT`, an instance's id, a group or a zone for Spot machines, which end in two minutes.
        A service starts other tasks at once if there is capacity; see `capacity`. LabError if nothing is meant.
        """
        if not interruption.interrupt(self.cluster, place) or spot.chosen(self.cluster, place):
            spot.interrupt(self.cluster, place)
        return self

    def capacity(self, provider: str, tasks: int | None, zone: str = "") -> Self:
        """Declare for how many tasks FARGATE or FARGATE_SPOT has room, in one zone or in all; None is no end.

        Tasks that run already stay: `interrupt` takes them. Raises FieldError for another provider.
        """
        fargate.declare(self.cluster, provider, tasks, founding.zone_name(zone))
        return self

    def _each(self, place: str, act: Callable[[Key], None]) -> Self:
        instances = outages.places(self.cluster, place)
        for key in instances:
            act(key)
        if not instances or self.cluster.keys("Node"):
            for key in _nodes(self.cluster, place, bool(instances)):
                act(key)
        return self


def _nodes(cluster: Cluster, place: str, may_be_none: bool) -> list[Key]:
    known = {key.name for key in cluster.keys("Node")}
    zones = {one["metadata"].get("labels", {}).get("topology.kubernetes.io/zone") for one in cluster.list("Node")}
    return [] if may_be_none and place and place not in known | zones else outage.places(cluster, place)


def _silencer(key: Key) -> Callable[[Cluster, Key, bool], None]:
    return outages.stop if key.kind == CONTAINER_INSTANCE else outage.stop


def _restorer(key: Key) -> Callable[[Cluster, Key], None]:
    return outages.start if key.kind == CONTAINER_INSTANCE else outage.start
