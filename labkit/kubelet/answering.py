"""Whether a pod answers a connection; reads only.

Labkit's own rule, for nothing real runs: a pod listens on the ports its containers declare, and on any port if none of
them declares one. A container answers once its application has started (`starts_in`) and while it is declared `ready`.
"""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.heartbeats import silence
from labkit.kinds.pod import Container, Pod
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour
from labkit.kubelet.timing import Timing


def refusal(cluster: Cluster, key: Key, port: int, timing: Timing) -> str:
    """Why a connection to a pod fails: what the client sees and what is behind it; empty if it is answered."""
    pod = cluster.read(key)
    if pod is None:
        return f"timed out: {key.name} is gone"
    node = cluster.get(Key("Node", "", pod.spec.node_name))
    if node is None or silence(node, cluster.clock) is not None:
        return f"timed out: {pod.spec.node_name}, the node of {key.name}, doesn't answer"
    ports = [(one.container_port, each) for each in pod.spec.containers for one in each.ports if one.protocol == "TCP"]
    listening = [each for number, each in ports if number == port] if ports else list(pod.spec.containers)
    if not listening:
        heard = ", ".join(str(number) for number, _ in ports)
        return f"connection refused by {key.name}: it listens on {heard}, not on {port}"
    if not any(_answers(cluster, pod, each, timing) for each in listening):
        return f"connection refused by {key.name}: its application doesn't answer"
    return ""


def _answers(cluster: Cluster, pod: Pod, container: Container, timing: Timing) -> bool:
    status = next((one for one in pod.status.container_statuses if one.name == container.name), None)
    started = (status.state.get("running") or {}).get("startedAt") if status else None
    if started is None:
        return False
    told = behaviour.of(cluster, pod, container.name)
    takes = timing.starts_in if told.starts_in is None else told.starts_in
    return told.ready and cluster.clock.now >= cluster.clock.seconds(started) + takes
