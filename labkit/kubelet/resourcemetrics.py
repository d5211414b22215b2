"""PodMetrics and NodeMetrics, as metrics-server gives them to `kubectl top` and to autoscalers.

Nothing is stored: what is used follows from what is declared and from the newest sample of the load.
Source: metrics-server v0.8 pkg/storage/{pod,node}.go, k8s.io/metrics v1beta1.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.heartbeats import silence
from labkit.kinds.pod import ContainerStatus, Pod
from labkit.kinds.registry import Key
from labkit.kubelet import usage
from labkit.kubelet.usage import Use
from labkit.metrics.samples import RESOLUTION
from labkit.metrics.server import last_scrape, window


class PodMetrics(NamedTuple):
    """What the containers of a pod used: at which moment it was measured, over how many seconds."""

    timestamp: float
    window: float
    containers: dict[str, Use]

    @property
    def cpu(self) -> float:
        """Millicores of all containers."""
        return sum(one.cpu for one in self.containers.values())

    @property
    def memory(self) -> float:
        """Bytes of all containers."""
        return sum(one.memory for one in self.containers.values())


def pod_metrics(cluster: Cluster, key: Key) -> PodMetrics | None:
    """What is known of a pod at the newest scrape; None if that is nothing, or not yet of all its containers."""
    pod: Pod | None = cluster.read(key)
    if pod is None or pod.status.phase != "Running" or not _is_scraped(cluster, pod.spec.node_name):
        return None
    scrape = last_scrape(cluster.clock.now)
    spans = [_span(cluster, one, scrape) for one in pod.status.container_statuses]
    if not spans or (known := [one for one in spans if one is not None]) != spans:
        return None
    return PodMetrics(scrape, min(known), usage.of(cluster, key))


def _span(cluster: Cluster, container: ContainerStatus, scrape: float) -> float | None:
    since = (container.state.get("running") or {}).get("startedAt")
    return None if since is None else window(scrape, cluster.clock.seconds(since))


def _is_scraped(cluster: Cluster, name: str) -> bool:
    """Whether the newest scrape reached a node's kubelet."""
    node = cluster.get(Key("Node", "", name))
    if node is None:
        return False
    silent = silence(node, cluster.clock)
    return silent is None or silent.since > last_scrape(cluster.clock.now)


def node_metrics(cluster: Cluster, key: Key) -> Use | None:
    """What all pods of a node use; None if metrics-server doesn't know the node (yet)."""
    node = cluster.get(key)
    if node is None or not _is_scraped(cluster, key.name):
        return None
    if last_scrape(cluster.clock.now) - cluster.clock.seconds(node["metadata"]["creationTimestamp"]) < RESOLUTION:
        return None
    pods = [one for one in cluster.into(key, "runs-on") if one.kind == "Pod"]
    uses = [use for pod in pods if not cluster.read(pod).is_terminal for use in usage.of(cluster, pod).values()]
    return Use(sum(one.cpu for one in uses), sum(one.memory for one in uses))
