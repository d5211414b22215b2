"""Step scaling: by how much, the further a metric is beyond its alarm's threshold.

Source: Application Auto Scaling user guide, "Step scaling policies".
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from labkit.errors import AwsError

CHANGE, EXACT, PERCENT = "ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"


class Step(NamedTuple):
    """An adjustment for a breach between two bounds, both relative to the threshold; None: without bound."""

    lower: float | None
    upper: float | None
    adjustment: float

    def holds(self, breach: float) -> bool:
        """Whether a breach falls into it: above the threshold the lower bound is in, below it the upper one."""
        lower = -math.inf if self.lower is None else self.lower
        upper = math.inf if self.upper is None else self.upper
        return lower <= breach < upper if breach >= 0 else lower < breach <= upper


def check(steps: Iterable[Step]) -> None:
    """Refuse steps that overlap, leave gaps, or have more than one open end a side: ValidationException."""
    listed = sorted(steps, key=lambda step: -math.inf if step.lower is None else step.lower)
    if not listed:
        raise _invalid("There must be at least one step adjustment")
    if sum(step.lower is None for step in listed) > 1 or sum(step.upper is None for step in listed) > 1:
        raise _invalid("At most one StepAdjustment may have an unspecified lower bound, and one an unspecified upper")
    for one, following in pairwise(listed):
        if one.upper is None or following.lower is None or one.upper > following.lower:
            raise _invalid("StepAdjustment intervals can't overlap")
        if one.upper < following.lower:
            raise _invalid("There can't be a gap between StepAdjustment intervals")
    if listed[0].lower is not None and listed[0].lower < 0:
        raise _invalid("If one step adjustment has a negative lower bound, one must have a null lower bound")
    if listed[-1].upper is not None and listed[-1].upper > 0:
        raise _invalid("If one step adjustment has a positive upper bound, one must have a null upper bound")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def capacity(current: int, kind: str, steps: Iterable[Step], breach: float, least_change: int = 0) -> int:
    """The capacity after a breach; `least_change`: by so many at least, where steps are percentages."""
    step = next((one for one in steps if one.holds(breach)), None)
    if step is None:
        return current
    if kind == EXACT:
        return int(step.adjustment)
    if kind == CHANGE:
        return max(current + int(step.adjustment), 0)
    change = rounded(current * step.adjustment / 100)
    if change and abs(change) < least_change:
        change = int(math.copysign(least_change, change))
    return max(current + change, 0)


def rounded(change: float) -> int:
    """A percentage's change in whole tasks: towards zero, but never to nothing."""
    if 0 < change < 1:
        return 1
    return -1 if -1 < change < 0 else int(round(change, 9))
