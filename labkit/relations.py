"""Which edges an object has: pure functions from a manifest to sentences about it.

An edge reads as a sentence, source, relation, target: ReplicaSet **owns** Pod, Pod **runs-on** Node,
Pod **mounts** PersistentVolumeClaim, Node **in** Zone. Edges are derived here and set in one place, the
cluster's write path. A target that isn't there is still a node of the graph, with `obj=None`.

| relation | sentence | from |
|---|---|---|
| owns | the owner owns the object | metadata.ownerReferences |
| runs-on | Pod runs-on Node | spec.nodeName |
| mounts | Pod mounts claim, ConfigMap or Secret | spec.volumes |
| reads | Pod reads ConfigMap or Secret | env and envFrom |
| binds | claim binds PersistentVolume | spec.volumeName |
| routes | Ingress routes Service | rules and default backend |
| scales | autoscaler scales its target | spec.scaleTargetRef |
| in | Node in Zone | label topology.kubernetes.io/zone |
| selects | Service, budget or policy selects Pod | its selector against the pod's labels |

Of ECS's objects, which name others by ARNs: Service **owns** Task, Task **runs-on** ContainerInstance and **mounts**
Volume until it has stopped, Task and Service **uses** TaskDefinition, Cluster **uses** CapacityProvider,
ContainerInstance **in** Zone (so is a Task without an instance), and each **belongs-to** its Cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from labkit.fields import Selector, selectors
from labkit.kinds import ec2, ecs
from labkit.kinds.registry import KINDS, Key

ZONE_LABEL = "topology.kubernetes.io/zone"

Object = dict[str, Any]
_NOTHING: Object = {}


class Edge(NamedTuple):
    """A sentence about two objects."""

    source: Key
    relation: str
    target: Key


def relations(key: Key, obj: Object) -> Iterator[Edge]:
    """The edges that one object's own fields make; those of selectors need the others, see `selector_of`."""
    if key.kind == ecs.TASK and (service := obj.get("group", "")).startswith("service:"):
        yield Edge(Key(ecs.SERVICE, key.namespace, service.removeprefix("service:")), "owns", key)
    for owner in obj.get("metadata", _NOTHING).get("ownerReferences", ()):
        row = KINDS.get(owner["kind"])
        namespace = key.namespace if row is None or row.namespaced else ""
        yield Edge(Key(owner["kind"], namespace, owner["name"]), "owns", key)
    if key.kind in _OF_KIND:
        for relation, target in _OF_KIND[key.kind](key, obj):
            yield Edge(key, relation, target)


def selector_of(key: Key, obj: Object) -> Selector | None:
    """What the object selects pods by, in its own namespace; None if it selects none."""
    spec = obj.get("spec") or {}
    if key.kind == "Service":
        return selectors.compile({"matchLabels": spec["selector"]}) if spec.get("selector") else None
    if key.kind == "PodDisruptionBudget":
        return selectors.compile(spec.get("selector"))
    if key.kind == "NetworkPolicy":
        return selectors.compile(spec.get("podSelector") or {})
    return None


Targets = Iterator[tuple[str, Key]]


def _of_pod(key: Key, obj: Object) -> Targets:
    spec = obj.get("spec") or {}
    if spec.get("nodeName"):
        yield "runs-on", Key("Node", "", spec["nodeName"])
    for volume in spec.get("volumes", ()):
        for kind, name in _behind_volume(volume):
            yield "mounts", Key(kind, key.namespace, name)
    for container in [*spec.get("initContainers", ()), *spec.get("containers", ())]:
        for kind, name in _behind_env(container):
            yield "reads", Key(kind, key.namespace, name)


def _behind_volume(volume: Object) -> Iterator[tuple[str, str]]:
    if "persistentVolumeClaim" in volume:
        yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
    if "configMap" in volume:
        yield "ConfigMap", volume["configMap"].get("name", "")
    if "secret" in volume:
        yield "Secret", volume["secret"].get("secretName", "")


def _behind_env(container: Object) -> Iterator[tuple[str, str]]:
    sources = [variable.get("valueFrom") or {} for variable in container.get("env", ())]
    for source in [*sources, *container.get("envFrom", ())]:
        for field, kind in _ENV_SOURCES.items():
            if field in source:
                yield kind, source[field].get("name", "")


_ENV_SOURCES = {
    "configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret", "configMapRef": "ConfigMap", "secretRef": "Secret",
}  # fmt: skip


def _of_node(key: Key, obj: Object) -> Targets:
    zone = obj["metadata"].get("labels", {}).get(ZONE_LABEL)
    if zone:
        yield "in", Key("Zone", "", zone)


def _of_claim(key: Key, obj: Object) -> Targets:
    volume = (obj.get("spec") or {}).get("volumeName")
    if volume:
        yield "binds", Key("PersistentVolume", "", volume)


def _of_ingress(key: Key, obj: Object) -> Targets:
    spec = obj.get("spec") or {}
    paths = [path for rule in spec.get("rules", ()) for path in (rule.get("http") or {}).get("paths", ())]
    backends = [path.get("backend") or {} for path in paths] + [spec.get("defaultBackend") or {}]
    for backend in backends:
        if "service" in backend:
            yield "routes", Key("Service", key.namespace, backend["service"]["name"])


def _of_autoscaler(key: Key, obj: Object) -> Targets:
    target = (obj.get("spec") or {}).get("scaleTargetRef")
    if target:
        yield "scales", Key(target["kind"], key.namespace, target["name"])


def _named(relation: str, arn: str | None) -> Targets:
    if arn and (target := ecs.key_of_arn(arn)) is not None:
        yield relation, target


def _of_task(key: Key, obj: Object) -> Targets:
    yield "belongs-to", Key(ecs.CLUSTER, "", key.namespace)
    yield from _named("uses", obj["taskDefinitionArn"])
    if obj["lastStatus"] == "STOPPED":
        return
    for attachment in obj["attachments"] if obj.get("volumeConfigurations") else ():
        yield from (
            ("mounts", Key(ec2.VOLUME, "", detail["value"]))
            for detail in attachment["details"]
            if detail["name"] == "volumeId"
        )
    if obj.get("containerInstanceArn"):
        yield from _named("runs-on", obj["containerInstanceArn"])
    elif obj.get("availabilityZone"):
        yield "in", Key("Zone", "", obj["availabilityZone"])


def _of_instance(key: Key, obj: Object) -> Targets:
    yield "belongs-to", Key(ecs.CLUSTER, "", key.namespace)
    for attribute in obj.get("attributes", ()):
        if attribute["name"] == ecs.ZONE_ATTRIBUTE:
            yield "in", Key("Zone", "", attribute["value"])


def _of_service(key: Key, obj: Object) -> Targets:
    yield "belongs-to", Key(ecs.CLUSTER, "", key.namespace)
    yield from _named("uses", obj.get("taskDefinition"))


def _of_cluster(key: Key, obj: Object) -> Targets:
    for name in obj.get("capacityProviders", ()):
        yield "uses", Key(ecs.CAPACITY_PROVIDER, "", name)


_OF_KIND: dict[str, Callable[[Key, Object], Targets]] = {
    "Pod": _of_pod,
    "Node": _of_node,
    "PersistentVolumeClaim": _of_claim,
    "Ingress": _of_ingress,
    "HorizontalPodAutoscaler": _of_autoscaler,
    ecs.TASK: _of_task,
    ecs.CONTAINER_INSTANCE: _of_instance,
    ecs.SERVICE: _of_service,
    ecs.CLUSTER: _of_cluster,
}
