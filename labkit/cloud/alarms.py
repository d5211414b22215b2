"""When a CloudWatch alarm goes off: M of the last N points breach, and what missing points count.

Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" (its two tables).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import NamedTuple

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
MORE = 2
"""So many points more than N are looked at; how many CloudWatch takes isn't published, its examples have two."""

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


class Rule(NamedTuple):
    """`needed` of the last `periods` points must compare with the threshold; `missing` says what no point counts."""

    comparison: str
    threshold: float
    periods: int = 1
    needed: int = 1
    missing: str = "missing"

    @property
    def range(self) -> int:
        """How many of the newest periods are looked at."""
        return self.periods + MORE

    def breaches(self, value: float) -> bool:
        """Whether a point is on the wrong side of the threshold."""
        return OPERATORS[self.comparison](value, self.threshold)


def state(rule: Rule, points: Sequence[float | None], now: str) -> str:
    """The state after these points, oldest first, None where there is none; `now` is the state so far.

    Missing points are filled in only as far as the real ones aren't enough.
    """
    real = [point for point in points[-rule.range :] if point is not None][-rule.periods :]
    breaching = sum(map(rule.breaches, real))
    lacking = rule.periods - len(real)
    if not lacking or rule.missing == "notBreaching":
        return ALARM if breaching >= rule.needed else OK
    if rule.missing == "breaching":
        return ALARM if breaching + lacking >= rule.needed else OK
    if not real:
        return INSUFFICIENT if rule.missing == "missing" else now
    if breaching < min(rule.needed, len(real)):
        return OK
    return ALARM if rule.missing == "missing" or breaching >= rule.needed else now
