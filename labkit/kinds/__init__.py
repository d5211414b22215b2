"""The kinds: their names, and the fields labkit acts on.

`decode` turns an object, a dict in the API's own shape, into a frozen struct. The structs are the exact list of
what is simulated: a valid field that none of them names is kept, and reported as accepted, not simulated.
"""

from __future__ import annotations

from typing import Any

import msgspec

from labkit.errors import ApiError
from labkit.kinds import ecs
from labkit.kinds.autoscaling import VerticalPodAutoscaler
from labkit.kinds.meta import Object, Struct
from labkit.kinds.node import Node
from labkit.kinds.pod import Pod
from labkit.kinds.policy import (
    ConfigMap,
    LimitRange,
    Namespace,
    PodDisruptionBudget,
    PriorityClass,
    ResourceQuota,
    Secret,
    ServiceAccount,
)
from labkit.kinds.registry import ALL, EXTENSIONS, KINDS, OLDER_VERSIONS, RESOURCES, Key, Kind, find, key_of
from labkit.kinds.services import EndpointSlice, Service
from labkit.kinds.storage import PersistentVolume, PersistentVolumeClaim, StorageClass
from labkit.kinds.workloads import DaemonSet, Deployment, Job, ReplicaSet, ReplicationController, StatefulSet

__all__ = [
    "ALL", "EXTENSIONS", "KINDS", "OLDER_VERSIONS", "RESOURCES", "STRUCTS", "Key", "Kind", "Struct",
    "decode", "find", "key_of", "kind",
]  # fmt: skip

STRUCTS: dict[str, type[Struct]] = {
    struct.__name__: struct
    for struct in (
        ConfigMap, DaemonSet, Deployment, EndpointSlice, Job, LimitRange, Namespace, Node, PersistentVolume,
        PersistentVolumeClaim, Pod, PodDisruptionBudget, PriorityClass, ReplicaSet, ReplicationController,
        ResourceQuota, Secret, Service, ServiceAccount, StatefulSet, StorageClass, VerticalPodAutoscaler,
    )
}  # fmt: skip


def kind(word: str) -> Kind:
    """The kind that `word` names, in any spelling kubectl takes; ApiError (404) if there is none."""
    found = find(word)
    if found is None:
        raise ApiError(404, "NotFound", f'the server doesn\'t have a resource type "{word}"')
    return found


def decode(obj: dict[str, Any], kind: str = "") -> Any:
    """The struct of an object's kind; a kind without one is read as its metadata alone.

    `kind`: for objects that don't say it themselves, as those of ECS.
    Raises msgspec.ValidationError where a field has the wrong type: manifests are checked before they get here.
    """
    return msgspec.convert(obj, ecs.STRUCTS.get(kind) or STRUCTS.get(obj["kind"], Object))
