"""Cooldowns: what a scaling activity lets the next one do.

Source: Application Auto Scaling user guide, "How scaling activities and cooldowns work together".
"""

from __future__ import annotations

from typing import NamedTuple


class Activity(NamedTuple):
    """The last change: when (seconds), from how many to how many, and for how long it cools down."""

    time: float
    before: int
    after: int
    cooldown: float

    @property
    def is_outward(self) -> bool:
        """Whether it added."""
        return self.after > self.before

    def cools(self, now: float) -> bool:
        """Whether it still cools down."""
        return now < self.time + self.cooldown


def granted(current: int, wanted: int, last: Activity | None, now: float) -> int:
    """The capacity that a wish comes to while the last activity cools down.

    What was added counts towards a larger wish; scale-in waits, and a scale-out breaks into its cooldown.
    """
    if last is None or not last.cools(now) or wanted == current:
        return wanted
    if wanted < current:
        return current
    return wanted if not last.is_outward else max(wanted, current)


def credited(wanted_change: int, last: Activity | None, now: float) -> int:
    """How much of a step's change is left, while an outward activity cools down that has added some of it."""
    if last is None or not last.cools(now) or not last.is_outward or wanted_change <= 0:
        return wanted_change
    return max(wanted_change - (last.after - last.before), 0)
