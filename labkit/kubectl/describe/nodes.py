"""`kubectl describe node`.

Source: kubectl pkg/describe/describe.go describeNode and describeNodeResource, v1.32.5, and component-helpers
resource/helpers.go, v1.32.5.
"""

from __future__ import annotations

from labkit import heartbeats
from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.fields.quantity import Quantity
from labkit.kinds import Key
from labkit.kubectl.describe import placement
from labkit.kubectl.describe.metadata import (
    NONE,
    UNSET,
    Object,
    annotated,
    created,
    date,
    go_list,
    labels,
    yes,
)
from labkit.kubectl.describe.podresources import Amounts, limits, requests, total
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import age, amount
from labkit.kubectl.printers.nodes import roles

SYSTEM_INFO = (
    ("Machine ID", "machineID"), ("System UUID", "systemUUID"), ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"), ("OS Image", "osImage"), ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"), ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"), ("Kube-Proxy Version", "kubeProxyVersion"),
)  # fmt: skip
POD_COLUMNS = ("Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
STANDARD = ("cpu", "memory", "ephemeral-storage")
ZERO = quantity.of(0)


@describer("Node")
def node(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A node: its state, what it has, and who uses how much of it."""
    spec, status, meta = obj.get("spec") or {}, obj.get("status") or {}, obj["metadata"]
    w.field("Name", meta["name"])
    w.field("Roles", ",".join(roles(obj)) or NONE)
    labels(w, "Labels", meta.get("labels"))
    annotated(w, "Annotations", meta.get("annotations"))
    created(w, obj)
    placement.taints(w, "Taints", spec.get("taints"))
    w.field("Unschedulable", yes(spec.get("unschedulable")))
    _lease(w, meta["name"], cluster)
    _conditions(w, status)
    w.heading("Addresses")
    for address in status.get("addresses") or ():
        w.field(address["type"], address["address"], level=1)
    for title in ("Capacity", "Allocatable"):
        _amounts(w, title, status.get(title.lower()) or {})
    w.heading("System Info")
    for title, field in SYSTEM_INFO:
        w.field(title, (status.get("nodeInfo") or {}).get(field) or "", level=1)
    _network(w, spec)
    _usage(w, obj, cluster)


def _lease(w: Writer, name: str, cluster: Cluster) -> None:
    lease = cluster.get(Key("Lease", "kube-node-lease", name))
    if lease is None:
        w.field("Lease", f'Failed to get lease: leases.coordination.k8s.io "{name}" not found')
        return
    node = cluster.get(Key("Node", "", name))
    spec = heartbeats.shown(lease, node, cluster.clock).get("spec") or {}
    w.heading("Lease")
    w.field("HolderIdentity", spec.get("holderIdentity") or UNSET, level=1)
    for title, field in (("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")):
        w.field(title, date(spec[field]) if spec.get(field) else UNSET, level=1)


def _conditions(w: Writer, status: Object) -> None:
    found = status.get("conditions") or ()
    if found:
        w.heading("Conditions")
        w.table(("Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"))
    for each in found:
        dates = [f"{date(each.get(field))} " for field in ("lastHeartbeatTime", "lastTransitionTime")]
        reason = f"{each.get('reason', '')} "
        w.line(f"{each['type']} ", f"{each['status']} ", *dates, reason, each.get("message", ""), level=1)


def _amounts(w: Writer, title: str, amounts: Object) -> None:
    if amounts:
        w.heading(title)
    for name in sorted(amounts):
        w.field(name, amount(amounts[name]), level=1)


def _network(w: Writer, spec: Object) -> None:
    if spec.get("podCIDR"):
        w.field("PodCIDR", spec["podCIDR"])
    if spec.get("podCIDRs"):
        w.field("PodCIDRs", ",".join(spec["podCIDRs"]))
    if spec.get("providerID"):
        w.field("ProviderID", spec["providerID"])


def _usage(w: Writer, obj: Object, cluster: Cluster) -> None:
    """The pods that haven't ended, each with its share, and the sums."""
    status = obj.get("status") or {}
    room = {
        name: quantity.read(value)
        for name, value in (status.get("allocatable") or status.get("capacity") or {}).items()
    }
    pods = living_pods(obj["metadata"]["name"], cluster)
    w.field("Non-terminated Pods", f"({len(pods)} in total)")
    w.line(*POD_COLUMNS, level=1)
    w.line(*("-" * len(name) for name in POD_COLUMNS), level=1)
    for pod in pods:
        meta, asked, limited = pod["metadata"], requests(pod), limits(pod)
        shares = [_share(side, name, room) for name in ("cpu", "memory") for side in (asked, limited)]
        w.line(
            meta["namespace"], meta["name"], "", *shares, age(meta["creationTimestamp"], cluster.clock.stamp()), level=1
        )
    _sums(w, room, total(map(requests, pods)), total(map(limits, pods)))


def living_pods(name: str, cluster: Cluster) -> list[Object]:
    """The pods of a node that are neither Succeeded nor Failed, by namespace and name."""
    keys = sorted(key for key in cluster.into(Key("Node", "", name), "runs-on") if key.kind == "Pod")
    pods = [cluster.require(key) for key in keys]
    return [pod for pod in pods if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")]


def _share(amounts: Amounts, name: str, room: Amounts) -> str:
    """`250m (6%)`: an amount and which part of the room it is, cut to a whole number."""
    used, whole = amounts.get(name, ZERO), room.get(name, ZERO)
    part, all_of_it = (used.milli(), whole.milli()) if name == "cpu" else (used.value(), whole.value())
    return f"{used} ({int(part / all_of_it * 100) if all_of_it else 0}%)"


def _sums(w: Writer, room: Amounts, asked: Amounts, limited: Amounts) -> None:
    w.heading("Allocated resources")
    w.line("(Total limits may be over 100 percent, i.e., overcommitted.)", level=1)
    w.table(("Resource", "Requests", "Limits"))
    huge = sorted(name for name in room if name.startswith("hugepages-"))
    for name in (*STANDARD, *huge):
        w.line(name, _share(asked, name, room), _share(limited, name, room), level=1)
    for name in sorted(set(room) - {*STANDARD, *huge, "pods"}):
        w.line(name, _text(asked.get(name)), _text(limited.get(name)), level=1)


def _text(found: Quantity | None) -> str:
    return "0" if found is None else str(found)


@describer("CSINode")
def csi_node(w: Writer, obj: Object, cluster: Cluster) -> None:
    """The CSI drivers of a node."""
    w.field("Name", obj["metadata"]["name"])
    labels(w, "Labels", obj["metadata"].get("labels"))
    annotated(w, "Annotations", obj["metadata"].get("annotations"))
    created(w, obj)
    w.heading("Spec")
    drivers = (obj.get("spec") or {}).get("drivers")
    if drivers is not None:
        w.heading("Drivers", level=1)
    for driver in drivers or ():
        w.heading(driver["name"], level=2)
        w.field("Node ID", driver.get("nodeID", ""), level=3)
        count = (driver.get("allocatable") or {}).get("count")
        if count is not None:
            w.heading("Allocatables", level=3)
            w.field("Count", count, level=4)
        if driver.get("topologyKeys") is not None:
            w.field("Topology Keys", go_list(driver["topologyKeys"]), level=3)
