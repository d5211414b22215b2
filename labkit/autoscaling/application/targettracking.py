"""Target tracking: as many tasks as bring a metric to its target.

Two alarms watch the metric: above the target for 3 minutes it scales out, below nine tenths of it for 15 minutes in.
The counts and the 0.9 are observed on alarms that AWS made, not promised; the amount follows the published rounding.
Source: Application Auto Scaling user guide, "Target tracking scaling policies"; ECS developer guide, "Target tracking".
"""

from __future__ import annotations

import math
from typing import NamedTuple

from labkit.cloud.alarms import Rule

LOW_SHARE = 0.9
OUT_PERIODS, IN_PERIODS = 3, 15
COOLDOWN = 300.0


def high_alarm(target: float) -> Rule:
    """The alarm that scales out."""
    return Rule("GreaterThanThreshold", target, OUT_PERIODS, OUT_PERIODS)


def low_alarm(target: float) -> Rule:
    """The alarm that scales in."""
    return Rule("LessThanThreshold", round(target * LOW_SHARE, 10), IN_PERIODS, IN_PERIODS)


def capacity(running: int, metric: float, target: float) -> int:
    """How many tasks would bring the metric to its target: rounded up, so enough are added and not too many taken."""
    return math.ceil(round(running * metric / target, 10))


class Wish(NamedTuple):
    """What a policy wants; it `may_shrink` unless scale-in is switched off for it."""

    policy: str
    capacity: int
    may_shrink: bool = True


def agreed(current: int, wishes: list[Wish], quiet: int = 0) -> int:
    """The capacity that the policies come to: the largest if any wants more, less only if all agree.

    `quiet`: target tracking policies, able to scale in, whose metric asks for nothing now.
    """
    outward = [wish.capacity for wish in wishes if wish.capacity > current]
    if outward:
        return max(outward)
    inward = [wish.capacity for wish in wishes if wish.capacity < current and wish.may_shrink]
    return max(inward) if inward and not quiet else current
