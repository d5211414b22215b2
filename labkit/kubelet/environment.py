"""A container's environment, as the kubelet made it when the container started.

First what the runtime adds (PATH, HOSTNAME), then what the pod declares, then what Services are there; HOME last, as
the runtime does. A value may refer to what comes before it and to Services: `$(NAME)`.
Source: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables, v1.36; the order and names of the runtime's are those of
containerd 2.1 and runc. The real kubelet hands over both parts in no order; here it is that of the manifest, and that
of the keys for envFrom.
Left out: what an image itself declares, as nothing is known of images; fileKeyRef.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from labkit.cluster import Cluster
from labkit.kinds.registry import Key
from labkit.kubelet.downward import field_value, resource_value
from labkit.kubelet.expansion import expanded
from labkit.kubelet.moments import Snapshot, at_start
from labkit.kubelet.servicelinks import service_variables

Dict = dict[str, Any]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LONGEST_HOSTNAME = 63


def environment(cluster: Cluster, pod: Key, container: str) -> dict[str, str]:
    """The variables of a container's present or last run, in order; of one that never ran, as they would be now.

    ApiError NotFound if there is no such pod, KeyError if it has no such container.
    """
    return variables(at_start(cluster, pod, container), container)


def variables(then: Snapshot, container: str) -> dict[str, str]:
    """The variables of a container that starts at that moment."""
    spec = then.pod["spec"]
    links = service_variables(
        then.services(), then.pod["metadata"]["namespace"], links=spec.get("enableServiceLinks", True)
    )
    declared = _declared(then, container_of(then.pod, container), links)
    runtime = {"PATH": PATH, "HOSTNAME": hostname(then.pod)}
    found = {**runtime, **declared, **{name: value for name, value in links.items() if name not in declared}}
    return {**found, "HOME": found.get("HOME", "/root")}


def container_of(pod: Dict, name: str) -> Dict:
    """The container of that name, an init container or another; KeyError if there is none."""
    spec = pod["spec"]
    for one in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        if one["name"] == name:
            return dict(one)
    raise KeyError(name)


def hostname(pod: Dict) -> str:
    """What `hostname` prints: the pod's name unless it says another, or the node's in the node's network."""
    spec = pod["spec"]
    if spec.get("hostNetwork"):
        return str(spec.get("nodeName", ""))
    name = str(spec.get("hostname") or pod["metadata"]["name"])
    return name[:LONGEST_HOSTNAME].rstrip("-.")


def content(obj: Dict | None, binary: bool = True) -> dict[str, str]:
    """What a ConfigMap or Secret holds, by key, as text; nothing if it isn't there. A variable is never `binary`."""
    if obj is None:
        return {}
    data, encoded = obj.get("data") or {}, (obj.get("binaryData") or {}) if binary else {}
    if obj["kind"] == "Secret":
        return {key: _decoded(data[key]) for key in sorted(data)}
    return {key: data[key] if key in data else _decoded(encoded[key]) for key in sorted({*data, *encoded})}


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode(errors="replace")


def _declared(then: Snapshot, container: Dict, links: dict[str, str]) -> dict[str, str]:
    found = dict(_from_sources(then, container))
    for one in container.get("env") or ():
        if source := one.get("valueFrom"):
            value = _sourced(then, container, source)
            if value is None:
                continue
        else:
            value = expanded(one.get("value") or "", found, links)
        found[one["name"]] = value
    return found


def _from_sources(then: Snapshot, container: Dict) -> Iterator[tuple[str, str]]:
    """All keys of ConfigMaps (text alone) and Secrets under their prefixes; of equal names the last one counts."""
    for source in container.get("envFrom") or ():
        for kind, field in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            if field in source:
                obj = then.get(Key(kind, then.pod["metadata"]["namespace"], source[field].get("name", "")))
                for name, value in content(obj, binary=False).items():
                    yield source.get("prefix", "") + name, value


def _sourced(then: Snapshot, container: Dict, source: Dict) -> str | None:
    """A value from elsewhere; None where an optional key is missing: the variable isn't set then."""
    if "fieldRef" in source:
        return field_value(then.pod, source["fieldRef"]["fieldPath"])
    if "resourceFieldRef" in source:
        return resource_of(then, container, source["resourceFieldRef"])
    for kind, field in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
        if reference := source.get(field):
            obj = then.get(Key(kind, then.pod["metadata"]["namespace"], reference.get("name", "")))
            return content(obj, binary=False).get(reference["key"])
    return None


def resource_of(then: Snapshot, container: Dict, reference: Dict) -> str:
    """What a resourceFieldRef comes to; it may name another container of the pod."""
    node = then.cluster.get(Key("Node", "", then.pod["spec"].get("nodeName", ""))) or {}
    about = container_of(then.pod, reference["containerName"]) if reference.get("containerName") else container
    return resource_value(about, reference, (node.get("status") or {}).get("allocatable") or {})
