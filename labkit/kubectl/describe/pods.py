"""`kubectl describe pod`.

Source: kubectl pkg/describe/describe.go describePod, v1.32.5, and pkg/apis/core/v1/helper/qos/qos.go, v1.36.
"""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.kubectl.describe import placement
from labkit.kubectl.describe.containers import containers
from labkit.kubectl.describe.metadata import (
    NONE,
    Object,
    controlled_by,
    date,
    labels,
    labels_and_annotations,
    name_and_namespace,
)
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.volumes import volumes
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import age

SPEC_FIELDS = (
    ("priorityClassName", "Priority Class Name"),
    ("runtimeClassName", "Runtime Class Name"),
    ("serviceAccountName", "Service Account"),
)


@describer("Pod")
def pod(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A pod: where it is, what its containers do, what it asks of a node."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    name_and_namespace(w, obj)
    _identity(w, spec, status)
    labels_and_annotations(w, obj)
    _phase(w, obj, cluster.clock.stamp())
    _addresses(w, obj)
    for title, field, told in CONTAINER_LISTS:
        if field == "containers" or spec.get(field):
            containers(w, title, spec.get(field) or (), status.get(told) or (), obj)
    _gates(w, spec, status)
    _conditions(w, status)
    volumes(w, spec.get("volumes"))
    w.field("QoS Class", qos_class(obj))
    labels(w, "Node-Selectors", spec.get("nodeSelector"))
    placement.tolerations(w, "Tolerations", spec.get("tolerations"))
    placement.spread(w, "Topology Spread Constraints", spec.get("topologySpreadConstraints"))


CONTAINER_LISTS = (
    ("Init Containers", "initContainers", "initContainerStatuses"),
    ("Containers", "containers", "containerStatuses"),
    ("Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses"),
)


def _identity(w: Writer, spec: Object, status: Object) -> None:
    if spec.get("priority") is not None:
        w.field("Priority", spec["priority"])
    for field, title in SPEC_FIELDS:
        if spec.get(field):
            w.field(title, spec[field])
    node = spec.get("nodeName")
    w.field("Node", f"{node}/{status.get('hostIP', '')}" if node else NONE)
    if status.get("startTime"):
        w.field("Start Time", date(status["startTime"]))


def _phase(w: Writer, obj: Object, now: str) -> None:
    status, meta = obj.get("status") or {}, obj["metadata"]
    if meta.get("deletionTimestamp") and status.get("phase") not in ("Failed", "Succeeded"):
        w.field("Status", f"Terminating (lasts {age(meta['deletionTimestamp'], now)})")
        w.field("Termination Grace Period", f"{meta.get('deletionGracePeriodSeconds', 0)}s")
    else:
        w.field("Status", status.get("phase", ""))
    for title in ("Reason", "Message"):
        if status.get(title.lower()):
            w.field(title, status[title.lower()])
    profile = ((obj.get("spec") or {}).get("securityContext") or {}).get("seccompProfile")
    if profile:
        w.field("SeccompProfile", profile.get("type", ""))
        if profile.get("type") == "Localhost":
            w.field("LocalhostProfile", profile.get("localhostProfile", ""))


def _addresses(w: Writer, obj: Object) -> None:
    status = obj.get("status") or {}
    w.field("IP", status.get("podIP", ""))
    if status.get("podIPs"):
        w.heading("IPs")
    else:
        w.field("IPs", NONE)
    for each in status.get("podIPs") or ():
        w.field("IP", each.get("ip", ""), level=1)
    controlled_by(w, obj)
    if status.get("nominatedNodeName"):
        w.field("NominatedNodeName", status["nominatedNodeName"])


def _gates(w: Writer, spec: Object, status: Object) -> None:
    gates = spec.get("readinessGates") or ()
    if gates:
        w.heading("Readiness Gates")
        w.line("Type", "Status", level=1)
    states = {each["type"]: each["status"] for each in status.get("conditions") or ()}
    for gate in gates:
        w.line(f"{gate['conditionType']} ", f"{states.get(gate['conditionType'], NONE)} ", level=1)


def _conditions(w: Writer, status: Object) -> None:
    found = status.get("conditions") or ()
    if found:
        w.heading("Conditions")
        w.line("Type", "Status", level=1)
    for each in found:
        w.line(f"{each['type']} ", f"{each['status']} ", level=1)


def qos_class(obj: Object) -> str:
    """The quality of service class: what the status says, else what requests and limits make it."""
    told = (obj.get("status") or {}).get("qosClass")
    if told:
        return str(told)
    spec = obj.get("spec") or {}
    needs = [
        each.get("resources") or {} for each in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ()))
    ]
    if not any(_asked(each.get(side)) for each in needs for side in ("requests", "limits")):
        return "BestEffort"
    return "Guaranteed" if all(map(_is_guaranteed, needs)) else "Burstable"


def _asked(amounts: Object | None) -> Object:
    """CPU and memory that are more than nothing."""
    given = {name: (amounts or {}).get(name) for name in ("cpu", "memory")}
    return {name: quantity.milli(value) for name, value in given.items() if value is not None and quantity.milli(value)}


def _is_guaranteed(needs: Object) -> bool:
    limits = _asked(needs.get("limits"))
    return len(limits) == 2 and _asked(needs.get("requests")) in ({}, limits)
