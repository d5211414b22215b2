"""From what the metrics ask for to what an autoscaler may do: stabilisation, policies, limits. All pure.

What it remembers is a value, `Memory`; moments are in seconds.
Source: pkg/controller/podautoscaler/horizontal.go normalizeDesiredReplicas…, convertDesiredReplicas…, v1.36.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

DOWNSCALE_STABILIZATION = 300.0
"""--horizontal-pod-autoscaler-downscale-stabilization."""

Stamped = tuple[tuple[float, int], ...]
Said = tuple[str, str]
"""Reason and message of a condition."""

READY = ("ReadyForNewScale", "recommended size matches current size")
WAITS_DOWN = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
WAITS_UP = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
)
WITHIN = ("DesiredWithinRange", "the desired count is within the acceptable range")
TOO_FAST = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
TOO_FAST_DOWN = ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate")
TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")


class Policy(NamedTuple):
    """By how much one may scale within a period: `type` is Pods or Percent."""

    type: str
    value: int
    period: float


class Rules(NamedTuple):
    """How to scale in one direction; `select` is Max, Min or Disabled."""

    window: float
    policies: tuple[Policy, ...]
    select: str = "Max"


class Bounds(NamedTuple):
    """minReplicas and maxReplicas."""

    least: int
    most: int


class Memory(NamedTuple):
    """What an autoscaler remembers: recommendations, and by how much it scaled up and down, each with its moment.

    Of recommendations of one size only the last one is kept: a window's highest and lowest are the same.
    """

    recommendations: Stamped = ()
    ups: Stamped = ()
    downs: Stamped = ()


class Normalized(NamedTuple):
    """The size to have, why it is able to scale (or waits), whether and why it is limited, what to remember."""

    replicas: int
    able: Said
    limited: bool
    limit: Said
    memory: Memory


def normalized(
    memory: Memory, now: float, current: int, wanted: int, bounds: Bounds, window: float = DOWNSCALE_STABILIZATION
) -> Normalized:
    """Without spec.behavior: the highest recommendation of the window, at most max(2 x current, 4)."""
    recent = [each for each in memory.recommendations if each[0] >= now - window and each[1] != wanted]
    stable = wanted
    for _, size in recent:
        stable = max(stable, size)
    replicas, limit = within_limits(current, stable, bounds)
    kept = memory._replace(recommendations=(*recent, (now, wanted)))
    return Normalized(replicas, READY if stable == wanted else WAITS_DOWN, replicas != stable, limit, kept)


def within_limits(current: int, wanted: int, bounds: Bounds) -> tuple[int, Said]:
    """The size within minReplicas, maxReplicas and the fixed limit on the way up (convertDesiredReplicasWithRules)."""
    fastest = scale_up_limit(current)
    most, limit = (fastest, TOO_FAST) if bounds.most > fastest else (bounds.most, TOO_MANY)
    if wanted < bounds.least:
        return bounds.least, TOO_FEW
    return (most, limit) if wanted > most else (wanted, WITHIN)


def scale_up_limit(current: int) -> int:
    """The most that one step reaches without spec.behavior."""
    return max(2 * current, 4)


def normalized_by_behavior(
    memory: Memory, now: float, current: int, wanted: int, bounds: Bounds, up: Rules, down: Rules
) -> Normalized:
    """With spec.behavior: stabilised in both directions, and at most what the policies allow."""
    stable = _stabilized(memory.recommendations, now, current, wanted, up.window, down.window)
    able = READY if stable == wanted else WAITS_UP if wanted >= current else WAITS_DOWN
    replicas, limit = within_rate(memory, now, current, stable, bounds, up, down)
    oldest = now - max(up.window, down.window)
    recent = [each for each in memory.recommendations if each[0] >= oldest and each[1] != wanted]
    kept = memory._replace(recommendations=(*recent, (now, wanted)))
    return Normalized(replicas, able, replicas != stable, limit, kept)


def _stabilized(recent: Stamped, now: float, current: int, wanted: int, up: float, down: float) -> int:
    least = min([wanted, *(size for at, size in recent if at > now - up)])
    most = max([wanted, *(size for at, size in recent if at > now - down)])
    return min(max(current, least), most)


def within_rate(
    memory: Memory, now: float, current: int, wanted: int, bounds: Bounds, up: Rules, down: Rules
) -> tuple[int, Said]:
    """The size within the bounds and what the policies allow now (convertDesiredReplicasWithBehaviorRate)."""
    if wanted > current:
        fastest = max(up_limit(memory, now, current, up), current)
        most, limit = (fastest, TOO_FAST) if bounds.most > fastest else (bounds.most, TOO_MANY)
        return (most, limit) if wanted > most else (wanted, WITHIN)
    if wanted < current:
        slowest = min(down_limit(memory, now, current, down), current)
        least, limit = (slowest, TOO_FAST_DOWN) if bounds.least < slowest else (bounds.least, TOO_FEW)
        return (least, limit) if wanted < least else (wanted, WITHIN)
    return wanted, WITHIN


def up_limit(memory: Memory, now: float, current: int, rules: Rules) -> int:
    """How many pods there may be at most, by the policies."""
    choose: Callable[[Sequence[int]], int] = min if rules.select == "Min" else max
    return _limit(memory, now, current, rules, choose, +1)


def down_limit(memory: Memory, now: float, current: int, rules: Rules) -> int:
    """How many pods there have to be at least, by the policies."""
    choose: Callable[[Sequence[int]], int] = max if rules.select == "Min" else min
    return _limit(memory, now, current, rules, choose, -1)


def _limit(
    memory: Memory, now: float, current: int, rules: Rules, choose: Callable[[Sequence[int]], int], sign: int
) -> int:
    if rules.select == "Disabled":
        return current
    proposed = []
    for policy in rules.policies:
        start = current - _change(memory.ups, now, policy.period) + _change(memory.downs, now, policy.period)
        if policy.type == "Pods":
            proposed.append(start + sign * policy.value)
        else:
            exact = start * (1 + sign * policy.value / 100)
            proposed.append(math.ceil(exact) if sign > 0 else int(exact))
    return choose(proposed)


def _change(events: Stamped, now: float, period: float) -> int:
    return sum(size for at, size in events if at > now - period)


def rescaled(memory: Memory, now: float, before: int, after: int, up: Rules, down: Rules) -> Memory:
    """What to remember of a change of size; older changes than the longest period are forgotten."""
    if after > before:
        oldest = now - max((policy.period for policy in up.policies), default=0.0)
        return memory._replace(ups=(*(one for one in memory.ups if one[0] >= oldest), (now, after - before)))
    oldest = now - max((policy.period for policy in down.policies), default=0.0)
    return memory._replace(downs=(*(one for one in memory.downs if one[0] >= oldest), (now, before - after)))
