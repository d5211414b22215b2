"""What a pod asks for: requests and limits summed over its containers, as the scheduler and the API server count them.

Containers run together, so they add up. Init containers run one after another before them, so the largest counts;
sidecars (init containers that restart Always) start in between and stay, so they add to all that comes later.
Pod-level requests replace the sum, overhead comes on top.
Source: component-helpers resource/helpers.go, pkg/apis/core/v1/helper/qos/qos.go, v1.36.
Left out: in-place resizing (container statuses are not read).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from labkit.fields import quantity
from labkit.fields.quantity import Quantity
from labkit.kinds.pod import Container, PodSpec

Amounts = dict[str, Quantity]
ByContainer = Callable[[Container], Amounts]

DEFAULT_REQUESTS = {"cpu": quantity.parse("100m"), "memory": quantity.parse("200Mi")}
"""What a container without a request counts in scoring (pkg/scheduler/util/pod_resources.go)."""


def read(listed: Mapping[str, str | int | float]) -> Amounts:
    """A resource list of a manifest as quantities."""
    return {name: quantity.read(amount) for name, amount in listed.items()}


def pod_requests(spec: PodSpec, missing: Mapping[str, Quantity] | None = None) -> Amounts:
    """What the pod asks for by resource; `missing` is what a container counts that asks for nothing."""
    total = aggregated(spec, lambda container: {**(missing or {}), **read(container.resources.requests)})
    total.update(pod_level(spec.resources.requests))
    return added(total, read(spec.overhead))


def placed_requests(spec: PodSpec) -> Amounts:
    """What a placed pod counts in the score of its node: 100m and 200Mi for a container that asks for nothing.

    Of a pod with requests of its own, only resources are assumed that neither it nor any container asks for
    (framework/types.go getNonMissingContainerRequests).
    """
    if not pod_level(spec.resources.requests):
        return pod_requests(spec, DEFAULT_REQUESTS)
    known = pod_requests(spec)
    return pod_requests(spec, {name: amount for name, amount in DEFAULT_REQUESTS.items() if name not in known})


def scoring_requests(spec: PodSpec) -> Amounts:
    """What a pod counts in its own NodeResourcesFit score: as a placed one, but its pod-level requests are not seen."""
    each = aggregated(spec, lambda container: {**DEFAULT_REQUESTS, **read(container.resources.requests)})
    return added(each, read(spec.overhead))


def pod_limits(spec: PodSpec) -> Amounts:
    """What the pod may use at most by resource; overhead raises only limits that are set."""
    total = aggregated(spec, lambda container: read(container.resources.limits))
    total.update(pod_level(spec.resources.limits))
    overhead = {name: amount for name, amount in read(spec.overhead).items() if name in total and total[name].sign}
    return added(total, overhead)


def aggregated(spec: PodSpec, of: ByContainer) -> Amounts:
    """The sum over containers, or what starting up takes where that is more; no overhead, no pod level."""
    total: Amounts = {}
    for container in spec.containers:
        total = added(total, of(container))
    sidecars: Amounts = {}
    start_up: Amounts = {}
    for container in spec.init_containers:
        own = of(container)
        if container.is_sidecar:
            total, sidecars = added(total, own), added(sidecars, own)
        start_up = larger(start_up, sidecars if container.is_sidecar else added(own, sidecars))
    return larger(total, start_up)


def container_requests(spec: PodSpec) -> Amounts:
    """What the containers ask for together; no overhead, no pod level."""
    return aggregated(spec, lambda container: read(container.resources.requests))


def pod_level(listed: Mapping[str, str | int | float]) -> Amounts:
    """The pod-level amounts that count: cpu, memory and huge pages."""
    return {name: amount for name, amount in read(listed).items() if is_pod_level(name)}


def is_pod_level(resource: str) -> bool:
    """Whether a resource may be stated for the pod as a whole."""
    return resource in ("cpu", "memory") or resource.startswith("hugepages-")


def added(one: Amounts, other: Amounts) -> Amounts:
    """Both summed, resource by resource."""
    return one | {name: one[name] + amount if name in one else amount for name, amount in other.items()}


def larger(one: Amounts, other: Amounts) -> Amounts:
    """The larger of both, resource by resource."""
    return one | {name: amount for name, amount in other.items() if name not in one or one[name].compare(amount) < 0}


def quality_of_service(spec: PodSpec) -> str:
    """Guaranteed, Burstable or BestEffort.

    Guaranteed: every container (or the pod as a whole) has cpu and memory limits, and requests equal to them.
    BestEffort: nobody asks for or is limited in cpu or memory.
    """
    if pod_level(spec.resources.requests) or pod_level(spec.resources.limits):
        each = [(spec.resources.requests, spec.resources.limits)]
    else:
        each = [(one.resources.requests, one.resources.limits) for one in (*spec.containers, *spec.init_containers)]
    requests, limits = _summed(row[0] for row in each), _summed(row[1] for row in each)
    if not requests and not limits:
        return "BestEffort"
    limited = all({"cpu", "memory"} <= _positive(limit).keys() for _, limit in each)
    equal = requests.keys() == limits.keys() and not any(requests[name].compare(limits[name]) for name in requests)
    return "Guaranteed" if limited and equal else "Burstable"


def _summed(lists: Iterable[Mapping[str, str | int | float]]) -> Amounts:
    total: Amounts = {}
    for listed in lists:
        total = added(total, _positive(listed))
    return total


def _positive(listed: Mapping[str, str | int | float]) -> Amounts:
    return {name: amount for name, amount in read(listed).items() if name in ("cpu", "memory") and amount.sign > 0}
