"""How many nodes of a pool may be disrupted at once, now and for a reason.

Source: karpenter pkg/apis/v1/nodepool.go, 1.14.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from labkit.controllers import schedule
from labkit.fields import durations


class Budget(NamedTuple):
    """A NodePool's budget: nodes or a share of them, when (cron in UTC, for how long), and for which reasons (all)."""

    nodes: str = "10%"
    schedule: str | None = None
    duration: str | None = None
    reasons: tuple[str, ...] = ()

    def is_active(self, now: datetime) -> bool:
        """Whether it counts at that moment: always without a schedule."""
        if self.schedule is None or self.duration is None:
            return True
        began = now.astimezone(UTC) - timedelta(seconds=durations.parse_go(self.duration) / 1e9)
        begins = schedule.following(schedule.parse(self.schedule), began)
        return begins is not None and begins <= now

    def concerns(self, reason: str) -> bool:
        """Whether it bounds that reason."""
        return not self.reasons or reason in self.reasons

    def of(self, nodes: int) -> int:
        """How many of so many nodes it lets go; shares are rounded up."""
        if not self.nodes.endswith("%"):
            return int(self.nodes)
        return math.ceil(int(self.nodes.removesuffix("%")) * nodes / 100)


def allowed(budgets: Iterable[Budget], nodes: int, reason: str, now: datetime) -> int | None:
    """How many of a pool's nodes may be down for that reason: the least of what counts now, None for no bound."""
    counting = (budget for budget in budgets if budget.concerns(reason) and budget.is_active(now))
    return min((budget.of(nodes) for budget in counting), default=None)
