"""New pods get the requests that a VerticalPodAutoscaler recommends, as its admission webhook sets them.

Source: vertical-pod-autoscaler pkg/admission-controller/resource/pod/{patch,recommendation}, 1.7.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labkit.admission.capping import Policy, capped, proportional_limits
from labkit.admission.world import Object, World
from labkit.fields import quantity
from labkit.fields.quantity import Quantity
from labkit.kinds import Key, decode
from labkit.kinds.autoscaling import ContainerPolicy, ContainerRecommendation, VerticalPodAutoscaler

UPDATES, OBSERVED = "vpaUpdates", "vpaObservedContainers"


class Sized(NamedTuple):
    """A container's new requests and limits, and what is noted of them."""

    requests: dict[str, Quantity]
    limits: dict[str, Quantity]
    notes: tuple[str, ...]


def with_recommendation(cluster: World, pod: Object) -> Object:
    """A new pod with what is recommended for its containers; itself if nobody recommends anything."""
    autoscaler = autoscaler_of(cluster, pod)
    if autoscaler is None or autoscaler.spec.update_policy.update_mode == "Off":
        return pod
    return resized(pod, autoscaler)


def autoscaler_of(cluster: World, pod: Object) -> VerticalPodAutoscaler | None:
    """The VerticalPodAutoscaler of a pod's topmost controller; the first that was made, if there are several."""
    namespace = pod["metadata"].get("namespace", "default")
    found = cluster.list("VerticalPodAutoscaler", namespace)
    if not found:
        return None
    owners = set(controllers_of(cluster, pod, namespace))
    structs: Iterator[VerticalPodAutoscaler] = map(decode, found)
    return next((one for one in structs if (one.spec.target_ref.kind, one.spec.target_ref.name) in owners), None)


def controllers_of(cluster: World, obj: Object, namespace: str) -> Iterator[tuple[str, str]]:
    """Kind and name of an object's controller, of that one's controller, and so on."""
    owner = next((one for one in obj["metadata"].get("ownerReferences", ()) if one.get("controller")), None)
    if owner is not None:
        yield owner["kind"], owner["name"]
        above = cluster.get(Key(owner["kind"], namespace, owner["name"]))
        if above is not None:
            yield from controllers_of(cluster, above, namespace)


def resized(pod: Object, autoscaler: VerticalPodAutoscaler) -> Object:
    """The pod with what an autoscaler recommends; itself if it has no recommendation yet."""
    held = autoscaler.status.recommendation
    told = {one.container_name: one for one in (held.container_recommendations if held else ())}
    if not told:
        return pod
    updates, containers = [], []
    for place, container in enumerate(pod["spec"]["containers"]):
        new, words = _sized(container, told.get(container["name"]), autoscaler)
        containers.append(new)
        updates += [f"container {place}: {', '.join(words)}"] if words else []
    notes = {OBSERVED: ", ".join(one["name"] for one in containers)}
    if updates:
        notes[UPDATES] = f"Pod resources updated by {autoscaler.metadata.name}: {'; '.join(updates)}"
    meta = pod["metadata"]
    return {
        **pod,
        "metadata": {**meta, "annotations": {**meta.get("annotations", {}), **notes}},
        "spec": {**pod["spec"], "containers": containers},
    }


def _sized(
    container: Object, told: ContainerRecommendation | None, autoscaler: VerticalPodAutoscaler
) -> tuple[Object, tuple[str, ...]]:
    policy = autoscaler.spec.policy(container["name"])
    if told is None or policy.mode == "Off":
        return container, ()
    held = container.get("resources") or {}
    found = sizes(told.target, policy, _read(held.get("requests", {})), _read(held.get("limits", {})))
    requests = {**held.get("requests", {}), **{name: str(amount) for name, amount in found.requests.items()}}
    limits = {**held.get("limits", {}), **{name: str(amount) for name, amount in found.limits.items()}}
    resources = {**held, "requests": requests} | ({"limits": limits} if limits else {})
    return {**container, "resources": resources}, found.notes


def sizes(
    target: Mapping[str, Any], policy: ContainerPolicy, requests: Mapping[str, Quantity], limits: Mapping[str, Quantity]
) -> Sized:
    """What a container asks for if it follows a recommendation: requests, limits in proportion, and the notes."""
    wanted = {name: amount for name, amount in _read(target).items() if name in policy.controlled_resources}
    only = policy.controlled_values == "RequestsOnly"
    bounds = Policy(_read(policy.min_allowed), _read(policy.max_allowed), only)
    new, notes = capped(wanted, bounds, limits)
    proportional, _ = ({}, []) if only else proportional_limits(limits, requests, new)
    kept = {name: amount for name, amount in proportional.items() if name in limits and name in new}
    words = [*notes, *(f"{name} request" for name in new), *(f"{name} limit" for name in kept)]
    return Sized(new, kept, tuple(words))


def _read(texts: Mapping[str, Any]) -> dict[str, Quantity]:
    return {name: quantity.parse(str(text)) for name, text in texts.items()}
