"""ReplicationControllers: what ReplicaSets were before; manifests of old still ask for them."""

from __future__ import annotations

from labkit.controllers.replicaset import ReplicaSetController


class ReplicationManager(ReplicaSetController):
    """Keeps the number of a ReplicationController's pods at `spec.replicas`, as is done for a ReplicaSet.

    Does: what ReplicaSetController does, for a selector that is plain labels and a status without terminatingReplicas.
    Reads: ReplicationController, its pods. Writes: Pod, status; events SuccessfulCreate, SuccessfulDelete,
    FailedCreate; condition ReplicaFailure.
    Runs again: when the ReplicationController or a pod of it changes; when a ready pod has been so for
    minReadySeconds; with back-off after a refused creation.
    Source: pkg/controller/replication/{replication_controller,conversion}.go, v1.36, which wraps the other one too.
    Left out: `kubectl rolling-update`, which went with kubectl 1.18.
    """

    name = "replication-controller"
    kind = "ReplicationController"
