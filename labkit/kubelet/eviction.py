"""Node-pressure eviction: which pod goes first when a node runs short, and what it is told. All pure.

Source: pkg/kubelet/eviction/helpers.go rankMemoryPressure, rankDiskPressure,
rankPIDPressure, evictionMessage, parseThresholdStatement;
pkg/kubelet/eviction/api/types.go GetThresholdQuantity, v1.36.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from labkit.errors import FieldError
from labkit.fields import quantity
from labkit.fields.quantity import Quantity

SIGNALS = frozenset((
    "memory.available", "allocatableMemory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available",
    "imagefs.inodesFree", "containerfs.available", "containerfs.inodesFree", "pid.available",
))  # fmt: skip


class ContainerUsage(NamedTuple):
    """What one container uses of the short resource, and what it asked for, in bytes."""

    name: str
    used: int
    asked: int


class Usage(NamedTuple):
    """What a pod uses of the short resource, and what it asked for, in bytes; `used` None: there are no statistics."""

    name: str
    priority: int
    asked: int
    used: int | None
    containers: tuple[ContainerUsage, ...] = ()


class Threshold(NamedTuple):
    """Below what a resource is short: a quantity, or a part of the capacity."""

    quantity: Quantity | None = None
    part: float = 0.0


def ranked(pods: Iterable[Usage]) -> list[Usage]:
    """The pods in the order in which they are evicted.

    First those of which nothing is known, then those that use more than they asked for; then the lower priority, then
    the one that is further above its request.
    """
    return sorted(pods, key=_rank)


def _rank(pod: Usage) -> tuple[bool, bool, int, int]:
    if pod.used is None:
        return False, False, pod.priority, 0
    return True, pod.used <= pod.asked, pod.priority, pod.asked - pod.used


def by_processes(pods: Iterable[Usage]) -> list[Usage]:
    """The same where processes are short: the lower priority first, then the one that has more of them."""
    return sorted(pods, key=lambda pod: (pod.used is not None, pod.priority, -(pod.used or 0)))


def message(pod: Usage, resource: str, threshold: Quantity, available: Quantity) -> str:
    """The message of the evicted pod and of its event; the space at its end is the kubelet's."""
    text = f"The node was low on resource: {resource}. Threshold quantity: {threshold}, available: {available}. "
    for one in _offending(pod):
        used, asked = _bytes(one.used), _bytes(one.asked)
        text += f"Container {one.name} was using {used}, request is {asked}, has larger consumption of {resource}. "
    return text


def event_annotations(pod: Usage, resource: str) -> dict[str, str]:
    """The annotations of the event about the eviction."""
    if pod.used is None:
        return {}
    return {
        "offending_containers": ",".join(one.name for one in _offending(pod)),
        "offending_containers_usage": ",".join(str(_bytes(one.used)) for one in _offending(pod)),
        "starved_resource": resource,
    }


def _offending(pod: Usage) -> list[ContainerUsage]:
    return [one for one in pod.containers if one.used > one.asked]


def _bytes(number: int) -> Quantity:
    return quantity.of(number, quantity.BINARY_SI)


def parsed(signal: str, text: str, known: bool = True) -> Threshold | None:
    """A threshold as the kubelet's configuration writes it; None for 0% and 100%, which switch it off.

    Raises FieldError for a signal that isn't `known`, and for amounts that make no sense.
    """
    if known and signal not in SIGNALS:
        raise FieldError(f'unrecognized eviction signal "{signal}"')
    if text in ("0%", "100%"):
        return None
    if not text.endswith("%"):
        return _absolute(signal, text)
    part = _percentage(text)
    if part < 0:
        raise FieldError(f"eviction percentage threshold {signal} must be >= 0%: {text}")
    if part > 1:
        raise FieldError(f"eviction percentage threshold {signal} must be <= 100%: {text}")
    return Threshold(part=part)


def _absolute(signal: str, text: str) -> Threshold:
    found = quantity.parse(text)
    if found.sign <= 0:
        raise FieldError(f"eviction threshold {signal} must be positive: {found}")
    return Threshold(quantity=found)


def _percentage(text: str) -> float:
    digits = text.rstrip("%")
    try:
        return round(float(digits) / 100, 9)
    except ValueError:
        raise FieldError(f'strconv.ParseFloat: parsing "{digits}": invalid syntax') from None


def amount(threshold: Threshold, capacity: int) -> Quantity:
    """How much the threshold is, of a capacity in bytes; a part is a single-precision number, which can be seen."""
    if threshold.quantity is not None:
        return threshold.quantity
    (single,) = struct.unpack("f", struct.pack("f", threshold.part))
    return _bytes(int(capacity * single))
