"""Controllers: each brings one kind's objects nearer to what their spec asks for."""

from __future__ import annotations

from labkit.controllers.deployment import DeploymentController
from labkit.controllers.endpointslice import (
    EndpointsController,
    EndpointSliceController,
)
from labkit.controllers.garbage import GarbageCollector
from labkit.controllers.namespace import NamespaceController, ServiceAccountController
from labkit.controllers.nodelifecycle import NodeLifecycleController
from labkit.controllers.persistentvolume import PersistentVolumeController
from labkit.controllers.replicaset import ReplicaSetController
from labkit.controllers.statefulset import StatefulSetController
from labkit.controllers.taint_eviction import TaintEvictionController

CONTROLLERS = (
    NamespaceController, ServiceAccountController, NodeLifecycleController, DeploymentController, ReplicaSetController,
    StatefulSetController, PersistentVolumeController, TaintEvictionController,
    EndpointSliceController, EndpointsController, GarbageCollector,
)  # fmt: skip


def controllers():
    return [one() for one in CONTROLLERS]
