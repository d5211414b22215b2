"""The load on Services, sampled every 15 s, and how it is shared among the pods behind them.

A tick costs a Service the same however many alike pods it has; who stands behind it is looked up only after its
endpoints have changed. Without a declared load nothing happens at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.history import Entry
from labkit.kinds.node import Node
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour, usage
from labkit.kubelet.answering import refusal
from labkit.kubelet.pressure import Strain
from labkit.kubelet.timing import Timing
from labkit.kubelet.visit import SOURCE, PodStage
from labkit.metrics import declared, model
from labkit.metrics.model import Server
from labkit.metrics.samples import BESIDE, RESOLUTION, Group, Layout, Traffic
from labkit.network import proxy
from labkit.network.slices import SERVICE_NAME

Dict = dict[str, Any]

TICK = "tick"


def traffic_of(cluster: Cluster) -> Traffic | None:
    """The samples that a cluster carries; None if there was never any load."""
    held: Traffic | None = cluster.beside.get(BESIDE)
    return held


class Behind(NamedTuple):
    """Who stands behind services of one kind, and whom of a world's writes concern that."""

    layout_of: Callable[[Cluster, Key, Timing], Layout]
    watches: Mapping[str, Callable[[Cluster, Entry], Iterable[str]]]


class LoadGenerator:
    """Samples every declared load and lets memory that grew too much have its consequences.

    Does: each 15 s, the rate of each load, its share for each ready endpoint, what that makes the pods use.
    Reads: ConfigMap (loads, behaviours), EndpointSlice, Pod, Node. Writes: nothing but samples beside the graph; it
    wakes the kubelet where a container passes its memory limit or a node may be short of memory.
    Runs again: every 15 s while there is a load. Source: labkit's own, see labkit.metrics.model.
    Left out: session affinity, traffic policies and chance in how requests spread.
    """

    name = "load"
    kind = "Service"

    def __init__(self, timing: Timing | None = None, others: Mapping[str, Behind] | None = None) -> None:
        """`others`: for Services of other kinds, by kind, who stands behind one and what changes that."""
        self.timing, self.others = timing or Timing(), others or {}
        self.watches: dict[str, Callable[[Cluster, Entry], Iterable[str]]] = {
            "ConfigMap": redeclared, "EndpointSlice": resliced, "Pod": changed_pod, "Node": changed_node,
        }  # fmt: skip
        for behind in self.others.values():
            self.watches |= behind.watches

    def reconcile(self, cluster: Cluster, key: str) -> float | None:
        """Take a sample of every load; one that has ended gets a last one without requests."""
        if early := -cluster.clock.now % RESOLUTION:
            return early
        traffic = traffic_of(cluster) or Traffic()
        cluster.beside[BESIDE] = traffic
        loads = declared.loads(cluster)
        now = cluster.clock.now
        rates = {one: 0.0 for one in traffic.shares if one not in loads}
        rates |= {target: one.rate(now) for target, one in loads.items()}
        for service in [one for one in rates if one in traffic.dirty or one not in traffic.layouts]:
            self._place(cluster, traffic, service)
        traffic.shares = {service: _share(traffic, service, rate) for service, rate in rates.items()}
        for service, rate in rates.items():
            traffic.sample(service, now, rate)
            overflow(cluster, traffic, service)
        traffic.shares = {service: share for service, share in traffic.shares.items() if service in loads}
        return RESOLUTION if loads else None

    def _place(self, cluster: Cluster, traffic: Traffic, service: Key) -> None:
        lay_out = self.others[service.kind].layout_of if service.kind in self.others else layout_of
        layout = lay_out(cluster, service, self.timing)
        traffic.place(service, layout)
        if not layout.settled:
            traffic.dirty.add(service)


def _share(traffic: Traffic, service: Key, rate: float) -> float:
    ready = traffic.layout(service).ready
    return rate / ready if ready else 0.0


def overflow(cluster: Cluster, traffic: Traffic, service: Key) -> None:
    """Wake the kubelet for containers over their memory limit, and for nodes whose memory the load takes."""
    if service.kind != "Service":
        return
    for group in traffic.layout(service).groups:
        if not any(work.memory_per_request for work in group.server.works):
            continue
        flight = model.answer(group.server, traffic.rate(service, group)).in_flight
        over = [work.name for work in group.server.works if work.memory_at(flight) > work.memory_limit]
        for pod in group.pods if over else ():
            for stage in _kills(cluster.read(pod), pod, over):
                cluster.clock.wake((SOURCE, stage))
        for node in dict.fromkeys(group.nodes):
            cluster.clock.wake((SOURCE, Strain(Key("Node", "", node))))


def _kills(pod: Pod | None, key: Key, over: list[str]) -> Iterator[PodStage]:
    for one in pod.status.container_statuses if pod else ():
        if one.name in over and "running" in one.state:
            yield PodStage(key, pod.metadata.uid if pod else "", "oom", one.name, one.restart_count)


def layout_of(cluster: Cluster, service: Key, timing: Timing) -> Layout:
    """Who stands behind a Service now, like pods together."""
    found: dict[tuple[Server, tuple[Key, ...], bool], list[tuple[Key, str]]] = {}
    shared = set()
    for end in endpoints(cluster, service):
        key = Key("Pod", end.namespace, end.pod)
        pod: Pod | None = cluster.read(key)
        if pod is None:
            continue
        answers = not refusal(cluster, key, end.port, timing)
        if unlimited := _is_unlimited(pod):
            shared.add(pod.spec.node_name)
        share = _share_of_node(cluster, pod) if unlimited else 0.0
        alike = (usage.server_of(cluster, pod, share, answers), _others(cluster, key, service), answers)
        found.setdefault(alike, []).append((key, pod.spec.node_name))
    groups = tuple(
        Group(tuple(key for key, _ in pods), server, tuple(node for _, node in pods), others, answers)
        for (server, others, answers), pods in found.items()
    )
    places = {key: at for at, group in enumerate(groups) for key in group.pods}
    return Layout(cluster.clock.now, groups, len(places), places, frozenset(shared))


def endpoints(cluster: Cluster, service: Key) -> list[proxy.Backend]:
    """The endpoints to which kube-proxy sends the requests for a Service's first port."""
    spec = cluster.read(service)
    if spec is None or not spec.spec.ports:
        return []
    slices = [cluster.read(key) for key in cluster.keys("EndpointSlice", service.namespace)]
    own = [one for one in slices if one.metadata.labels.get(SERVICE_NAME) == service.name]
    return [one for one in proxy.eligible(proxy.backends(own, spec.spec.ports[0])) if one.pod]


def _others(cluster: Cluster, pod: Key, service: Key) -> tuple[Key, ...]:
    loads = declared.loads(cluster)
    return tuple(one for one in cluster.into(pod, "selects") if one in loads and one != service)


def _is_unlimited(pod: Pod) -> bool:
    return any("cpu" not in one.resources.limits for one in pod.spec.containers)


def _share_of_node(cluster: Cluster, pod: Pod) -> float:
    """Millicores that a pod without a limit can count on, in two figures, so that like pods stay alike."""
    node: Node | None = cluster.read(Key("Node", "", pod.spec.node_name))
    if node is None:
        return 0.0
    weights = idle = 0.0
    loads = declared.loads(cluster)
    for key in cluster.into(Key("Node", "", node.metadata.name), "runs-on"):
        if key.kind != "Pod" or cluster.read(key).is_terminal:
            continue
        if any(one in loads for one in cluster.into(key, "selects")):
            weights += _weight(cluster.read(key))
        else:
            idle += usage.idle_cpu(cluster, key)
    room = quantity.milli(node.status.allocatable.get("cpu", "0"))
    return float(f"{model.fair_share(room, idle, _weight(pod), weights):.2g}")


def _weight(pod: Pod) -> float:
    return max(sum(quantity.milli(one.resources.requests.get("cpu", "0")) for one in pod.spec.containers), 2)


# Who has to be looked at anew after a write


def redeclared(cluster: Cluster, entry: Entry) -> Iterable[str]:
    """The tick, when a load is declared; every Service, when it is declared anew what containers do."""
    traffic = traffic_of(cluster)
    if entry.key in (declared.LOADS, behaviour.TABLE) and traffic is not None:
        traffic.dirty.update(traffic.layouts)
    return (TICK,) if entry.key == declared.LOADS and entry.new is not None else ()


def resliced(cluster: Cluster, entry: Entry) -> Iterable[str]:
    """Nobody; the slice's Service is marked."""
    if (traffic := traffic_of(cluster)) is not None:
        obj = entry.new or entry.old or {}
        name = (obj["metadata"].get("labels") or {}).get(SERVICE_NAME, "")
        traffic.dirty.add(Key("Service", entry.key.namespace, name))
    return ()


def changed_pod(cluster: Cluster, entry: Entry) -> Iterable[str]:
    """Nobody; a pod with other resources or annotations marks its Services, one that comes or goes its neighbours'."""
    if (traffic := traffic_of(cluster)) is None:
        return ()
    old, new = entry.old, entry.new
    if old is None or new is None or old["spec"] is not new["spec"]:
        node = ((new or old or {}).get("spec") or {}).get("nodeName")
        if node:
            traffic.dirty.update(_unlimited_on(traffic, node))
    elif old["metadata"].get("annotations") == new["metadata"].get("annotations"):
        return ()
    traffic.dirty.update(one for one in cluster.into(entry.key, "selects") if one in traffic.layouts)
    return ()


def _unlimited_on(traffic: Traffic, node: str) -> Iterator[Key]:
    """The Services with pods on a node whose processor they share with what else is there."""
    for service, layouts in traffic.layouts.items():
        if layouts and node in layouts[-1].shared:
            yield service


def changed_node(cluster: Cluster, entry: Entry) -> Iterable[str]:
    """Nobody; a node that fell silent, came back or went marks every Service."""
    traffic, old, new = traffic_of(cluster), entry.old, entry.new
    if traffic is None or old is None:
        return ()
    if new is None or old["metadata"].get("annotations") != new["metadata"].get("annotations"):
        traffic.dirty.update(traffic.layouts)
    return ()
