"""Why a service of ECS or a capacity provider has the size it has: metric, alarms, arithmetic, what holds it back.

Everything is worked out anew from the world as it is; nothing is written and nothing remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import Any, NamedTuple

from labkit.autoscaling.application import policies, targets
from labkit.autoscaling.application.deciding import Read, Verdict, decide, last_of
from labkit.autoscaling.capacity.managed import Plan, alarm_names, plan
from labkit.autoscaling.capacity.reservation import FIRST_STEP, FROM_NOTHING
from labkit.autoscaling.capacity.supply import Provider, managed
from labkit.cloud import alarming
from labkit.cluster import Cluster
from labkit.ecs import choices
from labkit.errors import LabError
from labkit.kinds import Key, ecs

Object = dict[str, Any]

WIDE = 110
"""Letters in a line at most."""


class CapacityWhy(NamedTuple):
    """The size now, the size wanted, and the way there in lines of words; `unit`: task or machine."""

    name: str
    unit: str
    current: int
    wanted: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        head = f"{self.name}: {counted(self.current, self.unit)} desired, {self.wanted} wanted"
        return "\n".join([head, *(fill(line, WIDE) for line in self.lines)])

    def __repr__(self) -> str:
        return str(self)


def counted(number: int, word: str) -> str:
    """A number with its noun."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def explain(world: Cluster, name: str, cluster: str = "default") -> CapacityWhy:
    """Why a scalable service, or a provider that ECS scales, wants its size now; LabError if there is none of the name.

    `name`: a service's or a provider's; `service/web` or `provider/web` where both have it, else it is the service.
    """
    word, slash, plain = name.rpartition("/")
    target = world.get(targets.target_key(targets.resource_of(Key(ecs.SERVICE, cluster, plain))))
    if target is not None and (not slash or word == "service"):
        return _service(world, plain, target)
    found = [one for one in managed(world) if one.name == plain]
    if found and (not slash or word == "provider"):
        return _provider(world, found[0])
    hint = "Register the service as a scalable target, or give the provider managed scaling and a cluster."
    raise LabError(f"nothing scales {name!r}", hint)


def _service(world: Cluster, name: str, target: Object) -> CapacityWhy:
    verdict = decide(world, target)
    lines = [f"{verdict.running} of {verdict.desired} tasks are RUNNING: policies reckon with those"]
    for read in verdict.reads:
        lines += _policy(world, read, verdict)
    lines += _held_back(world, target, verdict)
    if any(read.policy.get(policies.LABEL) for read in verdict.reads):
        lines.append(choices.TRACKING)
    return CapacityWhy(f"service/{name}", "task", verdict.desired, verdict.wanted, tuple(lines))


def _policy(world: Cluster, read: Read, verdict: Verdict) -> Iterator[str]:
    given = read.policy.get(policies.LABEL)
    value = "no value" if read.value is None else f"{read.value:.1f}"
    aim = f"target {given['TargetValue']:g}" if given else "steps"
    yield f"- policy {read.name} ({aim}): the metric has {value}"
    for alarm in policies.alarms_of(world, read.policy):
        yield f"    {_alarm(world, alarm)}"
    if read.capacity is None or read.value is None:
        yield "    it wants nothing"
    elif given:
        sum_ = f"{verdict.running} x {read.value:.1f} / {given['TargetValue']:g}"
        yield f"    {sum_} = {verdict.running * read.value / given['TargetValue']:.2f}, rounded up: {read.capacity}"
    else:
        yield f"    its step leads to {read.capacity}"


def _alarm(world: Cluster, alarm: Object) -> str:
    rule = alarming.rule_of(alarm)
    points = [value for _, value in alarming.values(world, alarm, rule.periods) if value is not None]
    breaching = sum(map(rule.breaches, points))
    sign = ">" if rule.comparison.startswith("Greater") else "<"
    sign += "=" if "OrEqual" in rule.comparison else ""
    span = "the last minute" if rule.periods == 1 else f"{breaching} of the last {rule.periods} minutes"
    beyond = f"{'' if breaching or rule.periods > 1 else 'not '}{sign} {rule.threshold:g} in {span}"
    needed = f", needed {rule.needed}" if rule.periods > 1 else ""
    return f"{_short(alarm['AlarmName'])} is {alarm['StateValue']}: {beyond}{needed}"


def _short(name: str) -> str:
    """AlarmHigh or AlarmLow of the alarms that AWS makes; the others keep their name."""
    return next((word for word in ("AlarmHigh", "AlarmLow") if f"-{word}-" in name), name)


def _held_back(world: Cluster, target: Object, verdict: Verdict) -> Iterator[str]:
    last, now = last_of(target), world.clock.now
    if last is not None and last.cools(now):
        left = last.time + last.cooldown - now
        yield f"the activity from {last.before} to {last.after} cools down for {left:g} s more"
    if verdict.held:
        yield f"held back: {verdict.held}"
    if verdict.by is not None:
        yield f"{verdict.by.name} decides"
    yield f"within {target['MinCapacity']} to {target['MaxCapacity']}: {verdict.wanted}"


def _provider(world: Cluster, provider: Provider) -> CapacityWhy:
    made = plan(world, provider)
    alarms = [world.get(alarming.key_of(name)) for name in alarm_names(provider)]
    group = world.require(provider.group)
    lines = [
        *_demand(made, group["instanceType"], provider),
        *[_alarm(world, one) for one in alarms if one is not None],
        *_size(made, provider),
        *([f"held back: {made.held}"] if made.held else []),
        f"within {group['MinSize']} to {group['MaxSize']}: {made.wanted}",
        *([choices.GROUPS] if made.supply.groups > 1 else []),
    ]
    return CapacityWhy(f"provider/{provider.name}", "machine", made.now, made.wanted, tuple(lines))


def _demand(made: Plan, kind: str, provider: Provider) -> Iterator[str]:
    found, bounds = made.supply, provider.bounds
    if found.waiting:
        fit = "they" if found.fitting == found.waiting else f"{found.fitting} of them"
        fitting = f"{fit} fit {kind}" if found.fitting else f"none fits {kind}, so none counts"
        yield f"waiting in PROVISIONING: {counted(found.waiting, 'task')}; {fitting}"
    if found.more:
        kept = min(max(found.more, bounds.least_step), bounds.most_step)
        step = f", by its step sizes {kept}" if kept != found.more else ""
        yield f"for those that wait: {counted(found.more, 'machine')} more{step}"
    yield f"running (N): {counted(found.running, 'machine')}, {found.empty} without tasks"
    value = found.value(bounds)
    sum_ = f"100 x {found.needed(bounds)} / {found.running}" if found.running else "there is no machine"
    stays = found.waiting and not found.fitting and not found.empty
    reason = "nothing that waits counts" if stays else sum_
    yield f"CapacityProviderReservation = {value:g} ({reason}), its target is {bounds.target}"


def _size(made: Plan, provider: Provider) -> Iterator[str]:
    found, target = made.supply, provider.bounds.target
    size = found.desired(provider.bounds)
    if not found.running and found.value(provider.bounds) == FROM_NOTHING:
        yield f"from nothing it goes to {FIRST_STEP} first"
    elif found.running:
        yield f"{found.needed(provider.bounds)} x 100 / {target}, rounded up: {counted(size, 'machine')} for the target"
    if made.alarm == "low" and not made.held:
        yield f"each minute at least one goes and fewer than half: {made.now - made.wanted} now"
