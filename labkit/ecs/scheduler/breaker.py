"""The deployment circuit breaker: after how many failures a deployment has failed. Pure.

Source: ECS developer guide, "How the Amazon ECS deployment circuit breaker detects failures" (2026): half of the
desired count, at least 3, at most 200; botocore 1.44 ecs (thresholdConfiguration). That those two bounds hold for
BOUNDED_PERCENT alone is inferred from its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

LEAST, MOST, PERCENT = 3, 200, 50


def threshold(desired: int, configuration: Mapping[str, Any] | None = None) -> int:
    """How many failures of a deployment of so many tasks are too many, by its thresholdConfiguration."""
    told = configuration or {}
    kind, value = told.get("type", "BOUNDED_PERCENT"), told.get("value", PERCENT)
    if kind == "COUNT":
        return int(value)
    share = ceil(Fraction(desired * int(value), 100))
    return min(max(share, LEAST), MOST) if kind == "BOUNDED_PERCENT" else max(share, 1)
