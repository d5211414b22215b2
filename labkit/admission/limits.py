"""LimitRanges: default requests and limits, and the bounds of both.

Source: plugin/pkg/admission/limitranger/admission.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.admission.usage import pod_total
from labkit.admission.world import Object, World
from labkit.errors import ApiError
from labkit.fields import Quantity, quantity
from labkit.kinds import KINDS, key_of

_NOTE = "kubernetes.io/limit-ranger"


def with_defaults(cluster: World, pod: Object) -> Object:
    """A pod whose containers have the namespace's default requests and limits, and a note of what was set."""
    if not cluster.keys("LimitRange"):
        return pod
    for one in cluster.list("LimitRange", pod["metadata"].get("namespace") or "default"):
        pod = _filled(pod, _defaults(one))
    return pod


def _defaults(limit_range: Object) -> dict[str, dict[str, str]]:
    """Default limits and requests of containers; of several items, the first that names a resource."""
    found: dict[str, dict[str, str]] = {"limits": {}, "requests": {}}
    for item in limit_range["spec"].get("limits") or ():
        if item.get("type") == "Container":
            found["limits"] = {**(item.get("default") or {}), **found["limits"]}
            found["requests"] = {**(item.get("defaultRequest") or {}), **found["requests"]}
    return found


def _filled(pod: Object, defaults: dict[str, dict[str, str]]) -> Object:
    notes: list[str] = []
    spec = pod["spec"]
    for kind, word in (("containers", "container"), ("initContainers", "init container")):
        if spec.get(kind):
            spec = {**spec, kind: [_container(one, defaults, word, notes) for one in spec[kind]]}
    if not notes:
        return pod
    meta = pod["metadata"]
    annotations = {**(meta.get("annotations") or {}), _NOTE: f"LimitRanger plugin set: {'; '.join(notes)}"}
    return {**pod, "metadata": {**meta, "annotations": annotations}, "spec": spec}


def _container(one: Object, defaults: dict[str, dict[str, str]], word: str, notes: list[str]) -> Object:
    resources = one.get("resources") or {}
    for side in ("requests", "limits"):
        given = resources.get(side) or {}
        missing = {name: value for name, value in defaults[side].items() if name not in given}
        if missing:
            notes.append(f"{', '.join(sorted(missing))} {side[:-1]} for {word} {one['name']}")
            resources = {**resources, side: {**given, **missing}}
    return one if resources is one.get("resources") else {**one, "resources": resources}


def check(cluster: World, obj: Object) -> None:
    """Refuse a pod or claim outside of its namespace's bounds."""
    if obj["kind"] not in ("Pod", "PersistentVolumeClaim"):
        return
    key = key_of(obj)
    for limit_range in cluster.list("LimitRange", key.namespace):
        texts = [text for item in limit_range["spec"].get("limits") or () for text in _broken(item, obj)]
        if texts:
            why = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
            raise ApiError.forbidden(KINDS[key.kind].plural, key.name, why)


def _broken(item: Object, obj: Object) -> Iterator[str]:
    spec, kind = obj["spec"], item.get("type", "")
    if kind == "Container" and obj["kind"] == "Pod":
        for one in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
            resources = one.get("resources") or {}
            yield from _bounds(item, _read(resources.get("requests")), _read(resources.get("limits")))
    elif kind == "Pod" and obj["kind"] == "Pod":
        yield from _bounds(item, pod_total(spec, "requests"), pod_total(spec, "limits"))
    elif kind == obj["kind"] == "PersistentVolumeClaim":
        requests = _read((spec.get("resources") or {}).get("requests"))
        yield from _bounds(item, requests, requests)


def _read(amounts: Object | None) -> dict[str, Quantity]:
    return {name: quantity.read(value) for name, value in (amounts or {}).items()}


def _bounds(item: Object, requests: dict[str, Quantity], limits: dict[str, Quantity]) -> Iterator[str]:
    for part, words, broken in (
        ("min", "minimum {} usage", _too_little),
        ("max", "maximum {} usage", _too_much),
        ("maxLimitRequestRatio", "{} max limit to request ratio", _too_far),
    ):
        for name, bound in (item.get(part) or {}).items():
            text = f"{words.format(name)} per {item['type']} is {bound}"
            yield from broken(text, bound, requests.get(name), limits.get(name))


def _too_little(text: str, bound: str, request: Quantity | None, limit: Quantity | None) -> Iterator[str]:
    least = quantity.read(bound)
    if request is None:
        yield f"{text}.  No request is specified"
    elif request.compare(least) < 0:
        yield f"{text}, but request is {request}"
    elif limit is not None and limit.compare(least) < 0:
        yield f"{text}, but limit is {limit}"


def _too_much(text: str, bound: str, request: Quantity | None, limit: Quantity | None) -> Iterator[str]:
    most = quantity.read(bound)
    if limit is None:
        yield f"{text}.  No limit is specified"
    elif limit.compare(most) > 0:
        yield f"{text}, but limit is {limit}"
    elif request is not None and request.compare(most) > 0:
        yield f"{text}, but request is {request}"


def _too_far(text: str, bound: str, request: Quantity | None, limit: Quantity | None) -> Iterator[str]:
    if request is None or request.milli() == 0:
        yield f"{text}, but no request is specified or request is 0"
    elif limit is None or limit.milli() == 0:
        yield f"{text}, but no limit is specified or limit is 0"
    elif limit.milli() * 1000 > quantity.milli(bound) * request.milli():
        yield f"{text}, but provided ratio is {limit.milli() / request.milli():f}"
