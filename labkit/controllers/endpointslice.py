"""Services: their EndpointSlices, and the older Endpoints object beside them."""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.ownership import controller_ref
from labkit.controllers.watching import itself, labelled, selecting
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.network.slices import (
    CONTROLLER,
    MANAGED_BY,
    SERVICE_NAME,
    plan,
    slice_labels,
    subsets,
)
from labkit.relations import ZONE_LABEL

Dict = dict[str, Any]


class EndpointSliceController:
    """Lists the pods behind a Service in slices of at most 100.

    Does: one set of slices for each combination of port numbers; conditions ready, serving, terminating.
    Reads: Service, the pods it selects, their nodes' zones. Writes: EndpointSlice.
    Runs again: when the Service, a pod it selects (or selected), or one of its slices changes.
    Source: pkg/controller/endpointslice/endpointslice_controller.go, k8s.io/endpointslice, v1.36.
    Left out: topology hints, IPv6. Slices of a deleted Service go by garbage collection.
    """

    name = "endpoint-slice-controller"
    kind = "Service"

    def __init__(self) -> None:
        self.watches = {
            "Service": itself,
            "Pod": selecting("Service"),
            "EndpointSlice": labelled("Service", SERVICE_NAME),
        }

    def reconcile(self, cluster: Cluster, key: Key) -> None:
        """One sync."""
        service = cluster.read(key)
        if service is None or not service.spec.selector or service.spec.type == "ExternalName":
            return
        if service.metadata.deletion_timestamp is not None:
            return
        labels = slice_labels(service)
        existing = slices_of(cluster, key)
        pods = [(pod, _zone(cluster, pod)) for pod in selected(cluster, key)]
        changes = plan(service, pods, [cluster.require(one) for one in existing])
        for name, content in changes.update.items():
            one = Key("EndpointSlice", key.namespace, name)
            cluster.update({**cluster.require(one), **content})
        for content in changes.create:
            cluster.create(_slice(cluster.require(key), labels, content))
        for name in changes.delete:
            cluster.delete(Key("EndpointSlice", key.namespace, name))


class EndpointsController:
    """Keeps the older Endpoints object of a Service.

    Does: the pods that are not leaving, by ports, ready and unready apart.
    Reads: Service, the pods it selects. Writes: Endpoints of the Service's name.
    Runs again: when the Service or a pod it selects (or selected) changes.
    Source: pkg/controller/endpoint/endpoints_controller.go, v1.36. Left out: truncation above 1000 addresses.
    """

    name = "endpoint-controller"
    kind = "Service"

    def __init__(self) -> None:
        self.watches = {"Service": itself, "Pod": selecting("Service")}

    def reconcile(self, cluster: Cluster, key: Key) -> None:
        """One sync."""
        service, mine = cluster.read(key), Key("Endpoints", key.namespace, key.name)
        old = cluster.get(mine)
        if service is None:
            if old is not None:
                cluster.delete(mine)
            return
        if not service.spec.selector or service.metadata.deletion_timestamp is not None:
            return
        found = subsets(service, selected(cluster, key))
        labels = {**service.metadata.labels, "endpoints.kubernetes.io/managed-by": "endpoint-controller"}
        meta = {"name": key.name, "namespace": key.namespace, "labels": labels}
        if old is None:
            content = {"subsets": found} if found else {}
            cluster.create({"apiVersion": "v1", "kind": "Endpoints", "metadata": meta, **content})
        elif (old.get("subsets") or []) != found:
            cluster.update({**old, "subsets": found})


def slices_of(cluster: Cluster, key: Key) -> list[Key]:
    """The slices that this controller keeps for a Service, oldest first."""
    owned = [one for one in cluster.out(key, "owns") if one.kind == "EndpointSlice"]
    return [one for one in owned if _is_ours(cluster.require(one), key)]


def _is_ours(obj: Dict, key: Key) -> bool:
    labels = obj["metadata"].get("labels") or {}
    return labels.get(MANAGED_BY) == CONTROLLER and labels.get(SERVICE_NAME) == key.name


def selected(cluster: Cluster, key: Key) -> list[Pod]:
    """The pods a Service selects, in order of creation."""
    keys = [one for one in cluster.out(key, "selects") if one.kind == "Pod"]
    return [cluster.read(one) for one in keys]


def _zone(cluster: Cluster, pod: Pod) -> str:
    node = cluster.read(Key("Node", "", pod.spec.node_name)) if pod.spec.node_name else None
    return str(node.metadata.labels.get(ZONE_LABEL, "")) if node else ""


def _slice(service: Dict, labels: dict[str, str], content: Dict) -> Dict:
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    meta = {"generateName": f"{name}-", "namespace": namespace, "labels": labels}
    meta["ownerReferences"] = [controller_ref(service)]
    made = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta}
    return {**made, "addressType": "IPv4", **content}
