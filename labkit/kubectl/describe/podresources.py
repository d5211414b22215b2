"""What a pod requests and is limited to, all its containers together.

Containers add up; an init container counts only while it runs, together with the sidecars before it; resources of
the pod itself stand for all of its containers; overhead comes on top.
Source: component-helpers resource/helpers.go PodRequests and PodLimits, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key, partial
from typing import Any

from labkit.fields import quantity
from labkit.fields.quantity import Quantity

Amounts = dict[str, Quantity]


def total(parts: Iterable[Amounts]) -> Amounts:
    """The sum, resource by resource."""
    listed: dict[str, list[Quantity]] = {}
    for part in parts:
        for name, value in part.items():
            listed.setdefault(name, []).append(value)
    return {name: quantity.total(values) for name, values in listed.items()}


def _largest(one: Amounts, other: Amounts) -> Amounts:
    return {
        name: max((side[name] for side in (one, other) if name in side), key=cmp_to_key(Quantity.compare))
        for name in {**one, **other}
    }


def _pod_amounts(pod: dict[str, Any], side: str) -> Amounts:
    spec = pod.get("spec") or {}
    running = total(_of(each, side) for each in spec.get("containers") or ())
    sidecars: Amounts = {}
    starting: Amounts = {}
    for each in spec.get("initContainers") or ():
        if each.get("restartPolicy") == "Always":
            sidecars = total((sidecars, _of(each, side)))
            starting = _largest(starting, sidecars)
        else:
            starting = _largest(starting, total((sidecars, _of(each, side))))
    together = _largest(total((running, sidecars)), starting)
    together |= _of(spec, side)
    return _with_overhead(together, spec.get("overhead") or {}, side)


def _of(holder: dict[str, Any], side: str) -> Amounts:
    amounts = (holder.get("resources") or {}).get(side) or {}
    return {name: quantity.read(value) for name, value in amounts.items()}


def _with_overhead(amounts: Amounts, overhead: dict[str, Any], side: str) -> Amounts:
    """Overhead counts as requested; it raises a limit only where there is one."""
    extra = {name: quantity.read(value) for name, value in overhead.items() if side == "requests" or name in amounts}
    return total((amounts, extra))


requests = partial(_pod_amounts, side="requests")
limits = partial(_pod_amounts, side="limits")
