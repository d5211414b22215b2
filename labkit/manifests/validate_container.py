"""Containers: image, ports, environment, mounts, hooks and probes.

Source: pkg/apis/core/validation/validation.go, v1.36.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.manifests.causes import (
    duplicate,
    each,
    forbidden,
    invalid,
    named,
    not_found,
    not_negative,
    one_of,
    port,
    required,
    unsupported,
)
from labkit.manifests.validate_resources import resources

Object = dict[str, Any]
PROTOCOLS = ("SCTP", "TCP", "UDP")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_ENV_FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
    "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
)  # fmt: skip
_POD_FIELDS = (*_ENV_FIELDS, "metadata.labels", "metadata.annotations", "spec.restartPolicy", "status.phase")
_KEYED_FIELD = re.compile(r"metadata\.(?:labels|annotations)\['.+'\]")
_SOURCES = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"


def containers(spec: Object, path: str, volumes: set[str]) -> Iterator[Cause]:
    """All containers of a pod's spec, init containers after the main ones."""
    main = spec.get("containers") or []
    if not main:
        yield required(f"{path}.containers")
    seen: set[str] = set()
    for index, one in enumerate(main):
        yield from _container(one, f"{path}.containers[{index}]", volumes, seen)
        yield from _hooks_and_probes(one, f"{path}.containers[{index}]")
    yield from _host_ports(main, f"{path}.containers")
    for index, one in enumerate(spec.get("initContainers") or ()):
        yield from _init_container(one, f"{path}.initContainers[{index}]", volumes, seen)


def _init_container(one: Object, path: str, volumes: set[str], seen: set[str]) -> Iterator[Cause]:
    yield from _container(one, path, volumes, seen)
    yield from one_of(one, path, "restartPolicy", ("Always", "Never", "OnFailure"))
    if one.get("restartPolicy") == "Always":
        yield from _hooks_and_probes(one, path)
        return
    for key in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"):
        if key in one:
            yield forbidden(f"{path}.{key}", "may not be set for init containers without restartPolicy=Always")


def _container(one: Object, path: str, volumes: set[str], seen: set[str]) -> Iterator[Cause]:
    """What main and init containers share."""
    yield from named(one, path, "name", names.dns1123_label)
    image = one.get("image", "")
    if not image:
        yield required(f"{path}.image")
    elif image != image.strip():
        yield invalid(f"{path}.image", image, "must not have leading or trailing whitespace")
    yield from one_of(one, path, "terminationMessagePolicy", ("FallbackToLogsOnError", "File"))
    yield from _ports(one.get("ports") or (), f"{path}.ports")
    yield from _env(one.get("env") or (), f"{path}.env")
    yield from _env_from(one.get("envFrom") or (), f"{path}.envFrom")
    yield from _mounts(one.get("volumeMounts") or (), f"{path}.volumeMounts", volumes)
    yield from one_of(one, path, "imagePullPolicy", PULL_POLICIES)
    yield from resources(one.get("resources") or {}, f"{path}.resources")
    if one.get("name") in seen:
        yield duplicate(f"{path}.name", one["name"])
    seen.add(one.get("name", ""))


def _hooks_and_probes(one: Object, path: str) -> Iterator[Cause]:
    for key in ("postStart", "preStop"):
        hook = (one.get("lifecycle") or {}).get(key)
        if hook is not None:
            yield from _handler(hook, f"{path}.lifecycle.{key}", ("exec", "httpGet", "tcpSocket", "sleep"))
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        if one.get(key) is not None:
            yield from _probe(one[key], f"{path}.{key}", key)


def _probe(probe: Object, path: str, key: str) -> Iterator[Cause]:
    yield from _handler(probe, path, ("exec", "httpGet", "tcpSocket", "grpc"))
    numbers = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
    yield from not_negative(probe, path, *numbers)
    success = probe.get("successThreshold", 1)
    if key != "readinessProbe" and success != 1:
        yield invalid(f"{path}.successThreshold", success, "must be 1")
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is not None and key == "readinessProbe":
        yield invalid(f"{path}.terminationGracePeriodSeconds", grace, "must not be set for readinessProbes")
    elif grace is not None and grace <= 0:
        yield invalid(f"{path}.terminationGracePeriodSeconds", grace, "must be greater than 0")


def _handler(hook: Object, path: str, kinds: tuple[str, ...]) -> Iterator[Cause]:
    given = [kind for kind in kinds if hook.get(kind) is not None]
    for index, kind in enumerate(given):
        if index:
            yield forbidden(f"{path}.{kind}", "may not specify more than 1 handler type")
        else:
            yield from _HANDLERS[kind](hook[kind], f"{path}.{kind}")
    if not given:
        yield required(path, "must specify a handler type")


def _exec(action: Object, path: str) -> Iterator[Cause]:
    if not action.get("command"):
        yield required(f"{path}.command")


def _http_get(action: Object, path: str) -> Iterator[Cause]:
    if not action.get("path"):
        yield required(f"{path}.path")
    yield from port(f"{path}.port", action.get("port", 0))
    yield from one_of(action, path, "scheme", ("HTTP", "HTTPS"))
    for index, header in enumerate(action.get("httpHeaders") or ()):
        at, name = f"{path}.httpHeaders[{index}].name", header.get("name", "")
        yield from each(at, name, names.http_header_name(name))


def _tcp_socket(action: Object, path: str) -> Iterator[Cause]:
    return port(f"{path}.port", action.get("port", 0))


def _sleep(action: Object, path: str) -> Iterator[Cause]:
    return not_negative(action, path, "seconds")


_HANDLERS = {"exec": _exec, "httpGet": _http_get, "tcpSocket": _tcp_socket, "grpc": _tcp_socket, "sleep": _sleep}


def _ports(ports: Any, path: str) -> Iterator[Cause]:
    seen: set[str] = set()
    for index, one in enumerate(ports):
        at, name = f"{path}[{index}]", one.get("name")
        if name and (errors := names.port_name(name)):
            yield from each(f"{at}.name", name, errors)
        elif name and name in seen:
            yield duplicate(f"{at}.name", name)
        seen.add(name or "")
        yield from _port_numbers(one, at)
        yield from one_of(one, at, "protocol", PROTOCOLS)


def _port_numbers(one: Object, path: str) -> Iterator[Cause]:
    number, on_host = one.get("containerPort", 0), one.get("hostPort", 0)
    if number == 0:
        yield required(f"{path}.containerPort")
    else:
        yield from port(f"{path}.containerPort", number)
    if on_host != 0:
        yield from port(f"{path}.hostPort", on_host)


def _host_ports(main: Any, path: str) -> Iterator[Cause]:
    """Two containers of a pod can't have the same port of the node."""
    seen: set[str] = set()
    for index, one in enumerate(main):
        for number, given in enumerate(one.get("ports") or ()):
            if not given.get("hostPort"):
                continue
            text = f"{given.get('protocol', 'TCP')}/{given.get('hostIP', '')}/{given['hostPort']}"
            if text in seen:
                yield duplicate(f"{path}[{index}].ports[{number}].hostPort", text)
            seen.add(text)


def _env(variables: Any, path: str) -> Iterator[Cause]:
    for index, one in enumerate(variables):
        at, name = f"{path}[{index}]", one.get("name", "")
        if not name:
            yield required(f"{at}.name")
        else:
            yield from each(f"{at}.name", name, names.relaxed_env_var_name(name))
        if one.get("valueFrom") is not None:
            yield from _value_from(one["valueFrom"], one.get("value", ""), f"{at}.valueFrom")


def _value_from(source: Object, value: str, path: str) -> Iterator[Cause]:
    given = [kind for kind in _ENV_SOURCES if source.get(kind) is not None]
    for kind in given:
        yield from _ENV_SOURCES[kind](source[kind], f"{path}.{kind}")
    if not given:
        yield invalid(path, "", _SOURCES)
    elif value:
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield invalid(path, "", "may not have more than one field specified at a time")


def _field_ref(source: Object, path: str) -> Iterator[Cause]:
    field = source.get("fieldPath", "")
    if not field:
        yield required(f"{path}.fieldPath")
    elif _KEYED_FIELD.fullmatch(field):
        return
    elif field not in (*_POD_FIELDS, "spec.schedulerName", "spec.host"):
        yield invalid(f"{path}.fieldPath", field, f"error converting fieldPath: field label not supported: {field}")
    elif field not in (*_ENV_FIELDS, "spec.host"):
        yield unsupported(f"{path}.fieldPath", field, _ENV_FIELDS)


def _resource_ref(source: Object, path: str) -> Iterator[Cause]:
    if not source.get("resource"):
        yield required(f"{path}.resource")


def _key_ref(source: Object, path: str) -> Iterator[Cause]:
    yield from named(source, path, "name", names.dns1123_subdomain)
    yield from named(source, path, "key", names.config_map_key)


_ENV_SOURCES = {
    "fieldRef": _field_ref, "resourceFieldRef": _resource_ref, "configMapKeyRef": _key_ref, "secretKeyRef": _key_ref,
}  # fmt: skip


def _env_from(sources: Any, path: str) -> Iterator[Cause]:
    for index, one in enumerate(sources):
        at = f"{path}[{index}]"
        given = [kind for kind in ("configMapRef", "secretRef") if one.get(kind) is not None]
        for kind in given:
            yield from named(one[kind], f"{at}.{kind}", "name", names.dns1123_subdomain)
        if not given:
            yield invalid(at, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(given) > 1:
            yield invalid(at, "", "may not have more than one field specified at a time")


def _mounts(mounts: Any, path: str, volumes: set[str]) -> Iterator[Cause]:
    seen: set[str] = set()
    for index, one in enumerate(mounts):
        at, name, place = f"{path}[{index}]", one.get("name", ""), one.get("mountPath", "")
        if not name:
            yield required(f"{at}.name")
        if name not in volumes:
            yield not_found(f"{at}.name", name)
        if not place:
            yield required(f"{at}.mountPath")
        elif place in seen:
            yield invalid(f"{at}.mountPath", place, "must be unique")
        seen.add(place)
        yield from _sub_path(one.get("subPath", ""), f"{at}.subPath")


def _sub_path(sub_path: str, path: str) -> Iterator[Cause]:
    if sub_path.startswith("/"):
        yield invalid(path, sub_path, "must be a relative path")
    if ".." in sub_path.split("/"):
        yield invalid(path, sub_path, "must not contain '..'")
