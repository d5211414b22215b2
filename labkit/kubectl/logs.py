"""`kubectl logs`: the lines that a container was declared to write.

Sources: kubectl pkg/cmd/logs and pkg/polymorphichelpers/logsforobject.go, v1.32.5; pkg/registry/core/pod/strategy.go
LogLocation and pkg/kubelet/kubelet_pods.go validateContainerLogStatus, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.errors import ApiError, CommandError
from labkit.heartbeats import silence
from labkit.kinds import Key
from labkit.kubectl.call import Call
from labkit.kubectl.parser import Flag, command, usage_error
from labkit.kubectl.pods import pods_behind
from labkit.kubectl.refused import check_placed
from labkit.kubectl.resources import Item, select
from labkit.kubelet import behaviour

Object = dict[str, Any]

USAGE = (
    "expected 'logs (POD | TYPE/NAME) [CONTAINER_NAME]'.\nPOD or TYPE/NAME is a required argument for the logs command"
)
SELECTS = ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job", "Service")


@command(
    "logs",
    "kubectl logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
    "Print the logs of a container: what it was declared to write.",
    Flag("container", "c", help="The container"),
    Flag("all-containers", "", "bool", help="Of every container"),
    Flag("follow", "f", "bool", help="Taken; a lab's lines are all there already"),
    Flag("previous", "p", "bool", help="Of the run before"),
    Flag("tail", "", "int", -1, help="How many lines, from the end"),
    Flag("timestamps", "", "bool", help="Each line with its moment"),
    Flag("prefix", "", "bool", help="Each line with its pod and container"),
)
def logs(call: Call) -> None:
    """Print what the container has written; errors are those of kubectl, the API server and the kubelet."""
    if not call.args:
        raise usage_error(call, USAGE)
    key = _pod(call, call.args[0])
    check_placed(call, key.name)
    pod = call.cluster.require(key)
    for container in _containers(call, pod):
        _check_readable(call, pod, container)
        _print(call, key, container)


def _pod(call: Call, named: str) -> Key:
    """The pod that is meant; of a workload or Service the first of its pods."""
    name = named.removeprefix("pod/").removeprefix("pods/").removeprefix("po/")
    if "/" in name:
        found = select(Call(call.lab, call.command, [name], call.flags, call.given)).items
        return _first_of(call, name, found[0] if found else None)
    key = Key("Pod", call.namespace, name)
    if call.cluster.get(key) is None:
        where = f'in namespace "{call.namespace}"'
        raise CommandError(f'error: error from server (NotFound): pods "{name}" not found {where}')
    return key


def _first_of(call: Call, name: str, item: Item | None) -> Key:
    if item is None:
        kind, _, plain = name.partition("/")
        raise ApiError.not_found(kind, plain)
    if item.kind.name not in SELECTS:
        raise CommandError(f"error: cannot get the logs from {item.kind.name}: selector not available")
    pods = pods_behind(call, item)
    if not pods:
        raise CommandError(f"error: timed out waiting for the condition on {name}")
    if len(pods) > 1:
        call.err(f"Found {len(pods)} pods, using pod/{pods[0].name}")
    return pods[0]


def _containers(call: Call, pod: Object) -> list[str]:
    """The names of the containers to print; the first one if none is named, which is said where there are several."""
    names = [one["name"] for one in pod["spec"]["containers"]]
    inits = [one["name"] for one in pod["spec"].get("initContainers") or ()]
    chosen = call.flags["container"] or (call.args[1] if len(call.args) > 1 else "")
    if call.flags["all-containers"]:
        return [*inits, *names]
    if not chosen:
        if len(names) + len(inits) > 1:
            others = ", ".join([*names, *(f"{name} (init)" for name in inits)])
            call.err(f'Defaulted container "{names[0]}" out of: {others}')
        return names[:1]
    if chosen not in (*names, *inits):
        raise CommandError(f"error: container {chosen} is not valid for pod {pod['metadata']['name']}")
    return [chosen]


def _status(pod: Object, container: str) -> Object:
    held = pod.get("status") or {}
    both = [*(held.get("initContainerStatuses") or ()), *(held.get("containerStatuses") or ())]
    return next((one for one in both if one["name"] == container), {"state": {"waiting": {}}, "lastState": {}})


def _check_readable(call: Call, pod: Object, container: str) -> None:
    """Refuse where the kubelet would: it is silent, or the run that is asked for hasn't been."""
    name, status = pod["metadata"]["name"], _status(pod, container)
    node = call.cluster.get(Key("Node", "", pod["spec"]["nodeName"]))
    if node is None or silence(node, call.cluster.clock) is not None:
        address = f"{(pod.get('status') or {}).get('hostIP', '')}:10250"
        path = f"containerLogs/{call.namespace}/{name}/{container}"
        raise CommandError(
            f'Error from server: Get "https://{address}/{path}": dial tcp {address}: connect: no route to host'
        )
    if pod["status"].get("phase") == "Failed" and not pod["status"].get("containerStatuses"):
        raise ApiError.bad_request(f'container "{container}" in pod "{name}" is not available')
    if call.flags["previous"]:
        if "terminated" not in status["lastState"]:
            text = f'previous terminated container "{container}" in pod "{name}" not found'
            raise ApiError.bad_request(text)
    elif "waiting" in status["state"] and not status["lastState"]:
        why = status["state"]["waiting"].get("reason") or "ContainerCreating"
        trying = why in ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
        text = "trying and failing to pull image" if trying else why
        raise ApiError.bad_request(f'container "{container}" in pod "{name}" is waiting to start: {text}')


def _print(call: Call, key: Key, container: str) -> None:
    status, clock = _status(call.cluster.require(key), container), call.cluster.clock
    now = status["state"].get("running") or status["state"].get("terminated")
    run = status["lastState"]["terminated"] if call.flags["previous"] or now is None else now
    began = clock.seconds(run["startedAt"])
    until = clock.seconds(run["finishedAt"]) if "finishedAt" in run else clock.now
    lines = behaviour.of(call.cluster, call.cluster.read(key), container, until).logs.splitlines()
    tail = call.flags["tail"]
    for line in lines if tail < 0 else lines[len(lines) - min(tail, len(lines)) :]:
        prefix = f"[pod/{key.name}/{container}] " if call.flags["prefix"] else ""
        stamp = f"{clock.stamp(began).replace('Z', '.000000000Z')} " if call.flags["timestamps"] else ""
        call.out(f"{prefix}{stamp}{line}")
