"""`kubectl autoscale`: a HorizontalPodAutoscaler made for a workload that is there.

Source: kubectl pkg/cmd/autoscale/autoscale.go, v1.36; the texts are its. `--cpu-percent`, which it calls deprecated on
stderr, is taken in silence as v1.32 does.
"""

from __future__ import annotations

from typing import Any

from labkit.errors import CommandError, FieldError
from labkit.fields import quantity
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON
from labkit.kubectl.expose import items_of, send
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import FILENAME, RECURSIVE, SELECTOR_FLAGS, Item

Object = dict[str, Any]
SCALED = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")
UNITS = {"cpu": "m", "memory": "Mi"}
"""What a bare number counts."""


@command(
    "autoscale",
    "kubectl autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] "
    "[--memory=MEMORY]",
    "Auto-scale a deployment, replica set, stateful set, or replication controller.",
    SELECTOR_FLAGS[0],
    FILENAME,
    RECURSIVE,
    *COMMON,
    Flag("min", "", "int", -1, help="The least number of pods"),
    Flag("max", "", "int", -1, help="The largest number of pods"),
    Flag("cpu", help="The wanted use of CPU: 70% of what is requested, or 500m each pod"),
    Flag("memory", help="The wanted use of memory: 60% of what is requested, or 200Mi each pod"),
    Flag("cpu-percent", "", "int", -1, help="Deprecated, use --cpu"),
    Flag("name", help="The name of the autoscaler"),
)
def autoscale(call: Call) -> None:
    """Make a HorizontalPodAutoscaler for a workload."""
    least, most = call.flags["min"], call.flags["max"]
    if "max" not in call.given:
        raise CommandError('error: required flag(s) "max" not set')
    if most < 1:
        raise CommandError(f"error: --max=MAXPODS is required and must be at least 1, max: {most}")
    if most < least:
        text = f"--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}"
        raise CommandError(f"error: {text}")
    for item in items_of(call):
        if item.kind.name not in SCALED:
            kind = f"{item.kind.name}{f'.{item.kind.group}' * bool(item.kind.group)}"
            raise CommandError(f"error: cannot autoscale a {kind}: the object has no scale")
        send(call, _autoscaler(call, item), "autoscaled")


def _autoscaler(call: Call, item: Item) -> Object:
    flags = call.flags
    target = {"apiVersion": item.kind.api_version, "kind": item.kind.name, "name": item.key.name}
    spec: Object = {"maxReplicas": flags["max"], "scaleTargetRef": target}
    spec |= {"minReplicas": flags["min"]} if flags["min"] > 0 else {}
    asked = {"cpu": flags["cpu"], "memory": flags["memory"]}
    metrics = [_metric(name, wanted(name, text)) for name, text in asked.items() if text]
    if flags["cpu-percent"] > 0:
        metrics = [_metric("cpu", utilization(flags["cpu-percent"])), *metrics]
    spec |= {"metrics": metrics} if metrics else {}
    meta = {"name": flags["name"] or item.key.name, "namespace": call.namespace}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": spec}


def _metric(name: str, target: Object) -> Object:
    return {"type": "Resource", "resource": {"name": name, "target": target}}


def utilization(percent: int) -> Object:
    """A target in per cent of what is requested."""
    return {"type": "Utilization", "averageUtilization": percent}


def wanted(name: str, text: str) -> Object:
    """The target that `70%`, `500m` or a bare number of the resource's own unit means; CommandError for another."""
    text = text.strip()
    if text.endswith("%"):
        if not text[:-1].isdigit():
            raise _bad(f"invalid percentage value: {text[:-1]}")
        return utilization(int(text[:-1]))
    amount = f"{float(text):g}{UNITS[name]}" if text.replace(".", "", 1).isdigit() else text
    try:
        quantity.parse(amount)
    except FieldError:
        raise _bad(f"invalid resource {name} value: {text}") from None
    return {"type": "AverageValue", "averageValue": amount}


def _bad(why: str) -> CommandError:
    return CommandError(f"error: failed to create HorizontalPodAutoscaler using autoscaling/v2 API: {why}")
