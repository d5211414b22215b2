"""Does an object make sense? What the API server refuses although every field has the right type.

`problems` gives every cause in the server's order; `check` raises them as one Invalid answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from labkit.errors import ApiError, Cause
from labkit.kinds import KINDS
from labkit.manifests import (
    validate_autoscaling,
    validate_config,
    validate_jobs,
    validate_networking,
    validate_pod,
    validate_policy,
    validate_services,
    validate_volumes,
    validate_workloads,
)
from labkit.manifests.extensions import checking
from labkit.manifests.validate_meta import metadata, metadata_update

Object = dict[str, Any]
Check = Callable[[Object, Object | None], Iterator[Cause]]

CHECKS: dict[str, Check] = {
    "ClusterRole": validate_config.role,
    "ClusterRoleBinding": validate_config.role_binding,
    "ConfigMap": validate_config.config_map,
    "CronJob": validate_jobs.cron_job,
    "DaemonSet": validate_workloads.daemon_set,
    "Deployment": validate_workloads.deployment,
    "EndpointSlice": validate_networking.endpoint_slice,
    "HorizontalPodAutoscaler": validate_autoscaling.autoscaler,
    "Ingress": validate_networking.ingress,
    "IngressClass": validate_networking.ingress_class,
    "Job": validate_jobs.job,
    "LimitRange": validate_policy.limit_range,
    "NetworkPolicy": validate_networking.network_policy,
    "Node": validate_config.node,
    "PersistentVolume": validate_volumes.volume,
    "PersistentVolumeClaim": validate_volumes.claim,
    "Pod": validate_pod.pod,
    "PodDisruptionBudget": validate_policy.disruption_budget,
    "PriorityClass": validate_policy.priority_class,
    "ReplicaSet": validate_workloads.replica_set,
    "ReplicationController": validate_workloads.replication_controller,
    "ResourceQuota": validate_policy.resource_quota,
    "Role": validate_config.role,
    "RoleBinding": validate_config.role_binding,
    "Secret": validate_config.secret,
    "Service": validate_services.service,
    "ServiceAccount": validate_config.service_account,
    "StatefulSet": validate_workloads.stateful_set,
    "StorageClass": validate_volumes.storage_class,
}


def problems(obj: Object, old: Object | None = None) -> list[Cause]:
    """Everything wrong with a decoded, defaulted object; `old` is what it replaces, None when it is new."""
    meta = metadata(obj) if old is None else metadata_update(obj, old)
    check = CHECKS.get(obj["kind"], checking.extension)
    return list(chain(meta, check(obj, old)))


def check(obj: Object, old: Object | None = None) -> None:
    """Raise ApiError (422) `Pod "web" is invalid: …` if anything is wrong."""
    causes = problems(obj, old)
    if causes:
        row = KINDS.get(obj["kind"])
        raise ApiError.invalid(obj["kind"], row.group if row else "", obj["metadata"].get("name", ""), causes)
