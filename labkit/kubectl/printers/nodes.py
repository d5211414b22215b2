"""Nodes, namespaces, leases and the control plane's own health.

Source: pkg/printers/internalversion/printers.go printNode and neighbours, v1.36.
"""

from __future__ import annotations

from labkit.kubectl.printers.cells import NONE, UNKNOWN, at, created, name
from labkit.kubectl.printers.registry import Cell, Object, View, printer

ROLE_PREFIX = "node-role.kubernetes.io/"


@printer(
    "Node",
    columns=(
        "Name", "Status", "Roles", "Age", "Version",
        "+Internal-IP", "+External-IP", "+OS-Image", "+Kernel-Version", "+Container-Runtime",
    ),
)  # fmt: skip
def node(obj: Object, view: View) -> list[Cell]:
    """A Node."""
    info = at(obj, "status", "nodeInfo") or {}
    version = info.get("kubeletVersion") or ""
    told = [name(obj), node_status(obj), ",".join(roles(obj)) or NONE, created(obj, view.now), version]
    addresses = [_address(obj, "InternalIP"), _address(obj, "ExternalIP")]
    system = [info.get("osImage") or UNKNOWN, _kernel(info), info.get("containerRuntimeVersion") or UNKNOWN]
    return [*told, *addresses, *system]


def node_status(obj: Object) -> str:
    """`Ready`, `NotReady` or `Unknown`, and `SchedulingDisabled` if it is cordoned."""
    ready = next((each for each in at(obj, "status", "conditions") or () if each.get("type") == "Ready"), None)
    states = ["Unknown" if ready is None else "Ready" if ready.get("status") == "True" else "NotReady"]
    return ",".join(states + ["SchedulingDisabled"] * bool(at(obj, "spec", "unschedulable")))


def roles(obj: Object) -> list[str]:
    """The roles that the node's labels give it, sorted."""
    labels = obj["metadata"].get("labels") or {}
    found = {key.removeprefix(ROLE_PREFIX) for key in labels if key.startswith(ROLE_PREFIX)}
    return sorted((found | {labels.get("kubernetes.io/role", "")}) - {""})


def _address(obj: Object, kind: str) -> str:
    addresses = at(obj, "status", "addresses") or ()
    return next((each["address"] for each in addresses if each.get("type") == kind), NONE)


def _kernel(info: Object) -> str:
    kernel, architecture = info.get("kernelVersion") or UNKNOWN, info.get("architecture")
    return f"{kernel} ({architecture})" if architecture else kernel


@printer("Namespace", columns=("Name", "Status", "Age"))
def namespace(obj: Object, view: View) -> list[Cell]:
    """A Namespace."""
    return [name(obj), at(obj, "status", "phase") or "", created(obj, view.now)]


@printer("Lease", columns=("Name", "Holder", "Age"))
def lease(obj: Object, view: View) -> list[Cell]:
    """A Lease."""
    return [name(obj), at(obj, "spec", "holderIdentity") or "", created(obj, view.now)]


@printer("RuntimeClass", columns=("Name", "Handler", "Age"))
def runtimeclass(obj: Object, view: View) -> list[Cell]:
    """A RuntimeClass."""
    return [name(obj), obj.get("handler") or "", created(obj, view.now)]


@printer("ComponentStatus", columns=("Name", "Status", "Message", "Error"))
def componentstatus(obj: Object, view: View) -> list[Cell]:
    """A ComponentStatus."""
    healthy: Object = next((each for each in obj.get("conditions") or () if each.get("type") == "Healthy"), {})
    status = {"True": "Healthy", "False": "Unhealthy"}.get(healthy.get("status", ""), "Unknown")
    return [name(obj), status, healthy.get("message", ""), healthy.get("error", "")]
