"""From use to a recommendation: percentiles, a margin, and bounds that narrow as confidence grows.

| | percentile | then |
|---|---|---|
| target | 90 % | + 15 % |
| lower bound | 50 % | + 15 %, times (1 + 0.001 / confidence)^-2 |
| upper bound | 95 % | + 15 %, times (1 + 1 / confidence) |

Confidence is the smaller of the days seen and the cpu samples as days of one a minute. At least 25m and 250Mi for a
pod, shared equally by its containers.
Source: vertical-pod-autoscaler pkg/recommender/logic/{estimator,recommender}.go, 1.7.1, defaults.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from labkit.autoscaling.vpa.usage import Usage

MARGIN = 0.15
LEAST_CPU = 25
LEAST_MEMORY = 250 * 2**20
MOST = 10**14
"""The largest amount a recommendation can have; an upper bound without any confidence is this."""
SAMPLES_A_DAY = 60 * 24


class Amounts(NamedTuple):
    """cpu in millicores, memory in bytes."""

    cpu: int
    memory: int


class Estimate(NamedTuple):
    """What one container should ask for, and the range in which it is left alone."""

    target: Amounts
    lower: Amounts
    upper: Amounts


def recommend(usages: Mapping[str, Usage]) -> dict[str, Estimate]:
    """The recommendation for each container of a pod."""
    share = 1.0 / len(usages) if usages else 1.0
    least = Amounts(_whole(LEAST_CPU * share), _whole(LEAST_MEMORY * share))
    return {name: _estimate(usage, least) for name, usage in usages.items()}


def confidence(usage: Usage) -> float:
    """How far the use is known, in days."""
    return min(usage.days, usage.samples / SAMPLES_A_DAY)


def _estimate(usage: Usage, least: Amounts) -> Estimate:
    days = confidence(usage)
    return Estimate(
        _amounts(usage, 0.90, 1.0, least),
        _amounts(usage, 0.50, _narrowed(days, 0.001, -2.0), least),
        _amounts(usage, 0.95, _narrowed(days, 1.0, 1.0), least),
    )


def _amounts(usage: Usage, share: float, factor: float, least: Amounts) -> Amounts:
    cpu = _with_margin(_whole(usage.cpu.percentile(share) * 1000))
    memory = _with_margin(_whole(usage.memory.percentile(share)))
    return Amounts(max(_scaled(cpu, factor), least.cpu), max(_scaled(memory, factor), least.memory))


def _with_margin(amount: int) -> int:
    return amount + _scaled(amount, MARGIN)


def _narrowed(days: float, multiplier: float, exponent: float) -> float:
    if not days:
        return math.inf if exponent > 0 else 0.0
    return float((1.0 + multiplier / days) ** exponent)


def _scaled(amount: int, factor: float) -> int:
    # Nothing times infinity isn't a number; Go makes the smallest amount of it.
    return _whole(amount * factor) if amount or math.isfinite(factor) else 0


def _whole(amount: float) -> int:
    return MOST if amount > MOST else max(int(amount), 0)
