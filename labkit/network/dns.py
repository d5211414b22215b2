"""What cluster DNS answers, and in which order a pod asks. All pure.

Source: the Kubernetes DNS specification 1.1.0; CoreDNS plugin/kubernetes (findServices, findPods) 1.12; resolv.conf of
pkg/kubelet/network/dns, v1.36. Left out: PTR, names outside the cluster, dnsPolicy and dnsConfig of a pod.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from labkit.kinds.services import Endpoint, EndpointSlice, Service

DOMAIN = "cluster.local"
SERVER = "10.0.0.10"
"""Where pods find cluster DNS: the tenth address of the Services' range, as kubeadm has it."""
NDOTS = 5
_LONGEST_CHAIN = 8


class Directory(Protocol):
    """What DNS looks into."""

    def service(self, namespace: str, name: str) -> Service | None:
        """One Service."""

    def slices(self, namespace: str, name: str) -> Sequence[EndpointSlice]:
        """The EndpointSlices of a Service."""

    def has_namespace(self, name: str) -> bool:
        """Whether there is such a namespace."""


class Record(NamedTuple):
    """One line of an answer; `value` is an address, a name, or `priority weight port target` of an SRV."""

    name: str
    type: str
    value: str


class Answer(NamedTuple):
    """What came back: the name that was found (or asked), its records, every name tried, and why nothing was found."""

    name: str
    status: str
    records: tuple[Record, ...] = ()
    tried: tuple[str, ...] = ()
    why: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses found."""
        return tuple(record.value for record in self.records if record.type == "A")

    def __str__(self) -> str:
        lines = [f"Server:   {SERVER}", f"Address:  {SERVER}#53", "", *map(_line, self.records)]
        if not self.records:
            said = "No answer" if self.status == "NOERROR" else self.status
            lines += [f"** server can't find {self.name}: {said}", "", self.why, f"tried: {', '.join(self.tried)}"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def _line(record: Record) -> str:
    if record.type == "CNAME":
        return f"{record.name}  canonical name = {record.value}."
    return f"{record.name}  service = {record.value}." if record.type == "SRV" else (
        f"Name:     {record.name}\nAddress:  {record.value}"
    )  # fmt: skip


def search_paths(namespace: str) -> tuple[str, ...]:
    """The search list of a pod in `namespace`."""
    return f"{namespace}.svc.{DOMAIN}", f"svc.{DOMAIN}", DOMAIN


def candidates(name: str, namespace: str) -> tuple[str, ...]:
    """The full names a pod's resolver tries, in order: fewer than five dots, and the search list comes first."""
    if name.endswith("."):
        return (name.rstrip("."),)
    searched = tuple(f"{name}.{path}" for path in search_paths(namespace))
    return (*searched, name) if name.count(".") < NDOTS else (name, *searched)


def resolve(world: Directory, name: str, namespace: str, type: str = "A") -> Answer:
    """Look `name` up as a pod of `namespace` does: the first name that exists decides."""
    tried: list[str] = []
    for full in candidates(name, namespace):
        tried.append(full)
        records = lookup(world, full.lower(), type)
        if records:
            return Answer(full, "NOERROR", records, tuple(tried))
    known = [full for full in tried if lookup(world, full.lower(), type) is not None]
    status = "NOERROR" if known else "NXDOMAIN"
    return Answer(name, status, (), tuple(tried), _why(world, name, namespace, type, bool(known)))


def lookup(world: Directory, full: str, type: str = "A") -> tuple[Record, ...] | None:
    """The records of a full name; empty when it exists without that type, None when it doesn't exist."""
    if not full.endswith(f".{DOMAIN}"):
        return None
    labels = full.removesuffix(f".{DOMAIN}").split(".")
    match labels:
        case ["svc"] | ["pod"]:
            return ()
        case [namespace, "svc"] | [namespace, "pod"]:
            return () if world.has_namespace(namespace) else None
        case [dashed, namespace, "pod"] if world.has_namespace(namespace) and _is_address(dashed):
            return (Record(full, "A", dashed.replace("-", ".")),) if type == "A" else ()
        case [*front, name, namespace, "svc"]:
            service = world.service(namespace, name)
            return None if service is None else _of_service(world, service, front, full, type)
    return None


def _is_address(dashed: str) -> bool:
    parts = dashed.split("-")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


def _of_service(
    world: Directory, service: Service, front: list[str], full: str, type: str
) -> tuple[Record, ...] | None:
    slices = world.slices(service.metadata.namespace, service.metadata.name)
    if service.spec.type == "ExternalName":
        return _alias(world, service, full, type) if not front else None
    if len(front) == 2 and front[0].startswith("_"):
        found = _srv(service, slices, full, front[0][1:], front[1].removeprefix("_"))
        return (found if type == "SRV" else ()) if found else None
    if len(front) == 1:
        addresses = [one for one in _ready(slices) if host_of(one) == front[0]]
        return _addresses(full, addresses, type) if addresses else None
    if front:
        return None
    return _plain(service, slices, full, type)


def _plain(service: Service, slices: Sequence[EndpointSlice], full: str, type: str) -> tuple[Record, ...] | None:
    if service.spec.cluster_ip == "None" and not _ready(slices):
        return None
    if type == "SRV":
        return tuple(record for port in service.spec.ports for record in _srv(service, slices, full, port.name, ""))
    if service.spec.cluster_ip == "None":
        return _addresses(full, _ready(slices), type)
    return (Record(full, "A", service.spec.cluster_ip),) if type == "A" else ()


def _alias(world: Directory, service: Service, full: str, type: str) -> tuple[Record, ...]:
    """The chain of aliases from an ExternalName, and the addresses at its end if that is in the cluster."""
    target, chain = service.spec.external_name.rstrip(".").lower(), ""
    records = [Record(full, "CNAME", target)]
    for _ in range(_LONGEST_CHAIN):
        parts = target.removesuffix(f".{DOMAIN}").split(".")
        there = world.service(parts[1], parts[0]) if len(parts) == 3 and target.endswith(f".svc.{DOMAIN}") else None
        if there is None or there.spec.type != "ExternalName":
            return (*records, *(lookup(world, target, type) or ()))
        chain, target = target, there.spec.external_name.rstrip(".").lower()
        records.append(Record(chain, "CNAME", target))
    return tuple(records)


def _addresses(full: str, endpoints: Iterable[Endpoint], type: str) -> tuple[Record, ...]:
    found = dict.fromkeys(address for one in endpoints for address in one.addresses)
    return tuple(Record(full, "A", address) for address in found) if type == "A" else ()


def _srv(service: Service, slices: Sequence[EndpointSlice], full: str, port: str, protocol: str) -> tuple[Record, ...]:
    """A Service with an address answers with itself and its port, a headless one with every ready endpoint's."""
    host = f"{service.metadata.name}.{service.metadata.namespace}.svc.{DOMAIN}"
    if service.spec.cluster_ip != "None":
        ports = [(one.port, host) for one in service.spec.ports if _fits(one.name, one.protocol, port, protocol)]
    else:
        ports = [
            (one.port or 0, f"{host_of(end)}.{host}")
            for part in slices
            for one in part.ports or ()
            if _fits(one.name or "", one.protocol, port, protocol)
            for end in _ready([part])
        ]
    weight = 100 // max(len(ports), 1)
    return tuple(Record(full, "SRV", f"0 {weight} {number} {target}") for number, target in ports)


def _fits(name: str, protocol: str, wanted: str, wanted_protocol: str) -> bool:
    return name == wanted and (not wanted_protocol or protocol.lower() == wanted_protocol)


def _ready(slices: Sequence[EndpointSlice]) -> list[Endpoint]:
    return [one for part in slices for one in part.endpoints or () if one.conditions.ready is not False]


def host_of(endpoint: Endpoint) -> str:
    """An endpoint's own label behind its Service: its hostname, or its address with dashes."""
    return endpoint.hostname or endpoint.addresses[0].replace(".", "-")


def _why(world: Directory, name: str, namespace: str, type: str, exists: bool) -> str:
    if exists:
        return f"The name exists, but has no {type} record."
    parts = name.removesuffix(".").removesuffix(f".{DOMAIN}").removesuffix(".svc").split(".")
    own, there = parts[0], parts[1] if len(parts) > 1 else namespace
    if len(parts) > 2:
        return f"No pod or port of that name is behind a Service {parts[-2]} in namespace {parts[-1]}, and labkit has no internet."  # noqa: E501
    if not world.has_namespace(there):
        return f"There is no namespace {there} here, and labkit has no internet."
    service = world.service(there, own)
    if service is None:
        return f"Namespace {there} has no Service {own}."
    return f"Service {own} in {there} is headless, and none of its pods is ready."
