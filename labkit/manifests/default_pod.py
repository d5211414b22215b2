"""What the API server fills into pods and the templates of pods.

Source: pkg/apis/core/v1/defaults.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labkit.fields import quantity
from labkit.kinds import podrequest
from labkit.kinds.pod import PodSpec
from labkit.manifests.filling import changed, filled, items, made, part

Object = dict[str, Any]
_MODED = ("secret", "configMap", "downwardAPI", "projected")
_REMEMBERED = 2048
Fill = Callable[[Object], Object]
# id of a spec → (the spec, the spec filled): the reference keeps the id from being used again. Filled specs
# are remembered too, so that the pods a controller makes from one template cost a look-up each.
_known: dict[int, tuple[Object, Object]] = {}
_known_templates: dict[int, tuple[Object, Object]] = {}


def pod(obj: Object) -> Object:
    """A Pod: its spec, and requests that follow from limits."""
    return changed(obj, "spec", _remembered(_known, obj.get("spec") or {}, _own_spec))


def template(given: Object) -> Object:
    """The template of a workload's pods."""
    return made(given, "spec", pod_spec)


def pod_spec(spec: Object) -> Object:
    """The spec of a pod, wherever it stands."""
    return _remembered(_known_templates, spec, _spec)


def _remembered(known: dict[int, tuple[Object, Object]], spec: Object, fill: Fill) -> Object:
    entry = known.get(id(spec))
    if entry is not None and entry[0] is spec:
        return entry[1]
    result = fill(spec)
    if len(known) >= _REMEMBERED:
        known.clear()
    known[id(spec)] = (spec, result)
    known[id(result)] = (result, result)
    return result


def _own_spec(spec: Object) -> Object:
    spec = filled(pod_spec(spec), enableServiceLinks=True)
    spec = items(spec, "containers", _requests_from_limits)
    spec = items(spec, "initContainers", _requests_from_limits)
    spec = part(spec, "resources", lambda level: _pod_level(level, spec))
    return {**spec, "terminationGracePeriodSeconds": 1} if spec["terminationGracePeriodSeconds"] < 0 else spec


def _spec(spec: Object) -> Object:
    if not spec.get("schedulerName", "-"):
        spec = {key: value for key, value in spec.items() if key != "schedulerName"}
    spec = filled(
        spec,
        dnsPolicy="ClusterFirst",
        restartPolicy="Always",
        schedulerName="default-scheduler",
        securityContext={},
        terminationGracePeriodSeconds=30,
    )
    if "serviceAccountName" in spec:
        spec = filled(spec, serviceAccount=spec["serviceAccountName"])
    for key in ("containers", "initContainers", "ephemeralContainers"):
        spec = items(spec, key, container)
    if spec.get("hostNetwork"):
        spec = items(spec, "containers", lambda one: items(one, "ports", _on_host))
    spec = part(spec, "overhead", rounded)
    return items(spec, "volumes", volume)


def container(one: Object) -> Object:
    """One container."""
    one = filled(
        one,
        imagePullPolicy=pull_policy(one.get("image", "")),
        resources={},
        terminationMessagePath="/dev/termination-log",
        terminationMessagePolicy="File",
    )
    one = items(one, "ports", lambda given: filled(given, protocol="TCP"))
    one = items(one, "env", _variable)
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        one = part(one, key, _probe)
    one = part(one, "lifecycle", _lifecycle)
    return part(one, "resources", _resources)


def pull_policy(image: str) -> str:
    """Always for the tag `latest` and for none, else IfNotPresent."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return "IfNotPresent" if digest or tag not in ("", "latest") else "Always"


def rounded(amounts: Object) -> Object:
    """Quantities rounded up to thousandths, as stored: `0.0001` becomes `1m`."""
    after = {name: _to_milli(value) for name, value in amounts.items()}
    return amounts if after == amounts else after


def _to_milli(value: str) -> str:
    exact = quantity.read(value)
    milli = quantity.of(exact.milli(), exact.format, exponent=quantity.MILLI)
    return value if milli.compare(exact) == 0 else str(milli)


def _resources(given: Object) -> Object:
    return part(part(given, "limits", rounded), "requests", rounded)


def _requests_from_limits(one: Object) -> Object:
    resources = one.get("resources") or {}
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    missing = {name: value for name, value in limits.items() if name not in requests}
    return {**one, "resources": {**resources, "requests": {**requests, **missing}}} if missing else one


def _pod_level(level: Object, spec: Object) -> Object:
    """Pod-level requests that are missing beside limits: what the containers ask for together, else the limits.

    Source: pkg/apis/core/v1/defaults.go defaultPodRequests, v1.36; resources that can't be overcommitted
    (huge pages) are taken from the limits alone.
    """
    limits = level.get("limits") or {}
    if not limits:
        return level
    together = podrequest.container_requests(msgspec.convert(spec, PodSpec))
    shared = {name: str(amount) for name, amount in together.items() if name in ("cpu", "memory")}
    own = {name: value for name, value in limits.items() if podrequest.is_pod_level(name)}
    return {**level, "requests": {**own, **shared, **(level.get("requests") or {})}}


def _variable(one: Object) -> Object:
    if "fieldRef" not in (one.get("valueFrom") or {}):
        return one
    return part(one, "valueFrom", lambda source: part(source, "fieldRef", lambda ref: filled(ref, apiVersion="v1")))


def _probe(probe: Object) -> Object:
    probe = filled(probe, failureThreshold=3, periodSeconds=10, successThreshold=1, timeoutSeconds=1)
    probe = part(probe, "grpc", lambda action: filled(action, service=""))
    return part(probe, "httpGet", _http_get)


def _http_get(action: Object) -> Object:
    return filled(action, path="/", scheme="HTTP")


def _lifecycle(hooks: Object) -> Object:
    for key in ("postStart", "preStop"):
        hooks = part(hooks, key, lambda hook: part(hook, "httpGet", _http_get))
    return hooks


def _on_host(given: Object) -> Object:
    """A port of a pod on the node's network is the node's port."""
    return filled(given, hostPort=given.get("containerPort", 0))


def volume(one: Object) -> Object:
    """One volume: file modes, and an empty directory where no source is given."""
    if len(one) == 1 and "name" in one:
        return {**one, "emptyDir": {}}
    for key in _MODED:
        one = part(one, key, lambda source: filled(source, defaultMode=420))
    one = part(one, "hostPath", lambda source: filled(source, type=""))
    return part(one, "projected", lambda source: items(source, "sources", _projection))


def _projection(one: Object) -> Object:
    return part(one, "serviceAccountToken", lambda token: filled(token, expirationSeconds=3600))
