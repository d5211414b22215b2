"""Services of type LoadBalancer in a cloud that takes its time."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.watching import itself
from labkit.kinds.registry import Key

FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
ADDRESSES = IPv4Network("203.0.113.0/24")
"""Where the cloud takes addresses from: a range kept for examples (RFC 5737)."""
TAKES = 40.0
"""Seconds until a new load balancer has its address, if not told otherwise: labkit's choice, clouds take 10 to 120."""


class ServiceLoadBalancers:
    """Gives Services of type LoadBalancer an address, as a cloud's controller does.

    Does: puts a finalizer on the Service, and after `takes` seconds an address into its status; takes both back.
    Reads: Service. Writes: Service; events EnsuringLoadBalancer, EnsuredLoadBalancer and those of its end.
    Runs again: when the Service changes and when the balancer is ready.
    Source: k8s.io/cloud-provider controllers/service/controller.go, v1.36 (events, finalizer).
    Left out: failures of the cloud, health checks, loadBalancerClass (a Service that has one is left alone).
    """

    name = "service-controller"
    kind = "Service"

    def __init__(self, takes: float = TAKES) -> None:
        self.takes = takes
        self.watches = {"Service": itself}

    def reconcile(self, cluster: Cluster, key: Key) -> float | None:
        """One sync; seconds until the balancer is ready."""
        obj = cluster.get(key)
        if obj is None:
            return None
        meta = obj["metadata"]
        asked = obj["spec"].get("type") == "LoadBalancer" and not obj["spec"].get("loadBalancerClass")
        held = FINALIZER in meta.get("finalizers", ())
        if not asked or "deletionTimestamp" in meta:
            if held:
                self._release(cluster, key, obj)
            return None
        if not held:
            _finalizers(cluster, key, [*meta.get("finalizers", ()), FINALIZER])
            cluster.record(key, "Normal", "EnsuringLoadBalancer", "Ensuring load balancer", self.name)
            cluster.clock.wake((self.name, key), self.takes)
            return self.takes
        return self._ensure(cluster, key, obj)

    def _ensure(self, cluster: Cluster, key: Key, obj: dict[str, Any]) -> float | None:
        if _ingress(obj):
            return None
        left = _since(cluster, key) + self.takes - cluster.clock.now
        if left > 0:
            return left
        given = [{"ip": _free(cluster), "ipMode": "VIP"}]
        cluster.set_status(key, {**obj.get("status", {}), "loadBalancer": {"ingress": given}})
        cluster.record(key, "Normal", "EnsuredLoadBalancer", "Ensured load balancer", self.name)
        return None

    def _release(self, cluster: Cluster, key: Key, obj: dict[str, Any]) -> None:
        cluster.record(key, "Normal", "DeletingLoadBalancer", "Deleting load balancer", self.name)
        if _ingress(obj):
            obj = cluster.set_status(key, {**obj["status"], "loadBalancer": {}})
        cluster.record(key, "Normal", "DeletedLoadBalancer", "Deleted load balancer", self.name)
        _finalizers(cluster, key, [one for one in obj["metadata"]["finalizers"] if one != FINALIZER])


def _ingress(obj: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return found


def _finalizers(cluster: Cluster, key: Key, names: list[str]) -> None:
    cluster.patch(key, {"metadata": {"finalizers": names or None}})


def _since(cluster: Cluster, key: Key) -> float:
    """When the finalizer was put on: the newest entry before which it wasn't there."""
    began = cluster.clock.now
    for entry in reversed(cluster.history.of(key)):
        if entry.new is None or FINALIZER not in entry.new["metadata"].get("finalizers", ()):
            break
        began = entry.time
    return began


def _free(cluster: Cluster) -> str:
    """The lowest address that no Service has."""
    taken = {one.get("ip") for key in cluster.keys("Service") for one in _ingress(cluster.require(key))}
    return next(str(host) for host in ADDRESSES.hosts() if str(host) not in taken)
