"""What a target's policies come to in a minute: wishes, what holds them back, the number of tasks.

Policies reckon from the tasks that run, and are compared with the number desired. Out if any policy wants it, in only
if all that track a target agree; of several numbers the largest counts.
Source: ECS developer guide, "Automatically scale your Amazon ECS service"; Application Auto Scaling user guide.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.autoscaling.application import activities, policies, stepping, targets, targettracking
from labkit.autoscaling.application.cooling import Activity, credited, granted
from labkit.autoscaling.application.targettracking import COOLDOWN, Wish
from labkit.cloud import alarming
from labkit.cloud.alarms import ALARM
from labkit.cluster import Cluster

Object = dict[str, Any]


class Read(NamedTuple):
    """A policy in a minute: the alarm that is in ALARM ("" if none), its newest value, the capacity that follows."""

    policy: Object
    alarm: str
    value: float | None
    capacity: int | None
    may_shrink: bool = True

    @property
    def name(self) -> str:
        """The policy's name."""
        return str(self.policy["PolicyName"])

    @property
    def tracks(self) -> bool:
        """Whether it tracks a target."""
        return bool(self.policy["PolicyType"] == policies.TRACKING)

    @property
    def cause(self) -> str:
        """As activities tell it."""
        return f"monitor alarm {self.alarm} in state ALARM triggered policy {self.name}"


class Verdict(NamedTuple):
    """The number of tasks that is wanted now, by which policy, and why it isn't another, where something held it."""

    running: int
    desired: int
    wanted: int
    by: Read | None
    reads: tuple[Read, ...]
    held: str = ""
    reason: Object | None = None

    @property
    def cooldown(self) -> float:
        """Seconds for which the change will cool down."""
        if self.by is None:
            return 0.0
        given = self.by.policy.get(policies.LABEL)
        if given is None:
            return float(self.by.policy[policies.STEP_LABEL].get("Cooldown") or COOLDOWN)
        word = "ScaleOutCooldown" if self.wanted > self.desired else "ScaleInCooldown"
        return float(COOLDOWN if given.get(word) is None else given[word])


def last_of(target: Object) -> Activity | None:
    """A target's newest activity."""
    held = target.get("last")
    return Activity(**held) if held else None


def decide(world: Cluster, target: Object) -> Verdict:
    """What a target's policies come to now."""
    resource = target["ResourceId"]
    service = targets.service_of(resource)
    running, desired = activities.running_of(world, service), world.require(service)["desiredCount"]
    held = [world.require(key) for key in world.keys(targets.POLICY, resource)]
    last, now = last_of(target), world.clock.now
    reads = tuple(_read(world, policy, running, desired, last) for policy in held)
    verdict = _agreed(reads, running, desired)
    if verdict.by is None:
        return verdict
    return _bounded(_cooled(_allowed(world, target, verdict), last, now), target)


def _read(world: Cluster, policy: Object, running: int, desired: int, last: Activity | None) -> Read:
    found = policies.alarms_of(world, policy)
    alarm = next((one for one in found if one["StateValue"] == ALARM and one["ActionsEnabled"]), None)
    value = newest(world, alarm or found[0]) if found else None
    if policy["PolicyType"] == policies.TRACKING:
        return _tracked(policy, alarm, value, running)
    if alarm is None or value is None:
        return Read(policy, "", value, None)
    base = max(running, last.after) if last is not None and last.is_outward and last.cools(world.clock.now) else running
    wanted = _stepped(world, policy, alarm, value, base, last)
    backward = wanted <= desired if wanted > base else wanted >= desired
    return Read(policy, alarm["AlarmName"], value, None if backward else wanted)


def newest(world: Cluster, alarm: Object) -> float | None:
    """The newest value of an alarm's metric among those that it looks at."""
    points = alarming.values(world, alarm, alarming.rule_of(alarm).range)
    return next((value for _, value in reversed(points) if value is not None), None)


def _tracked(policy: Object, alarm: Object | None, value: float | None, running: int) -> Read:
    given = policy[policies.LABEL]
    may_shrink = not given.get("DisableScaleIn")
    if alarm is None or value is None:
        return Read(policy, "", value, None, may_shrink)
    wanted = targettracking.capacity(running, value, given["TargetValue"])
    if not running and alarm["ComparisonOperator"].startswith("Greater"):
        wanted = 1
    return Read(policy, alarm["AlarmName"], value, wanted, may_shrink)


def _stepped(world: Cluster, policy: Object, alarm: Object, value: float, base: int, last: Activity | None) -> int:
    """The capacity by a step, of which what a cooling activity has added is taken off."""
    given, now = policy[policies.STEP_LABEL], world.clock.now
    rest = given["AdjustmentType"], policies.steps_of(given), value - alarm["Threshold"]
    wanted = stepping.capacity(base, *rest, given.get("MinAdjustmentMagnitude") or 0)
    return wanted if given["AdjustmentType"] == stepping.EXACT else base + credited(wanted - base, last, now)


def _agreed(reads: tuple[Read, ...], running: int, desired: int) -> Verdict:
    """The wish that counts: the largest outward; inward the one that all tracking policies, and steps, come to."""
    wishes, quiet = [], 0
    for read in reads:
        if not read.tracks or read.capacity is None:
            quiet += read.tracks and read.may_shrink
        elif (read.capacity > desired) == _is_high(read) and read.capacity != desired:
            wishes.append(Wish(read.name, read.capacity, read.may_shrink))
        else:
            quiet += read.may_shrink
    tracked = targettracking.agreed(desired, wishes, quiet)
    steps = [read.capacity for read in reads if not read.tracks and read.capacity is not None]
    offered = [one for one in (tracked, *steps) if one != desired]
    wanted = max(offered, default=desired)
    by = next((read for read in reads if read.capacity == wanted and read.alarm), None)
    held = "" if offered or not wishes else "not all policies that track a target agree to scale in"
    return Verdict(running, desired, wanted, by if offered else None, reads, held)


def _is_high(read: Read) -> bool:
    return "-AlarmHigh-" in read.alarm


def _allowed(world: Cluster, target: Object, verdict: Verdict) -> Verdict:
    """What is suspended isn't done, nor scale-in during a deployment."""
    out, suspended = verdict.wanted > verdict.desired, target["SuspendedState"]
    if suspended["DynamicScalingOutSuspended" if out else "DynamicScalingInSuspended"]:
        return _kept(verdict, f"scaling {'out' if out else 'in'} is suspended")
    if not out and is_deploying(world.require(targets.service_of(target["ResourceId"]))):
        return _kept(verdict, "a deployment is in progress: no scale-in meanwhile")
    return verdict


def is_deploying(service: Object) -> bool:
    """Whether a deployment of a service is in progress."""
    return any(one.get("rolloutState") == "IN_PROGRESS" for one in service["deployments"])


def _kept(verdict: Verdict, held: str, reason: Object | None = None) -> Verdict:
    return verdict._replace(wanted=verdict.desired, held=held, reason=reason)


def _cooled(verdict: Verdict, last: Activity | None, now: float) -> Verdict:
    wanted = granted(verdict.desired, verdict.wanted, last, now)
    if wanted == verdict.wanted or last is None:
        return verdict
    return _kept(verdict, f"the last activity cools down for {last.time + last.cooldown - now:g} s more")


def _bounded(verdict: Verdict, target: Object) -> Verdict:
    """Within the bounds; a service below the minimum isn't scaled in, one above the maximum isn't scaled out."""
    least, most, desired = target["MinCapacity"], target["MaxCapacity"], verdict.desired
    if verdict.wanted > desired:
        wanted = min(max(verdict.wanted, least), most)
        if wanted > desired:
            return verdict._replace(wanted=wanted)
        reason = {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": most, "CurrentCapacity": desired}
        return _kept(verdict, f"it is at its maximum of {most}", reason)
    if verdict.wanted < desired:
        wanted = max(min(verdict.wanted, most), least)
        if wanted < desired:
            return verdict._replace(wanted=wanted)
        reason = {"Code": "AlreadyAtMinCapacity", "MinCapacity": least, "CurrentCapacity": desired}
        return _kept(verdict, f"it is at its minimum of {least}", reason)
    return verdict
