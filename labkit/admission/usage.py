"""What an object uses up: the requests and limits of a pod, the counts of everything else.

Source: component-helpers resource/helpers.go, pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go,
v1.36.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from labkit.fields import Quantity, quantity
from labkit.kinds import KINDS

Object = dict[str, Any]
Amounts = dict[str, Quantity]
_COUNTED = ("configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services")
_BARE = ("cpu", "memory", "ephemeral-storage")


def pod_total(spec: Object, side: str) -> Amounts:
    """A pod's requests or limits (`side`): its containers with sidecars, or what starting takes, and overhead."""
    running = _sum(_of(one, side) for one in spec.get("containers") or ())
    sidecars: Amounts = {}
    starting: Amounts = {}
    for one in spec.get("initContainers") or ():
        own = _of(one, side)
        if one.get("restartPolicy") == "Always":
            sidecars = _sum([sidecars, own])
            own = {}
        starting = _most([starting, _sum([sidecars, own])])
    total = _most([_sum([running, sidecars]), starting])
    total |= _of(spec, side)
    overhead = {name: quantity.read(value) for name, value in (spec.get("overhead") or {}).items()}
    return _sum([total, overhead]) if side == "requests" or total else total


def _of(holder: Object, side: str) -> Amounts:
    given = (holder.get("resources") or {}).get(side) or {}
    return {name: quantity.read(value) for name, value in given.items()}


def _sum(parts: Iterable[Amounts]) -> Amounts:
    return _fold(parts, lambda one, other: one + other)


def _most(parts: Iterable[Amounts]) -> Amounts:
    return _fold(parts, lambda one, other: one if one.compare(other) >= 0 else other)


def _fold(parts: Iterable[Amounts], join: Callable[[Quantity, Quantity], Quantity]) -> Amounts:
    result: Amounts = {}
    for part in parts:
        for name, amount in part.items():
            result[name] = join(result[name], amount) if name in result else amount
    return result


def used(obj: Object) -> Amounts:
    """What one object counts for under a quota, by the quota's own names."""
    row = KINDS[obj["kind"]]
    counts = Counter({f"count/{row.qualified}": 1})
    if row.plural in _COUNTED and not row.group:
        counts[row.plural] = 1
    amounts = {name: quantity.of(number) for name, number in counts.items()}
    special = _SPECIAL.get(obj["kind"])
    return amounts | special(obj) if special else amounts


def _pod(obj: Object) -> Amounts:
    phase = (obj.get("status") or {}).get("phase")
    if phase in ("Succeeded", "Failed"):
        return {}
    spec = obj.get("spec") or {}
    requests, limits = pod_total(spec, "requests"), pod_total(spec, "limits")
    amounts = {"pods": quantity.of(1)} | {f"requests.{name}": amount for name, amount in requests.items()}
    amounts |= {name: requests[name] for name in _BARE if name in requests}
    return amounts | {f"limits.{name}": amount for name, amount in limits.items()}


def _service(obj: Object) -> Amounts:
    spec = obj.get("spec") or {}
    ports = len(spec.get("ports") or ()) if spec.get("type") in ("NodePort", "LoadBalancer") else 0
    balanced = 1 if spec.get("type") == "LoadBalancer" else 0
    return {"services.nodeports": quantity.of(ports), "services.loadbalancers": quantity.of(balanced)}


def _claim(obj: Object) -> Amounts:
    spec = obj.get("spec") or {}
    storage = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    amounts = {"requests.storage": quantity.read(storage)} if storage else {}
    name = spec.get("storageClassName")
    if not name:
        return amounts
    of_class = {f"{name}.storageclass.storage.k8s.io/{key}": amount for key, amount in amounts.items()}
    count = {f"{name}.storageclass.storage.k8s.io/persistentvolumeclaims": quantity.of(1)}
    return amounts | of_class | count


_SPECIAL = {"Pod": _pod, "Service": _service, "PersistentVolumeClaim": _claim}
