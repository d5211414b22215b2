"""What the API server fills into an object that doesn't say it. Pure, and idempotent.

`defaulted` returns a new object only where something is missing; parts that are complete are shared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.manifests import default_kinds, default_pod, default_workloads
from labkit.manifests.extensions import filling

Object = dict[str, Any]

FILLS: dict[str, Callable[[Object], Object]] = {
    "ClusterRoleBinding": default_kinds.role_binding,
    "CronJob": default_workloads.cron_job,
    "DaemonSet": default_workloads.daemon_set,
    "Deployment": default_workloads.deployment,
    "EndpointSlice": default_kinds.endpoint_slice,
    "HorizontalPodAutoscaler": default_kinds.autoscaler,
    "Job": default_workloads.job,
    "LimitRange": default_kinds.limit_range,
    "Namespace": default_kinds.namespace,
    "NetworkPolicy": default_kinds.network_policy,
    "Node": default_kinds.node,
    "PersistentVolume": default_kinds.volume,
    "PersistentVolumeClaim": default_kinds.claim,
    "Pod": default_pod.pod,
    "PriorityClass": default_kinds.priority_class,
    "ReplicaSet": default_workloads.replica_set,
    "ReplicationController": default_workloads.replication_controller,
    "ResourceQuota": default_kinds.resource_quota,
    "RoleBinding": default_kinds.role_binding,
    "Secret": default_kinds.secret,
    "Service": default_kinds.service,
    "StatefulSet": default_workloads.stateful_set,
    "StorageClass": default_kinds.storage_class,
}


SPECIFIED = frozenset({
    "CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Job", "LimitRange", "Namespace",
    "NetworkPolicy", "Node", "PersistentVolume", "PersistentVolumeClaim", "Pod", "PodDisruptionBudget", "ReplicaSet",
    "ReplicationController", "ResourceQuota", "Service", "StatefulSet",
})  # fmt: skip
"""Kinds that always have a spec, empty where none was given: it is a struct of theirs, no pointer."""


def defaulted(obj: Object) -> Object:
    """The object with every default of its kind."""
    if obj["kind"] in SPECIFIED and obj.get("spec") is None:
        obj = {**obj, "spec": {}}
    return FILLS.get(obj["kind"], filling.defaulted)(obj)
