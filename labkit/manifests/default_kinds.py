"""What the API server fills into services, storage, policies and the rest.

Source: pkg/apis/{core,networking,storage,autoscaling,scheduling,rbac,discovery}/*/defaults.go, v1.36.
"""

from __future__ import annotations

import base64
from typing import Any

from labkit.manifests.default_pod import rounded
from labkit.manifests.filling import filled, items, made, part

Object = dict[str, Any]
_RBAC = "rbac.authorization.k8s.io"


def service(obj: Object) -> Object:
    """A Service: TCP, the same port inside, traffic to any pod."""
    return made(obj, "spec", _service_spec)


def _service_spec(spec: Object) -> Object:
    spec = items(filled(spec, sessionAffinity="None", type="ClusterIP"), "ports", _service_port)
    if spec["type"] != "ExternalName":
        spec = filled(spec, internalTrafficPolicy="Cluster")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        spec = filled(spec, externalTrafficPolicy="Cluster")
    if spec["type"] == "LoadBalancer":
        spec = filled(spec, allocateLoadBalancerNodePorts=True)
    if spec["sessionAffinity"] == "ClientIP":
        spec = filled(spec, sessionAffinityConfig={"clientIP": {"timeoutSeconds": 10800}})
    return spec


def _service_port(one: Object) -> Object:
    return filled(one, protocol="TCP", targetPort=one.get("port", 0))


def network_policy(obj: Object) -> Object:
    """A NetworkPolicy: it is about ingress, and about egress if it has such rules."""
    return made(obj, "spec", _network_policy_spec)


def _network_policy_spec(spec: Object) -> Object:
    both = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    spec = filled(spec, podSelector={}, policyTypes=both)
    for key in ("ingress", "egress"):
        spec = items(spec, key, lambda rule: items(rule, "ports", lambda one: filled(one, protocol="TCP")))
    return spec


def endpoint_slice(obj: Object) -> Object:
    """An EndpointSlice: ports are TCP and without a name."""
    return items(obj, "ports", lambda one: filled(one, name="", protocol="TCP"))


def claim(obj: Object) -> Object:
    """A PersistentVolumeClaim: a file system."""
    return made(obj, "spec", lambda spec: filled(spec, volumeMode="Filesystem"))


def volume(obj: Object) -> Object:
    """A PersistentVolume: kept after use."""
    return made(obj, "spec", _volume_spec)


def _volume_spec(spec: Object) -> Object:
    spec = filled(spec, persistentVolumeReclaimPolicy="Retain", volumeMode="Filesystem")
    return part(spec, "hostPath", lambda source: filled(source, type=""))


def storage_class(obj: Object) -> Object:
    """A StorageClass: volumes are deleted after use and bound at once."""
    return filled(obj, reclaimPolicy="Delete", volumeBindingMode="Immediate")


def autoscaler(obj: Object) -> Object:
    """A HorizontalPodAutoscaler: at least one replica, 80 % of the CPU requests."""
    target = {"averageUtilization": 80, "type": "Utilization"}
    metric = {"resource": {"name": "cpu", "target": target}, "type": "Resource"}
    obj = made(obj, "spec", lambda spec: filled(spec, metrics=[metric], minReplicas=1))
    return made(obj, "spec", lambda spec: part(spec, "behavior", _behavior))


def _behavior(behavior: Object) -> Object:
    """Rules where some are given: up by 4 pods or double, down to the lowest, each 15 s."""
    double = {"periodSeconds": 15, "type": "Percent", "value": 100}
    four = {"periodSeconds": 15, "type": "Pods", "value": 4}
    up = {"policies": [four, double], "selectPolicy": "Max", "stabilizationWindowSeconds": 0}
    down = {"policies": [double], "selectPolicy": "Max"}
    behavior = made(behavior, "scaleUp", lambda rules: filled(rules, **up))
    return made(behavior, "scaleDown", lambda rules: filled(rules, **down))


def priority_class(obj: Object) -> Object:
    """A PriorityClass: it preempts."""
    return filled(obj, preemptionPolicy="PreemptLowerPriority", value=0)


def limit_range(obj: Object) -> Object:
    """A LimitRange: default limits follow from maxima, default requests from those."""
    return part(obj, "spec", lambda spec: items(spec, "limits", _limit))


def _limit(item: Object) -> Object:
    if item.get("type") != "Container":
        return item
    default = {**(item.get("max") or {}), **(item.get("default") or {})}
    request = {**(item.get("min") or {}), **default, **(item.get("defaultRequest") or {})}
    new = {key: value for key, value in (("default", default), ("defaultRequest", request)) if value}
    return item if all(item.get(key) == value for key, value in new.items()) else {**item, **new}


def resource_quota(obj: Object) -> Object:
    """A ResourceQuota: its amounts as stored."""
    return part(obj, "spec", lambda spec: part(spec, "hard", rounded))


def namespace(obj: Object) -> Object:
    """A Namespace: a label with its name, a finalizer of its contents."""
    meta = obj["metadata"]
    labels = meta.get("labels") or {}
    if "name" in meta and labels.get("kubernetes.io/metadata.name") != meta["name"]:
        named = {**labels, "kubernetes.io/metadata.name": meta["name"]}
        obj = {**obj, "metadata": {**meta, "labels": named}}
    return made(obj, "spec", lambda spec: filled(spec, finalizers=["kubernetes"]))


def secret(obj: Object) -> Object:
    """A Secret: text is stored as base64."""
    obj = filled(obj, type="Opaque")
    if "stringData" not in obj:
        return obj
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in (obj["stringData"] or {}).items()}
    merged = {**(obj.get("data") or {}), **encoded}
    return {**{key: value for key, value in obj.items() if key != "stringData"}, "data": merged}


def role_binding(obj: Object) -> Object:
    """A RoleBinding or ClusterRoleBinding: the group of roles, users and groups."""
    obj = part(obj, "roleRef", lambda reference: filled(reference, apiGroup=_RBAC))
    return items(obj, "subjects", _subject)


def _subject(subject: Object) -> Object:
    return filled(subject, apiGroup=_RBAC) if subject.get("kind") in ("User", "Group") else subject


def node(obj: Object) -> Object:
    """A Node: what it can give away is what it has, unless it says otherwise."""
    status = obj.get("status") or {}
    if "capacity" not in status or "allocatable" in status:
        return obj
    return {**obj, "status": {**status, "allocatable": status["capacity"]}}
