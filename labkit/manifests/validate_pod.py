"""Pods and the templates of pods.

Source: pkg/apis/core/validation/validation.go, v1.36 (ValidatePodSpec, ValidatePodUpdate).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.manifests.addresses import NOT_AN_ADDRESS, is_ip
from labkit.manifests.causes import each, forbidden, invalid, named, one_of, required, unsupported
from labkit.manifests.gotypes import changes
from labkit.manifests.validate_container import containers
from labkit.manifests.validate_meta import annotation_map, label_map
from labkit.manifests.validate_scheduling import scheduling, tolerations
from labkit.manifests.validate_volumes import volumes

Object = dict[str, Any]
RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
_FIXED = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def pod(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A Pod; as an update, only what may change on a pod that exists."""
    spec = obj.get("spec") or {}
    if old is None:
        yield from pod_spec(spec, "spec")
    else:
        yield from _update(spec, old.get("spec") or {})


def template(given: Object | None, path: str) -> Iterator[Cause]:
    """The template of a workload's pods."""
    yield from template_metadata(given, path)
    yield from pod_spec((given or {}).get("spec") or {}, f"{path}.spec")


def template_metadata(given: Object | None, path: str) -> Iterator[Cause]:
    """Labels and annotations of a template; the server leaves `metadata` out of their path."""
    meta = (given or {}).get("metadata") or {}
    yield from label_map(meta.get("labels"), f"{path}.labels")
    yield from annotation_map(meta.get("annotations"), f"{path}.annotations")


def pod_spec(spec: Object, path: str) -> Iterator[Cause]:
    """The spec of a pod, wherever it stands."""
    yield from volumes(spec.get("volumes") or (), f"{path}.volumes")
    declared = {one.get("name", "") for one in spec.get("volumes") or ()}
    yield from containers(spec, path, declared)
    if spec.get("restartPolicy", "Always") not in RESTART_POLICIES:
        yield unsupported(f"{path}.restartPolicy", spec["restartPolicy"], RESTART_POLICIES)
    yield from one_of(spec, path, "dnsPolicy", _DNS_POLICIES)
    yield from label_map(spec.get("nodeSelector"), f"{path}.nodeSelector")
    yield from _host_network(spec, path)
    yield from _users(spec, path)
    for index, secret in enumerate(spec.get("imagePullSecrets") or ()):
        if not secret.get("name"):
            yield required(f"{path}.imagePullSecrets[{index}].name")
    yield from scheduling(spec, path)
    yield from _dns(spec, path)
    yield from _references(spec, path)
    yield from tolerations(spec.get("tolerations") or (), f"{path}.tolerations")
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        if not is_ip(alias.get("ip", "")):
            yield invalid(f"{path}.hostAliases[{index}].ip", alias.get("ip", ""), NOT_AN_ADDRESS)
    yield from _late(spec, path)


def _dns(spec: Object, path: str) -> Iterator[Cause]:
    """A pod without any DNS of the cluster's must bring its own."""
    config = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None" and config is None:
        yield required(f"{path}.dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None")
    servers = (config or {}).get("nameservers") or ()
    if spec.get("dnsPolicy") == "None" and config is not None and not servers:
        why = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        yield required(f"{path}.dnsConfig.nameservers", why)
    for index, server in enumerate(servers):
        if not is_ip(server):
            yield invalid(f"{path}.dnsConfig.nameservers[{index}]", server, NOT_AN_ADDRESS)


def _users(spec: Object, path: str) -> Iterator[Cause]:
    """The numbers of users and groups, of the pod and of its containers."""
    holders = [(spec.get("securityContext") or {}, f"{path}.securityContext")]
    for kind in ("containers", "initContainers"):
        for index, one in enumerate(spec.get(kind) or ()):
            holders.append((one.get("securityContext") or {}, f"{path}.{kind}[{index}].securityContext"))
    for holder, at in holders:
        for key in ("fsGroup", "runAsUser", "runAsGroup"):
            value = holder.get(key)
            if value is not None:
                yield from each(f"{at}.{key}", value, names.in_range(value, 0, 2**31 - 1))


def _references(spec: Object, path: str) -> Iterator[Cause]:
    """Names of other things, the deadline, the pod's own host name."""
    for key in ("serviceAccountName", "nodeName"):
        if spec.get(key):
            yield from named(spec, path, key, names.dns1123_subdomain)
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None:
        yield from each(f"{path}.activeDeadlineSeconds", deadline, names.in_range(deadline, 1, 2**31 - 1))
    for key in ("hostname", "subdomain"):
        if spec.get(key):
            yield from named(spec, path, key, names.dns1123_label)


def _late(spec: Object, path: str) -> Iterator[Cause]:
    for key in ("priorityClassName", "runtimeClassName"):
        if spec.get(key):
            yield from named(spec, path, key, names.dns1123_subdomain)
    yield from one_of(spec, path, "preemptionPolicy", ("PreemptLowerPriority", "Never"))
    seen: set[str] = set()
    for index, gate in enumerate(spec.get("schedulingGates") or ()):
        name = gate.get("name", "")
        yield from each(f"{path}.schedulingGates[{index}]", name, names.qualified_name(name))
        if name in seen:
            yield Cause(f"{path}.schedulingGates[{index}]", "FieldValueDuplicate", f'Duplicate value: "{name}"')
        seen.add(name)


def _host_network(spec: Object, path: str) -> Iterator[Cause]:
    """On the node's network, a container's port is the node's port."""
    if not spec.get("hostNetwork"):
        return
    for index, one in enumerate(spec.get("containers") or ()):
        for number, given in enumerate(one.get("ports") or ()):
            if given.get("hostPort", 0) != given.get("containerPort", 0):
                at = f"{path}.containers[{index}].ports[{number}].containerPort"
                yield invalid(at, given.get("containerPort", 0), "must match `hostPort` when `hostNetwork` is true")


def _update(spec: Object, before: Object) -> Iterator[Cause]:
    for key in ("containers", "initContainers"):
        if len(spec.get(key) or ()) != len(before.get(key) or ()):
            yield forbidden(f"spec.{key}", "pod updates may not add or remove containers")
            return
        for index, one in enumerate(spec.get(key) or ()):
            if not one.get("image", "").strip():
                yield required(f"spec.{key}[{index}].image")
    yield from _deadline_update(spec, before)
    yield from _tolerations_update(spec, before)
    if difference := changes("PodSpec", before, _with_allowed(spec, before)):
        yield forbidden("spec", f"{_FIXED}\n{difference}")


def _deadline_update(spec: Object, before: Object) -> Iterator[Cause]:
    new, old = spec.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")
    if new is not None and new != old:
        yield from each("spec.activeDeadlineSeconds", new, names.in_range(new, 0, 2**31 - 1))
        if old is not None and new > old:
            yield invalid("spec.activeDeadlineSeconds", new, "must be less than or equal to previous value")
    elif new is None and old is not None:
        yield invalid("spec.activeDeadlineSeconds", None, "must not update from a positive integer to nil value")


def _tolerations_update(spec: Object, before: Object) -> Iterator[Cause]:
    kept = spec.get("tolerations") or []
    for one in before.get("tolerations") or ():
        if {**one, "tolerationSeconds": 0} not in [{**other, "tolerationSeconds": 0} for other in kept]:
            yield forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")
            return
    yield from tolerations(kept, "spec.tolerations")


def _with_allowed(spec: Object, before: Object) -> Object:
    """The new spec with everything that may change set back, so that what differs must not."""
    munged = dict(spec)
    for key in ("containers", "initContainers"):
        pairs = zip(spec.get(key) or (), before.get(key) or (), strict=True)
        if key in spec:
            munged[key] = [{**new, "image": old.get("image", "")} for new, old in pairs]
    for key in ("activeDeadlineSeconds", "tolerations"):
        munged[key] = before.get(key)
    if before.get("terminationGracePeriodSeconds", 0) < 0 and spec.get("terminationGracePeriodSeconds") == 1:
        munged["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
    if before.get("schedulingGates"):
        munged = _with_gate_rules(munged, before)
    return {key: value for key, value in munged.items() if value is not None}


def _with_gate_rules(munged: Object, before: Object) -> Object:
    """A gated pod may lose gates and narrow its node selection."""
    free = {key: before.get(key) for key in ("nodeSelector", "affinity", "schedulingGates")}
    gates = [gate for gate in munged.get("schedulingGates") or () if gate not in before["schedulingGates"]]
    return munged if gates else munged | free
