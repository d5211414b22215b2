"""`kubectl expose`: a Service made for a workload that is there.

Source: kubectl pkg/cmd/expose/expose.go, v1.32.5; the texts are its.
"""

from __future__ import annotations

from typing import Any

from labkit import apiserver
from labkit.errors import CommandError
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, dry_run, operation, warn
from labkit.kubectl.create.workloads import pairs
from labkit.kubectl.outputs import named, showing
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import FILENAME, RECURSIVE, Item, select

Object = dict[str, Any]
EXPOSED = ("Pod", "Service", "ReplicationController", "Deployment", "ReplicaSet")
LONGEST_NAME = 63


@command(
    "expose",
    "kubectl expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] "
    "[--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]",
    "Expose a resource as a new Kubernetes service.",
    FILENAME,
    RECURSIVE,
    *COMMON,
    Flag("port", help="The port of the service"),
    Flag("target-port", help="The port of the pods, a number or name"),
    Flag("name", help="The name of the service"),
    Flag("type", help="ClusterIP, NodePort, LoadBalancer"),
    Flag("protocol", help="TCP, UDP or SCTP"),
    Flag("selector", help="Labels of the pods"),
    Flag("labels", "l", help="Labels of the service"),
    Flag("external-ip", help="An address from outside"),
    Flag("cluster-ip", help="The address, None makes it headless"),
    Flag("session-affinity", help="None or ClientIP"),
)
def expose(call: Call) -> None:
    """Make a Service for the pods of a workload, or of another Service."""
    for item in items_of(call):
        if item.kind.name not in EXPOSED:
            raise CommandError(
                f"error: cannot expose a {item.kind.name}{f'.{item.kind.group}' * bool(item.kind.group)}"
            )
        send(call, _service(call, item), "exposed")


def items_of(call: Call) -> list[Item]:
    """The workloads that are meant; raises for the first that isn't there."""
    found = select(call)
    if found.errors:
        raise found.errors[0]
    return found.items


def send(call: Call, obj: Object, done: str) -> None:
    """Create the object; the real command names it alike, dry run or not."""
    answer = None
    if dry_run(call) != "client":
        answer = apiserver.create(call.cluster, obj, dry_run=dry_run(call) == "server")
        warn(call, answer.warnings)
    shown = answer.obj if answer else obj
    if call.flags["output"]:
        call.out(showing(call.flags["output"])(shown), end="")
    else:
        call.out(f"{named(shown)} {operation(call, done)}")


def _service(call: Call, item: Item) -> Object:
    flags, meta = call.flags, item.obj["metadata"]
    labels = pairs(flags["labels"].split(",")) if flags["labels"] else meta.get("labels")
    spec: Object = {"ports": _ports(call, item), "selector": _selector(call, item)}
    given = {"type": "type", "cluster-ip": "clusterIP", "session-affinity": "sessionAffinity"}
    spec |= {field: flags[flag] for flag, field in given.items() if flags[flag]}
    if flags["external-ip"]:
        spec["externalIPs"] = [flags["external-ip"]]
    name = flags["name"] or meta["name"][:LONGEST_NAME]
    made = {"name": name, "namespace": call.namespace} | ({"labels": labels} if labels else {})
    return {"apiVersion": "v1", "kind": "Service", "metadata": made, "spec": spec}


def _selector(call: Call, item: Item) -> Object:
    """The labels by which the Service finds the pods."""
    if call.flags["selector"]:
        return pairs(call.flags["selector"].split(","))
    if item.kind.name == "Pod":
        found = item.obj["metadata"].get("labels")
        if not found:
            raise CommandError(
                "error: couldn't retrieve selectors via --selector flag or introspection: "
                "the pod has no labels and cannot be exposed"
            )
        return dict(found)
    chosen = item.obj["spec"].get("selector") or {}
    if item.kind.name in ("Service", "ReplicationController"):
        return dict(chosen)
    if chosen.get("matchExpressions"):
        why = 'couldn\'t convert expressions - "matchExpressions" to map-based selector format'
        raise CommandError(f"error: couldn't retrieve selectors via --selector flag or introspection: {why}")
    return dict(chosen.get("matchLabels") or {})


def _ports(call: Call, item: Item) -> list[Object]:
    """The ports: those that are asked for, else those of the containers."""
    flags = call.flags
    found = _declared(item)
    numbers = flags["port"].split(",") if flags["port"] else [str(port) for port, _ in found]
    if not numbers:
        raise CommandError("error: couldn't find port via --port flag or introspection")
    protocols = dict(found)
    ports: list[Object] = []
    for at, text in enumerate(numbers):
        if not text.isdigit():
            raise CommandError(f'error: strconv.Atoi: parsing "{text}": invalid syntax')
        target = flags["target-port"] or text
        port: Object = {"name": f"port-{at + 1}"} if len(numbers) > 1 else {}
        port |= {"port": int(text), "protocol": flags["protocol"] or protocols.get(int(text), "TCP")}
        ports.append(port | {"targetPort": int(target) if target.isdigit() else target})
    return ports


def _declared(item: Item) -> list[tuple[int, str]]:
    """The ports an object declares, with their protocols."""
    spec = item.obj["spec"]
    if item.kind.name == "Service":
        return [(port["port"], port.get("protocol") or "TCP") for port in spec.get("ports") or ()]
    pod = spec if item.kind.name == "Pod" else (spec.get("template") or {}).get("spec") or {}
    listed = [port for container in pod.get("containers") or () for port in container.get("ports") or ()]
    return [(port["containerPort"], port.get("protocol") or "TCP") for port in listed]
