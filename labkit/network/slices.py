"""The EndpointSlices and the older Endpoints object that a Service ought to have. All pure.

Source: k8s.io/endpointslice reconciler.go, utils.go, pkg/controller/endpoint/endpoints_controller.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from labkit.kinds.pod import Pod
from labkit.kinds.services import Service
from labkit.network.endpoints import endpoint_of, endpoint_ports, is_listed
from labkit.network.slicing import layout, reuse

Dict = dict[str, Any]
Ports = tuple[Dict, ...]

MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
CONTROLLER = "endpointslice-controller.k8s.io"
SERVICE_NAME = "kubernetes.io/service-name"
HEADLESS = "service.kubernetes.io/headless"


class Plan(NamedTuple):
    """What to write: slices to create (without names), contents by name of slices to change, names to delete."""

    create: list[Dict]
    update: dict[str, Dict]
    delete: list[str]


def plan(service: Service, pods: Sequence[tuple[Pod, str]], existing: Sequence[Dict]) -> Plan:
    """Compare the slices there are, oldest first, with what the `pods` (each with its node's zone) need."""
    wanted = _wanted(service, pods)
    groups = {_identity(ports): (ports, entries) for ports, entries in wanted}
    held: dict[Any, list[Dict]] = {identity: [] for identity in groups}
    for one in existing:
        held.setdefault(_identity(one.get("ports") or ()), []).append(one)
    changes = Plan([], {}, [])
    for identity, slices in held.items():
        ports, entries = groups.get(identity, ((), []))
        _lay(changes, ports, entries, slices)
    return _finalised(changes, existing)


def _wanted(service: Service, pods: Sequence[tuple[Pod, str]]) -> list[tuple[Ports, list[Dict]]]:
    groups: dict[Any, tuple[Ports, list[Dict]]] = {}
    for pod, zone in pods:
        if is_listed(pod):
            ports = endpoint_ports(pod, service)
            groups.setdefault(_identity(ports), (ports, []))[1].append(endpoint_of(pod, service, zone))
    return list(groups.values())


def _identity(ports: Sequence[Dict]) -> tuple[Any, ...]:
    shown = ((one.get("name") or "", one.get("protocol") or "", one.get("port") or 0) for one in ports)
    return tuple(sorted(shown))


def _lay(changes: Plan, ports: Ports, entries: list[Dict], slices: list[Dict]) -> None:
    by_uid = {entry["targetRef"]["uid"]: entry for entry in entries}
    before = {one["metadata"]["name"]: one.get("endpoints") or [] for one in slices}
    held = {name: [entry["targetRef"]["uid"] for entry in old] for name, old in before.items()}
    known = {entry["targetRef"]["uid"]: entry for old in before.values() for entry in old}
    changed = frozenset(uid for uid, entry in by_uid.items() if uid in known and known[uid] != entry)
    laid = layout(held, list(by_uid), changed=changed)

    def content(uids: Sequence[Any]) -> Dict:
        return {"endpoints": [by_uid[uid] for uid in uids], "ports": list(ports)}

    changes.create.extend(content(uids) for uids in laid.created)
    changes.update.update({name: content(uids) for name, uids in laid.updated.items()})
    changes.delete.extend(laid.deleted)


def _finalised(changes: Plan, existing: Sequence[Dict]) -> Plan:
    """With nothing left one empty slice stays; slices that would go are used for those that would come."""
    create, delete = changes.create, changes.delete
    if not create and len(delete) == len(existing):
        create = [{"endpoints": [], "ports": []}]
    empty = [one for one in existing if not one.get("endpoints") and not one.get("ports")]
    if create == [{"endpoints": [], "ports": []}] and len(existing) == 1 and empty:
        return Plan([], changes.update, [])
    recycled, create, delete = reuse(create, delete)
    return Plan(create, changes.update | recycled, delete)


def slice_labels(service: Service) -> dict[str, str]:
    """The labels of a Service's slices: its own, whose it is, who manages it, and whether it is headless."""
    own = {MANAGED_BY: CONTROLLER, SERVICE_NAME: service.metadata.name}
    headless = {HEADLESS: ""} if service.spec.cluster_ip == "None" else {}
    return {**service.metadata.labels, **own, **headless}


def subsets(service: Service, pods: Sequence[Pod]) -> list[Dict]:
    """The subsets of the older Endpoints object: addresses by ports, unready ones apart, leaving ones left out."""
    groups: dict[Any, Dict] = {}
    for pod in pods:
        if not is_listed(pod) or pod.metadata.deletion_timestamp is not None:
            continue
        ports = endpoint_ports(pod, service)
        if not ports and service.spec.ports:
            continue
        empty: Dict = {"addresses": [], "notReadyAddresses": [], "ports": _old_ports(ports)}
        subset = groups.setdefault(_identity(ports), empty)
        ready = pod.is_ready or service.spec.publish_not_ready_addresses
        subset["addresses" if ready else "notReadyAddresses"].append(_old_address(pod, service))
    return [{field: items for field, items in subset.items() if items} for subset in groups.values()]


def _old_ports(ports: Ports) -> list[Dict]:
    return [{field: port[field] for field in ("name", "port", "protocol") if port.get(field)} for port in ports]


def _old_address(pod: Pod, service: Service) -> Dict:
    entry = endpoint_of(pod, service)
    named = {"hostname": entry["hostname"]} if "hostname" in entry else {}
    shape = {"ip": pod.status.pod_ip} | named | {"nodeName": pod.spec.node_name, "targetRef": entry["targetRef"]}
    return {field: value for field, value in shape.items() if value}
