"""Controllers: each brings the objects of one kind nearer to what their spec asks for.

A controller is any object with `name`, `kind`, `watches` and `reconcile(cluster, key) -> seconds | None`; there is no
base class. It gets a key, never an event, keeps nothing between calls, and leaves choices to pure functions beside it.
"""

from __future__ import annotations

from typing import Any

from labkit.controllers.cronjob import CronJobController
from labkit.controllers.daemonset import DaemonSetController
from labkit.controllers.deployment import DeploymentController
from labkit.controllers.disruption import DisruptionController
from labkit.controllers.endpointslice import EndpointsController, EndpointSliceController
from labkit.controllers.garbage import GarbageCollector
from labkit.controllers.job import JobController
from labkit.controllers.namespace import NamespaceController, ServiceAccountController
from labkit.controllers.nodelifecycle import NodeLifecycleController
from labkit.controllers.nodettl import NodeTTLController
from labkit.controllers.persistentvolume import PersistentVolumeController
from labkit.controllers.podgc import PodGarbageCollector
from labkit.controllers.protection import ProtectionController
from labkit.controllers.quota import ResourceQuotaController
from labkit.controllers.replicaset import ReplicaSetController
from labkit.controllers.replicationcontroller import ReplicationManager
from labkit.controllers.statefulset import StatefulSetController
from labkit.controllers.taint_eviction import TaintEvictionController
from labkit.controllers.ttl import TTLAfterFinishedController

CONTROLLERS = (
    PersistentVolumeController, NamespaceController, ServiceAccountController, NodeLifecycleController,
    NodeTTLController, TaintEvictionController, EndpointSliceController, EndpointsController, DisruptionController,
    ReplicaSetController, ReplicationManager, DeploymentController, StatefulSetController, DaemonSetController,
    CronJobController, GarbageCollector, JobController, TTLAfterFinishedController, ProtectionController,
    PodGarbageCollector, ResourceQuotaController,
)  # fmt: skip
"""In the order in which they act when several are due at one moment.

ReplicaSets come before Deployments, as in recorded rollouts: an old ReplicaSet has shrunk before the new one grows.
Budgets are counted before either: they see a pod leave before its successor is made.
"""

SIMULATED = frozenset(
    {
        "ConfigMap", "ControllerRevision", "CronJob", "DaemonSet", "Deployment", "Endpoints", "EndpointSlice", "Event",
        "HorizontalPodAutoscaler", "Job", "LimitRange", "Namespace", "Node", "PersistentVolume",
        "PersistentVolumeClaim", "Pod", "PodDisruptionBudget", "PriorityClass", "ReplicaSet", "ReplicationController",
        "ResourceQuota", "Secret",
        "Service", "ServiceAccount", "StatefulSet", "StorageClass",
    }
)  # fmt: skip
"""Kinds that somebody here, the kubelet, the scheduler or admission acts on."""

UNSIMULATED = {
    "Ingress": "no controller yet: nothing is routed",
    "NetworkPolicy": "not enforced yet: all traffic is let through",
    "VolumeAttachment": "no attach-detach controller: volumes are there when their claim is bound",
    "ResourceClaim": "dynamic resource allocation is not simulated",
    "CustomResourceDefinition": "custom kinds are kept, nobody acts on them",
    "MutatingWebhookConfiguration": "webhooks are not called",
    "ValidatingWebhookConfiguration": "webhooks are not called",
}
"""What it means that nobody acts on a kind; the kinds that are neither here nor in SIMULATED are plain data."""


def controllers() -> list[Any]:
    """One of each, ready to run."""
    return [make() for make in CONTROLLERS]


def control_plane(scheduler: Any) -> list[Any]:
    """The scheduler among the controllers, in the order in which they act: it sees what volumes there are."""
    volumes, *others = controllers()
    return [volumes, scheduler, *others]
