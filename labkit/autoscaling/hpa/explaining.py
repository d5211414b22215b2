"""Why an autoscaler wants the size it wants: each metric's arithmetic, then what holds it back.

Everything is worked out anew from the world as it is; nothing is written and nothing remembered.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from labkit.autoscaling.hpa import replicas, rules, spec
from labkit.autoscaling.hpa.fleet import fleet_of
from labkit.autoscaling.hpa.memory import State, autoscalers
from labkit.autoscaling.hpa.proposals import Failed, Given, Scale, proposed
from labkit.autoscaling.hpa.replicas import Totals
from labkit.autoscaling.hpa.rules import READY, WITHIN, Normalized
from labkit.autoscaling.hpa.sources import LabMetrics, Sources
from labkit.autoscaling.hpa.spec import MetricSpec, Spec
from labkit.autoscaling.hpa.summing import summed
from labkit.autoscaling.hpa.sync import Refused, workload_of
from labkit.cluster import Cluster
from labkit.kinds.registry import Key


class SizeWhy(NamedTuple):
    """The size now, the size wanted, and the way there in lines of words."""

    autoscaler: str
    current: int
    wanted: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.autoscaler}: {self.current} pods now, {self.wanted} wanted", *self.lines])

    def __repr__(self) -> str:
        return str(self)


def explain(cluster: Cluster, key: Key, sources: Sources | None = None) -> SizeWhy:
    """Why an autoscaler would set which size now; ApiError NotFound if there is none of that key."""
    obj = cluster.require(key)
    asked, state = spec.read(obj["spec"]), _state(cluster, key)
    try:
        workload = workload_of(cluster, obj)
    except Refused as refused:
        return SizeWhy(key.name, 0, 0, (f"nothing is scaled: {refused}",))
    current = workload["spec"].get("replicas", 1)
    if not asked.bounds.least <= current <= asked.bounds.most:
        return _outside(key, current, asked)
    scale = Scale(current, (workload.get("status") or {}).get("replicas", 0))
    fleet = fleet_of(cluster, key.namespace, workload["spec"].get("selector"))
    asking = sources or LabMetrics()

    def sums(metric: MetricSpec) -> Totals:
        return summed(cluster, fleet, {}, metric, asking)

    given = Given(cluster, key.namespace, scale, fleet, asked.tolerance, asking, sums)
    return _by_metrics(key, asked, given, state)


def _state(cluster: Cluster, key: Key) -> State:
    return autoscalers(cluster).states.get(key) or State()


def _outside(key: Key, current: int, asked: Spec) -> SizeWhy:
    bounds = asked.bounds
    if current == 0:
        return SizeWhy(key.name, 0, 0, ("its workload has size 0: scaling is switched off",))
    wanted = min(max(current, bounds.least), bounds.most)
    told = f"{current} is not within {bounds.least} to {bounds.most}: that goes before all metrics"
    return SizeWhy(key.name, current, wanted, (told,))


def _by_metrics(key: Key, asked: Spec, given: Given, state: State) -> SizeWhy:
    current, lines, sizes = given.scale.wanted, [], []
    for metric in asked.metrics:
        try:
            found = proposed(metric, given)
        except Failed as failure:
            lines.append(f"- {metric.name}: no size, as {failure.told}")
            continue
        sizes.append(found.replicas)
        lines.append(f"- {found.name} proposes {found.replicas}")
        lines.extend(f"    {line}" for line in _arithmetic(metric, given, found.current))
    if not sizes or (len(sizes) < len(asked.metrics) and max(sizes) < current):
        return SizeWhy(key.name, current, current, (*lines, "a metric is missing: no size follows from the others"))
    wanted = max(sizes)
    lines += [f"the largest counts: {wanted}"] if len(sizes) > 1 else []
    got = _normalized(state, given.cluster.clock.now, current, wanted, asked)
    return SizeWhy(key.name, current, got.replicas, (*lines, *_held_back(asked, current, got)))


def _arithmetic(metric: MetricSpec, given: Given, value: int) -> Iterator[str]:
    if metric.type in ("Object", "External"):
        each = " a pod" if metric.target_type == "AverageValue" else ""
        yield f"it is {value / 1000:g}{each}, the target is {metric.target / 1000:g}{each}"
        return
    found = given.summed(metric)
    if metric.target_type == "Utilization":
        used, requested = _amount(found.used, metric), _amount(found.requested, metric)
        told = f"{found.ready} pods use {used} of the {requested} that they request"
        yield f"{told}: {value} %, the target is {metric.target} %"
    else:
        told = f"{found.ready} pods have {_amount(value, metric)} on average"
        yield f"{told}, the target is {_amount(metric.target, metric)}"
    yield from _ratio(metric, value / metric.target, found, given)


def _amount(milli: int, metric: MetricSpec) -> str:
    if metric.name == "memory" and metric.type != "Pods":
        return f"{milli / 1000 / 2**20:.0f}Mi"
    return f"{milli}m" if metric.type != "Pods" else f"{milli / 1000:g}"


def _ratio(metric: MetricSpec, ratio: float, found: Totals, given: Given) -> Iterator[str]:
    """From the ratio to the number of pods, with those that are doubtful."""
    yield f"ratio {ratio:.2f}"
    count, current, before = found.ready, given.scale.wanted, ratio
    if replicas.is_doubtful(found, ratio):
        yield from _doubtful(metric, ratio, found)
        of_all = replicas.utilization_of_all if metric.target_type == "Utilization" else replicas.average_of_all
        ratio, count = of_all(metric.target, found, ratio)
        yield f"ratio with all of them: {ratio:.2f}"
    size = math.ceil(ratio * count)
    if given.tolerance.covers(ratio):
        down, up = 1 - given.tolerance.down, 1 + given.tolerance.up
        yield f"within the tolerance of {down:g} to {up:g}, so it stays at {current}"
    elif ratio != before and (size < current if before > 1.0 else size > current):
        yield f"that would turn the direction, so it stays at {current}"
    else:
        yield f"{ratio:.2f} x {count} pods, rounded up: {size}"


def _doubtful(metric: MetricSpec, ratio: float, found: Totals) -> Iterator[str]:
    if found.missing and ratio != 1.0:
        full = "all they request" if metric.target_type == "Utilization" else "the target"
        yield f"{found.missing} pods have no metrics: they count with {full if ratio < 1.0 else 'nothing'}"
    if found.unready and ratio > 1.0:
        yield f"{found.unready} pods are not ready: they count with nothing on the way up"


def _normalized(state: State, now: float, current: int, wanted: int, asked: Spec) -> Normalized:
    if asked.up is None or asked.down is None:
        return rules.normalized(state.memory, now, current, wanted, asked.bounds)
    return rules.normalized_by_behavior(state.memory, now, current, wanted, asked.bounds, asked.up, asked.down)


def _held_back(asked: Spec, current: int, got: Normalized) -> Iterator[str]:
    """What stabilisation, policies and bounds make of it."""
    if got.able != READY:
        yield f"{got.able[0]}: {got.able[1]}"
    if got.limit != WITHIN:
        fixed = f" (without behavior a step goes to at most max(2 x {current}, 4))" if asked.up is None else ""
        yield f"{got.limit[0]}: {got.limit[1]}{fixed if got.limit[0] == 'ScaleUpLimit' else ''}"
    yield f"within {asked.bounds.least} to {asked.bounds.most}: {got.replicas}"
