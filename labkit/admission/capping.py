"""What a policy makes of a recommendation, and which limits go with it.

Source: vertical-pod-autoscaler pkg/utils/vpa/{capping,limit_and_request_scaling}.go, 1.7.1. Left out: LimitRanges.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from labkit.fields import quantity
from labkit.fields.quantity import Quantity

Resources = Mapping[str, Quantity]
NAMES = ("cpu", "memory")
LARGEST = 2**63 - 1


class Policy(NamedTuple):
    """What a container's resource policy allows; `requests_only` keeps requests at or below the limits."""

    least: Resources
    most: Resources
    requests_only: bool = False


def capped(amounts: Resources, policy: Policy | None, limits: Resources) -> tuple[dict[str, Quantity], list[str]]:
    """The amounts within what the policy allows, and what was done, in the annotation's words."""
    found: dict[str, Quantity] = dict(amounts)
    if policy is None:
        return found, []
    notes = [note for name in amounts for note in _within_policy(found, name, policy)]
    if policy.requests_only:
        notes += [note for name in amounts for note in _within(found, name, limits, 1, "container limit")]
    return found, notes


def _within_policy(found: dict[str, Quantity], name: str, policy: Policy) -> list[str]:
    raised = _within(found, name, policy.least, -1, "minAllowed")
    return raised + _within(found, name, policy.most, 1, "maxAllowed")


def _within(found: dict[str, Quantity], name: str, bounds: Resources, side: int, word: str) -> list[str]:
    bound = bounds.get(name)
    if bound is None or not bound.sign or found[name].compare(bound) != side:
        return []
    found[name] = bound
    return [f"{name} capped to {word}"]


def proportional_limits(
    limits: Resources, requests: Resources, recommended: Resources
) -> tuple[dict[str, Quantity], list[str]]:
    """The limits that keep to the recommended requests the proportion they had to the old, and why one is missing."""
    found: dict[str, Quantity] = {}
    notes = []
    for name in NAMES:
        limit, note = _proportional(name, *(side.get(name) for side in (limits, requests, recommended)))
        if limit is not None:
            found[name] = limit
        if note:
            notes.append(note)
    return found, notes if found else []


def _proportional(
    name: str, limit: Quantity | None, request: Quantity | None, recommended: Quantity | None
) -> tuple[Quantity | None, str]:
    if limit is None or not limit.value():
        return None, f"{name}: limit NOT set since originalLimit is nil or 0"
    if recommended is None or not recommended.value():
        return None, f"{name}: limit NOT set since recommendedRequest is nil or 0"
    if request is None or not request.value() or request.milli() == limit.milli():
        return recommended, ""
    exponent = -3 if name == "cpu" else 0
    scaled = limit.scaled(exponent) * recommended.scaled(exponent) // request.scaled(exponent)
    note = f"{name}: failed to keep limit to request ratio; capping limit to int64" if scaled > LARGEST else ""
    return quantity.of(min(scaled, LARGEST), limit.format, exponent), note
