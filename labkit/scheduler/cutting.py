"""Asking for less: a pod's spec whose requests sum up to a given amount less.

The largest requests are cut first. What a pod asks for is told in `podrequest`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labkit.fields import quantity

Object = dict[str, Any]

PARTS = ("containers", "initContainers")


def cut(spec: Object, less: Mapping[str, int]) -> Object:
    """The parts of a pod's spec that change when it asks for so much less of these resources (cpu in milli)."""
    changed: Object = {}
    for resource, amount in less.items():
        changed |= _cut_one({**spec, **changed}, resource, amount)
    return changed


def _cut_one(spec: Object, resource: str, less: int) -> Object:
    own = (spec.get("resources") or {}).get("requests") or {}
    if resource in own:
        return {"resources": _with(spec["resources"], resource, units(resource, own[resource]) - less)}
    containers, starters = spec["containers"], spec.get("initContainers") or []
    running = [*containers, *(one for one in starters if _is_sidecar(one))]
    total = sum(_asks(one, resource) for one in running)
    highest = max(total, *(_asks(one, resource) for one in starters if not _is_sidecar(one)), 0)
    shorter = _shortened(running, resource, max(total - (highest - less), 0))
    kept = highest - less - sum(_asks(one, resource) for one in shorter if _is_sidecar(one))
    starting = iter(shorter[len(containers) :])
    changed = [next(starting) if _is_sidecar(one) else _capped(one, resource, kept) for one in starters]
    parts = dict(zip(PARTS, (shorter[: len(containers)], changed), strict=True))
    return {part: made for part, made in parts.items() if made and made != spec[part]}


def _shortened(containers: Iterable[Object], resource: str, less: int) -> list[Object]:
    """The containers, the largest asking for so much less."""
    made = list(containers)
    for place in sorted(range(len(made)), key=lambda one: -_asks(made[one], resource)):
        has = _asks(made[place], resource)
        if less > 0 and has:
            made[place] = _asking(made[place], resource, max(has - less, 0))
            less -= min(has, less)
    return made


def _capped(container: Object, resource: str, most: int) -> Object:
    return container if _asks(container, resource) <= most else _asking(container, resource, max(most, 0))


def _asking(container: Object, resource: str, amount: int) -> Object:
    return {**container, "resources": _with(container["resources"], resource, amount)}


def _with(resources: Object, resource: str, amount: int) -> Object:
    """Resources with another request; a limit that must equal the request goes with it."""
    told = {resource: amount_text(resource, amount)}
    made = {**resources, "requests": {**resources["requests"], **told}}
    tied = "/" in resource or resource.startswith("hugepages-")
    return {**made, "limits": {**resources["limits"], **told}} if tied and resource in made.get("limits", {}) else made


def _asks(container: Object, resource: str) -> int:
    written = ((container.get("resources") or {}).get("requests") or {}).get(resource)
    return 0 if written is None else units(resource, written)


def _is_sidecar(container: Object) -> bool:
    return container.get("restartPolicy") == "Always"


def units(resource: str, amount: str | float) -> int:
    """An amount as an integer: cpu in thousandths, all else whole."""
    return quantity.milli(amount) if resource == "cpu" else quantity.value(amount)


def amount_text(resource: str, amount: int) -> str:
    """An amount as one writes it: `250m`, `1536Mi`."""
    if resource == "cpu":
        return quantity.canonical(f"{amount}m")
    binary = resource in ("memory", "ephemeral-storage") or resource.startswith("hugepages-")
    return str(quantity.of(amount, quantity.BINARY_SI if binary else quantity.DECIMAL_SI))
