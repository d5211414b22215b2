"""How many pods a metric asks for. All pure, integer where the original is.

Source: pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go, v1.36.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from labkit.errors import LabError

CPU_INITIALIZATION = 300.0
"""Seconds after a pod's start in which its cpu counts only once it is ready (--horizontal-pod-autoscaler-cpu-…)."""
READINESS_DELAY = 30.0
"""Seconds after a pod's start in which a change of its readiness counts as its first."""
TOLERANCE = 0.1

NO_METRICS = "did not receive metrics for targeted pods (pods might be unready)"
NO_PODS = "no pods returned by selector while calculating replica count"


class Unscalable(LabError):  # noqa: N818  an outcome that is reported in a status
    """No number of pods can be worked out; the message is the original's."""


class Tolerance(NamedTuple):
    """By which share a metric may be off its target without consequence, above and below."""

    up: float = TOLERANCE
    down: float = TOLERANCE

    def covers(self, ratio: float) -> bool:
        """Whether a ratio of metric to target is near enough to 1."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


class Sample(NamedTuple):
    """A pod's metric: in thousandths, measured at `timestamp` over `window` seconds."""

    value: int
    timestamp: float
    window: float


class PodState(NamedTuple):
    """What counts of a pod; moments in seconds, `ready` is None without the condition."""

    name: str
    phase: str = "Running"
    deleting: bool = False
    started: float | None = 0.0
    ready: bool | None = True
    ready_changed: float = 0.0


class Totals(NamedTuple):
    """Sums over the pods: those whose metric counts, those that aren't ready, those whose metric is missing.

    `used` and the requests are in thousandths. Pods that are being deleted or have failed are in none.
    """

    ready: int = 0
    used: int = 0
    requested: int = 0
    unready: int = 0
    unready_requested: int = 0
    missing: int = 0
    missing_requested: int = 0


class Proposal(NamedTuple):
    """How many pods; the metric as a percentage of the requests, if it is one; its average in thousandths."""

    replicas: int
    utilization: int | None
    average: int


class Groups(NamedTuple):
    """Pods by what their metrics are worth; those that are being deleted or have failed are in none."""

    ready: tuple[str, ...]
    unready: tuple[str, ...]
    missing: tuple[str, ...]


def grouped(pods: Iterable[PodState], samples: Mapping[str, Sample], resource: str, now: float) -> Groups:
    """Group pods (groupPods); `resource` is "cpu", "memory", or "" for other metrics. Unscalable if none is ready."""
    ready: list[str] = []
    unready: list[str] = []
    missing: list[str] = []
    for pod in pods:
        sample = samples.get(pod.name)
        if pod.deleting or pod.phase == "Failed":
            continue
        if pod.phase == "Pending" or (sample and resource == "cpu" and is_unready(pod, sample, now)):
            unready.append(pod.name)
        else:
            (missing if sample is None else ready).append(pod.name)
    if not ready:
        raise Unscalable(NO_METRICS)
    return Groups(tuple(ready), tuple(unready), tuple(missing))


def totals(groups: Groups, used: int, requests: Mapping[str, int]) -> Totals:
    """The sums over groups; `used`: the metric of all that are ready; `requests` may be empty."""
    asked = [sum(requests.get(name, 0) for name in names) for names in groups]
    ready, unready, missing = map(len, groups)
    return Totals(ready, used, asked[0], unready, asked[1], missing, asked[2])


def is_unready(pod: PodState, sample: Sample, now: float) -> bool:
    """Whether a running pod's cpu doesn't count, since the pod may be starting."""
    if pod.ready is None or pod.started is None:
        return True
    if pod.started + CPU_INITIALIZATION > now:
        return not pod.ready or sample.timestamp < pod.ready_changed + sample.window
    return not pod.ready and pod.started + READINESS_DELAY > pod.ready_changed


def by_utilization(current: int, target: int, found: Totals, tolerance: Tolerance) -> Proposal:
    """From what the pods use as a percentage of their requests (GetResourceReplicas). Raises Unscalable.

    Pods without metrics count as using nothing on the way up, and on the way down all that they request, or the target
    where that is more; pods that aren't ready count as using nothing on the way up.
    """
    if not found.requested:
        raise Unscalable("no metrics returned matched known pods")
    utilization = found.used * 100 // found.requested
    ratio = utilization / target
    average = found.used // found.ready
    if not is_doubtful(found, ratio):
        within = tolerance.covers(ratio)
        return Proposal(current if within else math.ceil(ratio * found.ready), utilization, average)
    again, count = utilization_of_all(target, found, ratio)
    return Proposal(_turned(current, ratio, again, count, tolerance), utilization, average)


def is_doubtful(found: Totals, ratio: float) -> bool:
    """Whether pods without metrics, or on the way up pods that aren't ready, have to be counted in."""
    return found.missing > 0 or (found.unready > 0 and ratio > 1.0)


def utilization_of_all(target: int, found: Totals, ratio: float) -> tuple[float, int]:
    """The ratio with the doubtful pods counted in, and how many pods it is about."""
    used, requested, count = found.used, found.requested, found.ready
    if found.missing and ratio != 1.0:
        used += found.missing_requested * max(100, target) // 100 if ratio < 1.0 else 0
        requested, count = requested + found.missing_requested, count + found.missing
    if found.unready and ratio > 1.0:
        requested, count = requested + found.unready_requested, count + found.unready
    return (used * 100 // requested) / target, count


def by_average(current: int, target: int, found: Totals, tolerance: Tolerance) -> Proposal:
    """From the average of a metric, in thousandths (calcPlainMetricReplicas).

    Pods without metrics count as being at the target on the way down, else as zero.
    """
    average = found.used // found.ready
    ratio = average / target
    if not is_doubtful(found, ratio):
        within = tolerance.covers(ratio)
        return Proposal(current if within else math.ceil(ratio * found.ready), None, average)
    again, count = average_of_all(target, found, ratio)
    return Proposal(_turned(current, ratio, again, count, tolerance), None, average)


def average_of_all(target: int, found: Totals, ratio: float) -> tuple[float, int]:
    """The ratio with the doubtful pods counted in, and how many pods it is about."""
    missing = found.missing if ratio != 1.0 else 0
    used = found.used + (target * missing if ratio < 1.0 else 0)
    count = found.ready + missing + (found.unready if ratio > 1.0 else 0)
    return (used // count) / target, count


def _turned(current: int, ratio: float, again: float, count: int, tolerance: Tolerance) -> int:
    """The size once all pods are counted in; as it is where that is too little, or would turn the direction."""
    if tolerance.covers(again) or (ratio < 1.0 < again) or (again < 1.0 < ratio):
        return current
    wanted = math.ceil(again * count)
    if (again < 1.0 and wanted > current) or (again > 1.0 and wanted < current):
        return current
    return wanted


def by_value(current: int, target: int, value: int, ready: int | None, tolerance: Tolerance) -> Proposal:
    """From one value, in thousandths, for all pods together (GetObjectMetricReplicas, GetExternalMetricReplicas).

    `ready`: how many pods are Running and Ready, None where the selector finds no pod at all. Raises Unscalable.
    """
    ratio = value / target
    if current == 0:
        return Proposal(math.ceil(ratio), None, value)
    if tolerance.covers(ratio):
        return Proposal(current, None, value)
    if ready is None:
        raise Unscalable(f"unable to calculate ready pods: {NO_PODS}")
    return Proposal(math.ceil(ratio * ready), None, value)


def by_value_per_pod(replicas: int, target: int, value: int, tolerance: Tolerance) -> Proposal:
    """From one value, in thousandths, of which each pod is to have `target` (Get…PerPodMetricReplicas).

    `replicas`: as in the status of what is scaled.
    """
    ratio = value / (target * replicas) if replicas else math.inf
    wanted = replicas if tolerance.covers(ratio) else math.ceil(value / target)
    return Proposal(wanted, None, math.ceil(value / replicas) if replicas else value)
