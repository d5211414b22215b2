"""The totals of a metric over the pods, worked out anew only where something but the load has changed.

While the pods are settled (each is ready with metrics, or pending, or going), a sync needs only what a pod of each kind
uses under the load of the last sample: the groups of labkit.metrics.samples, not the pods.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit.autoscaling.hpa import fleet as fleets
from labkit.autoscaling.hpa import replicas
from labkit.autoscaling.hpa.fleet import Fleet
from labkit.autoscaling.hpa.replicas import Groups, PodState, Sample, Totals, Unscalable
from labkit.autoscaling.hpa.sources import LabMetrics, Sources, amount
from labkit.autoscaling.hpa.spec import MetricSpec
from labkit.cluster import Cluster
from labkit.heartbeats import silence
from labkit.kinds.registry import Key
from labkit.kubelet.traffic import traffic_of
from labkit.kubelet.usage import Use
from labkit.metrics import model
from labkit.metrics.samples import Group, Layout, Traffic

Which = tuple[str, str, str]
"""A metric's name, container and type of target."""


class Part(NamedTuple):
    """So many pods of one group of a Service's."""

    service: Key
    group: Group
    size: int


class Steady(NamedTuple):
    """Totals that stay but for `used`, as long as the layouts of these Services stay."""

    totals: Totals
    idle: int
    parts: tuple[Part, ...]
    layouts: tuple[tuple[Key, Layout], ...]
    resource: str
    container: str

    def used(self, traffic: Traffic) -> int | None:
        """What all pods use now, in thousandths; None if the layouts have changed."""
        for service, layout in self.layouts:
            if traffic.layout(service) is not layout:
                return None
        used = self.idle
        for service, group, size in self.parts:
            used += size * _used(traffic, service, group, self.resource, self.container)
        return used


def _used(traffic: Traffic, service: Key, group: Group, resource: str, container: str) -> int:
    """What one pod of a group uses now, in thousandths."""
    got = model.answer(group.server, traffic.rate(service, group))
    works = [work for work in group.server.works if not container or work.name == container]
    return amount([Use(work.cpu(got.served), work.memory_at(got.in_flight)) for work in works], resource)


def in_use(traffic: Traffic | None, known: dict[Which, Steady], metrics: tuple[MetricSpec, ...]) -> list[int] | None:
    """What settled pods use now, by metric, in thousandths; None if one of the metrics has to be looked at."""
    found = []
    for metric in metrics:
        is_resource = metric.type in ("Resource", "ContainerResource")
        steady = known.get((metric.name, metric.container, metric.target_type)) if is_resource else None
        used = None if steady is None else steady.used(traffic or Traffic())
        if used is None:
            return None
        found.append(used)
    return found


def summed(cluster: Cluster, fleet: Fleet, known: dict[Which, Steady], metric: MetricSpec, sources: Sources) -> Totals:
    """The totals of a Resource, ContainerResource or Pods metric. Raises Unscalable.

    `known`: what was worked out since the pods changed, by metric; it is added to.
    """
    if metric.type == "Pods":
        return _of_pods(cluster, fleet, metric, sources)
    which = (metric.name, metric.container, metric.target_type)
    traffic = traffic_of(cluster) or Traffic()
    steady = known.get(which)
    if steady is not None and (used := steady.used(traffic)) is not None:
        return steady.totals._replace(used=used)
    samples = _fetched(cluster, fleet, metric, sources)
    _check_pods(fleet)
    groups = replicas.grouped(fleet.states, samples, metric.name, cluster.clock.now)
    asked = (
        fleets.requests(cluster, fleet, metric.name, metric.container) if metric.target_type == "Utilization" else {}
    )
    found = replicas.totals(groups, sum(samples[name].value for name in groups.ready), asked)
    known.pop(which, None)
    if isinstance(sources, LabMetrics) and _is_settled(fleet, groups) and not _is_silent(cluster, fleet):
        steady = _steady(cluster, fleet, groups, samples, traffic, metric, found)
        if steady.used(traffic) == found.used:
            known[which] = steady
    return found


def _fetched(cluster: Cluster, fleet: Fleet, metric: MetricSpec, sources: Sources) -> dict[str, Sample]:
    try:
        return sources.resource(cluster, fleet.keys, metric.name, metric.container)
    except Unscalable as error:
        raise Unscalable(f"unable to get metrics for resource {metric.name}: {error.message}") from None


def _check_pods(fleet: Fleet) -> None:
    if not fleet.keys:
        raise Unscalable(replicas.NO_PODS)


def _of_pods(cluster: Cluster, fleet: Fleet, metric: MetricSpec, sources: Sources) -> Totals:
    try:
        samples = sources.of_pods(cluster, fleet.keys, metric.name, metric.selector)
    except Unscalable as error:
        raise Unscalable(f"unable to get metric {metric.name}: {error.message}") from None
    _check_pods(fleet)
    groups = replicas.grouped(fleet.states, samples, "", cluster.clock.now)
    return replicas.totals(groups, sum(samples[name].value for name in groups.ready), {})


def _is_settled(fleet: Fleet, groups: Groups) -> bool:
    """Whether time alone changes no pod's group."""
    ready = set(groups.ready)
    return not groups.missing and all(_stays(pod, pod.name in ready) for pod in fleet.states)


def _is_silent(cluster: Cluster, fleet: Fleet) -> bool:
    """Whether a node of the pods gives no sign of life: its pods' metrics will be missing at the next scrape."""
    names = {cluster.read(key).spec.node_name for key in fleet.keys} - {""}
    nodes = [cluster.get(Key("Node", "", name)) for name in names]
    return any(node is None or silence(node, cluster.clock) is not None for node in nodes)


def _stays(pod: PodState, counted: bool) -> bool:
    if pod.deleting or pod.phase in ("Pending", "Failed"):
        return True
    return counted and pod.phase == "Running" and pod.ready is True


def _steady(
    cluster: Cluster,
    fleet: Fleet,
    groups: Groups,
    samples: dict[str, Sample],
    traffic: Traffic,
    metric: MetricSpec,
    found: Totals,
) -> Steady:
    """Which pods are in which group of a Service under load, and what the others use."""
    ready, idle = set(groups.ready), 0
    layouts: dict[Key, Layout] = {}
    counts: dict[tuple[Key, int], int] = {}
    for key in fleet.keys:
        if key.name not in ready:
            continue
        services = [one for one in cluster.into(key, "selects") if one.kind == "Service"]
        layouts |= {one: traffic.layout(one) for one in services if one not in layouts}
        home = next(((one, layouts[one].places[key]) for one in services if key in layouts[one].places), None)
        if home is None:
            idle += samples[key.name].value
        else:
            counts[home] = counts.get(home, 0) + 1
    parts = tuple(Part(service, layouts[service].groups[at], count) for (service, at), count in counts.items())
    return Steady(found, idle, parts, tuple(layouts.items()), metric.name, metric.container)
