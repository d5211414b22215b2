"""Health checks of containers: what the next change is and when. Pure functions.

The checks come each `interval` seconds after the container's start. A passed check makes HEALTHY; `retries` failed ones
in a row make UNHEALTHY; failures in `startPeriod` don't count before the first success.
Source: botocore 1.44 ecs HealthCheck; Docker's HEALTHCHECK, which does it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from labkit.kinds.ecs import HealthCheck
from labkit.kubelet.behaviour import Behaviour

HEALTHY, UNHEALTHY, UNKNOWN = "HEALTHY", "UNHEALTHY", "UNKNOWN"


class Change(NamedTuple):
    """So many seconds after the container's start its health becomes `status`."""

    at: float
    status: str


def next_change(check: HealthCheck, told: Behaviour, answers_after: float, since: float, status: str) -> Change | None:
    """The next change of a container that has run `since` seconds and is `status`; None if none is to come.

    `answers_after`: seconds after its start from which the application answers.
    """
    failures, turn = 0, math.floor(since / check.interval + 1e-9) + 1
    last = _last_interesting(check, told, answers_after, turn)
    while turn <= last:
        at = turn * check.interval
        if answers_after <= at < told.live_for:
            failures = 0
            if status != HEALTHY:
                return Change(at, HEALTHY)
        elif status == HEALTHY or at > check.start_period:
            failures += 1
            if failures >= check.retries and status != UNHEALTHY:
                return Change(at, UNHEALTHY)
        turn += 1
    return None


def _last_interesting(check: HealthCheck, told: Behaviour, answers_after: float, turn: int) -> int:
    """After this check nothing changes any more."""
    moments = [moment for moment in (answers_after, told.live_for, check.start_period) if math.isfinite(moment)]
    return max(turn, math.ceil(max(moments) / check.interval)) + check.retries + 1


def of_task(statuses: dict[str, str], essential: dict[str, bool]) -> str:
    """A task's health from that of its essential containers."""
    held = [status for name, status in statuses.items() if essential.get(name, True)]
    return next((worst for worst in (UNHEALTHY, UNKNOWN) if worst in held), HEALTHY)
