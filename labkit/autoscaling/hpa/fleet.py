"""What an autoscaler sees of its pods: their states and what they request.

Source: pkg/controller/podautoscaler/replica_calculator.go calculateRequests, getReadyPodsCount, v1.36.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from labkit.autoscaling.hpa.replicas import PodState, Unscalable
from labkit.clock import Clock
from labkit.cluster import Cluster
from labkit.fields import quantity, selectors
from labkit.kinds.pod import Container, Pod
from labkit.kinds.registry import Key


class Fleet(NamedTuple):
    """The pods behind a scale's selector, in order of creation."""

    keys: tuple[Key, ...]
    states: tuple[PodState, ...]

    @property
    def ready(self) -> int | None:
        """How many are Running and Ready; None if there is no pod at all."""
        return sum(one.phase == "Running" and bool(one.ready) for one in self.states) if self.states else None


def fleet_of(cluster: Cluster, namespace: str, selector: Any) -> Fleet:
    """The pods that the selector of a workload finds."""
    keys = tuple(
        key
        for key in cluster.keys("Pod", namespace)
        if selectors.matches(selector, cluster.require(key)["metadata"].get("labels"))
    )
    return Fleet(keys, tuple(state_of(cluster.read(key), cluster.clock) for key in keys))


def state_of(pod: Pod, clock: Clock) -> PodState:
    """What counts of a pod."""
    ready, started = pod.status.condition("Ready"), pod.status.start_time
    return PodState(
        pod.metadata.name,
        pod.status.phase or "Pending",
        pod.metadata.deletion_timestamp is not None,
        None if started is None else clock.seconds(started),
        None if ready is None else ready.status == "True",
        clock.seconds(ready.last_transition_time) if ready and ready.last_transition_time else 0.0,
    )


def requests(cluster: Cluster, fleet: Fleet, resource: str, container: str) -> dict[str, int]:
    """What each pod requests, in thousandths, by name. Unscalable where a request is missing."""
    return {key.name: request_of(cluster.read(key), resource, container) for key in fleet.keys}


def request_of(pod: Pod, resource: str, container: str) -> int:
    """What a pod, or one container of it, requests in thousandths."""
    spec = pod.spec
    containers = (*spec.containers, *(one for one in spec.init_containers if one.is_sidecar))
    each = {one.name: _requested(one, resource) for one in containers}
    own = spec.resources.requests.get(resource)
    return requests_of(pod.metadata.name, each, None if own is None else quantity.milli(own), resource, container)


def _requested(container: Container, resource: str) -> int | None:
    told = container.resources.requests.get(resource)
    return None if told is None else quantity.milli(told)


def requests_of(
    name: str, requests: Mapping[str, int | None], of_pod: int | None, resource: str, container: str
) -> int:
    """What a pod, or one container of it, requests in thousandths. Unscalable where a request is missing.

    `requests`: by container, sidecars included; `of_pod`: the pod's own, which goes before the sum of its containers'.
    """
    if container:
        if container not in requests:
            raise Unscalable(f"container {container} not found in Pod {name}")
        return _given(requests[container], container, name, resource)
    if of_pod is not None:
        return of_pod
    return sum(_given(amount, each, name, resource) for each, amount in requests.items())


def _given(amount: int | None, container: str, pod: str, resource: str) -> int:
    if amount is None:
        raise Unscalable(f"missing request for {resource} in container {container} of Pod {pod}")
    return amount
