"""One sync of one autoscaler: from its workload's scale to the new size, conditions and events.

Source: pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler, computeReplicasForMetrics, v1.36.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from labkit import apiserver
from labkit.autoscaling.hpa import rules
from labkit.autoscaling.hpa.fleet import Fleet, fleet_of
from labkit.autoscaling.hpa.memory import SOURCE, State, autoscalers
from labkit.autoscaling.hpa.proposals import Failed, Given, Scale, proposed
from labkit.autoscaling.hpa.replicas import Totals
from labkit.autoscaling.hpa.rules import Normalized
from labkit.autoscaling.hpa.sources import Sources
from labkit.autoscaling.hpa.spec import MetricSpec, Spec
from labkit.autoscaling.hpa.status import Status
from labkit.autoscaling.hpa.summing import in_use, summed
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.fields import selectors
from labkit.kinds.registry import KINDS, Key
from labkit.kubelet.traffic import traffic_of

Dict = dict[str, Any]

SCALABLE = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")

GOT_SCALE = "the HPA controller was able to get the target's current scale"
DISABLED = "scaling is disabled since the replica count of the target is zero"
ABOVE_MAX = "Current number of replicas above Spec.MaxReplicas"
BELOW_MIN = "Current number of replicas below Spec.MinReplicas"
VALID = "the HPA was able to successfully calculate a replica count from"


class Refused(Exception):  # noqa: N818  an outcome that is reported in a status
    """The workload has no scale; the text says why."""


class Wanted(NamedTuple):
    """What the metrics ask for together: how many pods (-1: nothing can be said), by which, and their statuses."""

    replicas: int
    name: str
    statuses: list[Dict]
    first: float


class Seen(NamedTuple):
    """A sync after which there was nothing to do or wait for, and what it followed from."""

    scale: Scale
    used: list[int] | None
    wanted: Wanted


def run(cluster: Cluster, key: Key, obj: Dict, state: State, sources: Sources) -> None:
    """Look at the metrics, rescale, and write the status."""
    held = obj.get("status")
    status = Status(cluster, key, held or {}, SOURCE)
    try:
        workload = workload_of(cluster, obj)
    except Refused as refused:
        status.event("Warning", "FailedGetScale", str(refused))
        told = f"the HPA controller was unable to get the target's current scale: {refused}"
        status.condition("AbleToScale", False, "FailedGetScale", told)
    else:
        status.condition("AbleToScale", True, "SucceededGetScale", GOT_SCALE)
        wanted = workload["spec"].get("replicas")
        scale = Scale(1 if wanted is None else wanted, (workload.get("status") or {}).get("replicas", 0))
        assert state.spec is not None
        if state.told_of is held and repeats(cluster, state, scale, state.spec[1]):
            return
        Sync(cluster, key, workload, scale, state.spec[1], state, status, sources).run()
    before = state.told if state.told_of is held else None
    state.told = status.write(before)
    state.told_of = cluster.require(key).get("status")


def repeats(cluster: Cluster, state: State, scale: Scale, asked: Spec) -> bool:
    """Whether this sync would be the last one over again; if so it is noted, and there is nothing else to do."""
    seen: Seen | None = state.seen
    if seen is None or seen.used is None or seen.scale != scale:
        return False
    if in_use(traffic_of(cluster), state.steady, asked.metrics) != seen.used:
        return False
    now, wanted = cluster.clock.now, seen.wanted
    state.memory = state.memory._replace(recommendations=((now, wanted.replicas),))
    state.sample((now, wanted.first, asked.metrics[0].target, wanted.replicas, scale.wanted, scale.wanted))
    return True


def workload_of(cluster: Cluster, obj: Dict) -> Dict:
    """The workload that is scaled; Refused in the real words if there is none, or if its kind has no scale."""
    told = obj["spec"]["scaleTargetRef"]
    group = (told.get("apiVersion") or "").rpartition("/")[0]
    row = KINDS.get(told["kind"])
    if row is None or row.group != group:
        raise Refused(f'no matches for kind "{told["kind"]}" in group "{group}"')
    if row.name not in SCALABLE:
        raise Refused("the server could not find the requested resource")
    found = cluster.get(Key(row.name, obj["metadata"]["namespace"], told["name"]))
    if found is None:
        resource = f"{row.plural}/scale{'.' if row.group else ''}{row.group}"
        raise Refused(f'{resource} "{told["name"]}" not found')
    return found


@dataclass(slots=True)
class Sync:
    """One autoscaler at one moment, with the scale of its workload."""

    cluster: Cluster
    key: Key
    workload: Dict
    scale: Scale
    asked: Spec
    state: State
    status: Status
    sources: Sources

    @property
    def now(self) -> float:
        """The moment."""
        return self.cluster.clock.now

    def run(self) -> None:
        """Bring the workload within its bounds, or to what its metrics ask for."""
        state, wanted, bounds = self.state, self.scale.wanted, self.asked.bounds
        if not state.memory.recommendations:
            state.memory = state.memory._replace(recommendations=((self.now, wanted),))
        if wanted == 0 and bounds.least != 0:
            self.status.condition("ScalingActive", False, "ScalingDisabled", DISABLED)
            self.status.sizes(0, 0, [])
        elif wanted > bounds.most:
            self.rescale(bounds.most, ABOVE_MAX, [])
        elif wanted < bounds.least:
            self.rescale(bounds.least, BELOW_MIN, [])
        else:
            self._look()

    def _look(self) -> None:
        fleet = self._fleet()
        if self.state.rivals:
            self._report_rivals()
            return

        def sums(metric: MetricSpec) -> Totals:
            return summed(self.cluster, fleet, self.state.steady, metric, self.sources)

        asked = self.asked
        given = Given(self.cluster, self.key.namespace, self.scale, fleet, asked.tolerance, self.sources, sums)
        wanted = self.compute(given)
        if wanted.replicas < 0:
            self.status.sizes(self.scale.wanted, self.status.desired, wanted.statuses)
        else:
            self._follow(wanted)

    def _follow(self, wanted: Wanted) -> None:
        """Normalise what the metrics ask for, and do it."""
        current, got = self.scale.wanted, self._normalized(wanted.replicas)
        self.state.memory = got.memory
        self.status.condition("AbleToScale", True, *got.able)
        self.status.condition("ScalingLimited", got.limited, *got.limit)
        target = self.asked.metrics[0].target
        self.state.sample((self.now, wanted.first, target, wanted.replicas, current, got.replicas))
        is_quiet = wanted.replicas == current == got.replicas and len(got.memory.recommendations) == 1
        self.state.seen = Seen(self.scale, self._in_use(), wanted) if is_quiet else None
        if got.replicas == current:
            self.status.sizes(current, current, wanted.statuses)
            return
        reason = f"{wanted.name} above target" if wanted.replicas > current else ""
        reason = "All metrics below target" if wanted.replicas < current else reason
        self.rescale(got.replicas, reason, wanted.statuses)

    def _in_use(self) -> list[int] | None:
        return in_use(traffic_of(self.cluster), self.state.steady, self.asked.metrics)

    def _normalized(self, wanted: int) -> Normalized:
        up, down, memory = self.asked.up, self.asked.down, self.state.memory
        if up is None or down is None:
            return rules.normalized(memory, self.now, self.scale.wanted, wanted, self.asked.bounds)
        return rules.normalized_by_behavior(memory, self.now, self.scale.wanted, wanted, self.asked.bounds, up, down)

    def rescale(self, size: int, reason: str, statuses: list[Dict]) -> None:
        """Set the workload's size; a refusal is told."""
        current, status = self.scale.wanted, self.status
        meta = self.workload["metadata"]
        target = Key(self.workload["kind"], meta["namespace"], meta["name"])
        try:
            apiserver.patch(self.cluster, target, {"spec": {"replicas": size}}, "merge")
        except ApiError as error:
            status.event("Warning", "FailedRescale", f"New size: {size}; reason: {reason}; error: {error.message}")
            told = f"the HPA controller was unable to update the target scale: {error.message}"
            status.condition("AbleToScale", False, "FailedUpdateScale", told)
            status.sizes(current, status.desired, statuses)
            return
        told = f"the HPA controller was able to update the target scale to {size}"
        status.condition("AbleToScale", True, "SucceededRescale", told)
        status.event("Normal", "SuccessfulRescale", f"New size: {size}; reason: {reason}")
        if self.asked.up is not None and self.asked.down is not None:
            changed = rules.rescaled(self.state.memory, self.now, current, size, self.asked.up, self.asked.down)
            self.state.memory = changed
        status.sizes(current, size, statuses, rescaled=True)

    def _fleet(self) -> Fleet:
        """The pods behind the workload's selector; looked up anew only where one of them has changed."""
        state, selector = self.state, self.workload["spec"].get("selector")
        if self.workload["kind"] == "ReplicationController":
            selector = {"matchLabels": selector}
        if state.fleet is None or selector != state.selector:
            state.selector, state.steady = selector, {}
            state.fleet = fleet_of(self.cluster, self.key.namespace, selector)
            state.rivals = autoscalers(self.cluster).count(self.key, state.fleet.keys)
        return state.fleet

    def _report_rivals(self) -> None:
        """Nothing is scaled where another autoscaler scales the same pods."""
        listed = " ".join(f"{one.namespace}/{one.name}" for one in sorted((self.key, *self.state.rivals)))
        chosen = selectors.compile(self.state.selector)
        told = f"pods by selector {chosen} are controlled by multiple HPAs: [{listed}]"
        self.status.event("Warning", "AmbiguousSelector", told)
        self.status.condition("ScalingActive", False, "AmbiguousSelector", told)
        self.status.sizes(self.scale.wanted, self.status.desired, [])
        self.status.event("Warning", "FailedComputeMetricsReplicas", told)

    def compute(self, given: Given) -> Wanted:
        """What all metrics ask for; the largest counts.

        If all fail, or one does and the others would scale down, nothing can be said.
        """
        size, name, first = 0, "", float("nan")
        statuses: list[Dict] = []
        failures: list[Failed] = []
        for metric in self.asked.metrics:
            try:
                found = proposed(metric, given)
            except Failed as failure:
                self.status.event("Warning", failure.reason, failure.told)
                failures.append(failure)
                statuses.append({"type": ""})
                continue
            statuses.append(found.status)
            first = found.current if len(statuses) == 1 else first
            if size == 0 or found.replicas > size:
                size, name = found.replicas, found.name
        if failures and (len(failures) == len(self.asked.metrics) or size < given.scale.wanted):
            self._report(failures)
            return Wanted(-1, "", statuses, first)
        self.status.condition("ScalingActive", True, "ValidMetricFound", f"{VALID} {name}")
        return Wanted(size, name, statuses, first)

    def _report(self, failures: list[Failed]) -> None:
        first = failures[0]
        told = f"the HPA was unable to compute the replica count: {first.told}"
        self.status.condition("ScalingActive", False, first.reason, told)
        counted = f"({len(failures)} invalid out of {len(self.asked.metrics)})"
        told = f"invalid metrics {counted}, first error is: {first.whole}"
        self.status.event("Warning", "FailedComputeMetricsReplicas", told)
