"""Where an autoscaler's metrics come from: metrics-server, and what `lab.metric` declares.

Every number is in thousandths. The loads of `lab.load` are custom metrics too: `requests_per_second` of a pod and of a
Service. Source of the texts: pkg/controller/podautoscaler/metrics/client.go, k8s.io/metrics custom_metrics and
external_metrics clients, v1.36.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from labkit.autoscaling.hpa.replicas import Sample, Unscalable
from labkit.cluster import Cluster
from labkit.fields import selectors
from labkit.kinds.registry import KINDS, Key, find
from labkit.kubelet.resourcemetrics import pod_metrics
from labkit.kubelet.traffic import traffic_of
from labkit.kubelet.usage import Use, loaded
from labkit.metrics import declared
from labkit.metrics.declared import Value
from labkit.metrics.samples import RESOLUTION
from labkit.metrics.server import last_scrape, serves

Dict = dict[str, Any]

REQUESTS = "requests_per_second"
NO_RESOURCE_API = (
    "unable to fetch metrics from resource metrics API: the server could not find the requested resource "
    "(get pods.metrics.k8s.io)"
)
NO_CUSTOM_API = (
    "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"
)


class Sources(Protocol):
    """What a controller asks for metrics; Unscalable where there are none."""

    def resource(self, cluster: Cluster, pods: Sequence[Key], resource: str, container: str) -> dict[str, Sample]:
        """Of each pod, by name: what it uses of "cpu" or "memory", or what one container of it uses."""

    def of_pods(self, cluster: Cluster, pods: Sequence[Key], name: str, selector: Dict | None) -> dict[str, Sample]:
        """Of each pod, by name: a custom metric."""

    def of_object(self, cluster: Cluster, namespace: str, about: Dict, name: str, selector: Dict | None) -> int:
        """A custom metric of one object."""

    def external(self, cluster: Cluster, namespace: str, name: str, selector: Dict | None) -> int:
        """The sum of an external metric's series."""


class LabMetrics(NamedTuple):
    """The metrics of a lab."""

    def resource(self, cluster: Cluster, pods: Sequence[Key], resource: str, container: str) -> dict[str, Sample]:
        """From metrics-server."""
        if not serves(cluster):
            raise Unscalable(NO_RESOURCE_API)
        found = {}
        for key in pods:
            told = pod_metrics(cluster, key)
            if told is not None:
                value = amount(_chosen(told.containers, container, key), resource)
                found[key.name] = Sample(value, told.timestamp, told.window)
        if not found:
            raise Unscalable("no metrics returned from resource metrics API")
        return found

    def of_pods(self, cluster: Cluster, pods: Sequence[Key], name: str, selector: Dict | None) -> dict[str, Sample]:
        """Declared ones, and requests_per_second."""
        _check_custom_api(cluster)
        now = cluster.clock.now
        found = {}
        for key in pods:
            labels = cluster.require(key)["metadata"].get("labels") or {}
            told = [one for one in _of(cluster, key.namespace, name, selector) if _is_about(one, labels)]
            if told:
                found[key.name] = Sample(_milli(told[-1].at(now)), now, 60.0)
            elif name == REQUESTS and (got := loaded(cluster, key)):
                found[key.name] = Sample(_milli(got[1].served + got[1].errors), last_scrape(now), RESOLUTION)
        if not found:
            raise Unscalable(f"{_CUSTOM}the server could not find the metric {name} for pods ")
        return found

    def of_object(self, cluster: Cluster, namespace: str, about: Dict, name: str, selector: Dict | None) -> int:
        """Declared ones, and requests_per_second of a Service."""
        _check_custom_api(cluster)
        named = f"{about['kind']}/{about['name']}".lower()
        told = [one for one in _of(cluster, namespace, name, selector) if one.on and _named(one.on) == named]
        if told:
            return _milli(told[-1].at(cluster.clock.now))
        traffic = traffic_of(cluster)
        series = traffic.series.get(Key("Service", namespace, about["name"])) if traffic else None
        if name == REQUESTS and about["kind"] == "Service" and series is not None:
            return _milli(series.last("rps"))
        row = KINDS.get(about["kind"])
        resource = f"{row.plural}.{row.group}".rstrip(".") if row else about["kind"].lower()
        raise Unscalable(f"{_CUSTOM}the server could not find the metric {name} for {resource} {about['name']}")

    def external(self, cluster: Cluster, namespace: str, name: str, selector: Dict | None) -> int:
        """Declared ones without an object."""
        if not any(one.on == "" for one in declared.values(cluster)):
            missing = f"the server could not find the requested resource (get {name}.external.metrics.k8s.io)"
            raise Unscalable(f"unable to fetch metrics from external metrics API: {missing}")
        told = [one for one in _of(cluster, namespace, name, selector) if one.on == ""]
        if not told:
            raise Unscalable("no metrics returned from external metrics API")
        return sum(_milli(one.at(cluster.clock.now)) for one in told)


_CUSTOM = "unable to fetch metrics from custom metrics API: "


def amount(uses: Sequence[Use], resource: str) -> int:
    """What containers use in thousandths: each is rounded up to the next millicore, as a quantity's MilliValue."""
    if resource == "cpu":
        return sum(math.ceil(round(one.cpu, 6)) for one in uses)
    return sum(int(one.memory) * 1000 for one in uses)


def _chosen(containers: dict[str, Use], container: str, key: Key) -> list[Use]:
    if not container:
        return list(containers.values())
    if container not in containers:
        raise Unscalable(f"container {container} not present in metrics for pod {key.namespace}/{key.name}")
    return [containers[container]]


def _check_custom_api(cluster: Cluster) -> None:
    if not declared.loads(cluster) and not any(one.on for one in declared.values(cluster)):
        raise Unscalable(NO_CUSTOM_API)


def _of(cluster: Cluster, namespace: str, name: str, selector: Dict | None) -> Iterator[Value]:
    chosen = selectors.compile(selector if selector is not None else {})
    for one in declared.values(cluster):
        if one.name == name and one.namespace == namespace and chosen.matches(one.labels):
            yield one


def _is_about(one: Value, labels: dict[str, str]) -> bool:
    if one.on == "pods":
        return True
    return "=" in one.on and selectors.parse(one.on).matches(labels)


def _named(on: str) -> str:
    """`ingress/main` of whatever the learner wrote: `ing/main`, `Ingress/main`."""
    kind, _, name = on.partition("/")
    row = find(kind)
    return f"{row.name if row else kind}/{name}".lower()


def _milli(value: float) -> int:
    return math.ceil(round(value * 1000, 6))
