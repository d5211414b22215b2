"""Controllers: each brings one kind's objects nearer to what their spec asks for."""

from __future__ import annotations

from labkit.controllers.deployment import DeploymentController
from labkit.controllers.endpointslice import (
    EndpointsController,
    EndpointSliceController,
)
from labkit.controllers.garbage import GarbageCollector
from labkit.controllers.namespace import NamespaceController, ServiceAccountController
from labkit.controllers.replicaset import ReplicaSetController

CONTROLLERS = (
    NamespaceController, ServiceAccountController, DeploymentController, ReplicaSetController,
    EndpointSliceController, EndpointsController, GarbageCollector,
)  # fmt: skip


def controllers():
    return [one() for one in CONTROLLERS]
