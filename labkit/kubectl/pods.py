"""Which pod and container a command about a running container means: `exec`, and what checks come before.

Sources: kubectl pkg/cmd/util/podcmd/podcmd.go, pkg/polymorphichelpers/attachablepodforobject.go;
pkg/registry/core/pod/strategy.go streamLocation, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.errors import ApiError, CommandError
from labkit.heartbeats import silence
from labkit.kinds import Key
from labkit.kubectl.call import Call
from labkit.kubectl.refused import check_placed
from labkit.kubectl.resources import Item, select

Object = dict[str, Any]

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


def pod_named(call: Call, word: str) -> Key:
    """The pod of that name, or the first of a workload's or Service's pods; ApiError if there is none."""
    name = word.removeprefix("pods/").removeprefix("pod/").removeprefix("po/")
    if "/" not in name:
        call.cluster.require(Key("Pod", call.namespace, name))
        return Key("Pod", call.namespace, name)
    found = select(Call(call.lab, call.command, [name], call.flags, call.given))
    if found.errors:
        raise found.errors[0]
    item = found.items[0]
    pods = pods_behind(call, item)
    if not pods:
        raise CommandError(f"error: cannot attach to {item.kind.name}: no pod of it is there")
    return pods[0]


def pods_behind(call: Call, item: Item) -> list[Key]:
    """The pods that a workload's or Service's selector finds, running ones first."""
    wanted = (item.obj.get("spec") or {}).get("selector")
    if not wanted:
        return []
    plain = item.kind.name in ("Service", "ReplicationController")
    found = call.cluster.list("Pod", item.key.namespace, {"matchLabels": wanted} if plain else wanted)
    keys = [Key("Pod", item.key.namespace, pod["metadata"]["name"]) for pod in found]
    return sorted(keys, key=lambda key: _rank(call, key))


def _rank(call: Call, key: Key) -> tuple[bool, str]:
    """Running pods first, as kubectl's sort by activity does."""
    status = call.cluster.require(key).get("status") or {}
    return status.get("phase") != "Running", key.name


def container_of(call: Call, pod: Object) -> str:
    """The container meant: `-c`, the annotation's, or the first one, which is said where there are several."""
    spec, name = pod["spec"], pod["metadata"]["name"]
    names = [one["name"] for one in spec["containers"]]
    inits = [one["name"] for one in spec.get("initContainers") or ()]
    chosen: str = call.flags["container"]
    if chosen:
        if chosen not in (*names, *inits):
            raise ApiError.bad_request(f"container {chosen} is not valid for pod {name}")
        return chosen
    noted = (pod["metadata"].get("annotations") or {}).get(DEFAULT_CONTAINER, "")
    if noted in (*names, *inits):
        return str(noted)
    if noted:
        call.err(f'Default container name "{noted}" not found in pod {name}')
    if len(names) + len(inits) > 1 and not call.flags.get("quiet"):
        others = ", ".join([*names, *(f"{each} (init)" for each in inits)])
        call.err(f'Defaulted container "{names[0]}" out of: {others}')
    return str(names[0])


def check_running(call: Call, pod: Object, container: str) -> None:
    """Refuse where the API server or the kubelet would: no node, no kubelet that answers, a container that isn't up."""
    status, name = pod.get("status") or {}, pod["metadata"]["name"]
    check_placed(call, name)
    node = call.cluster.get(Key("Node", "", pod["spec"]["nodeName"]))
    if node is None or silence(node, call.cluster.clock) is not None:
        address = f"{status.get('hostIP', '')}:10250"
        raise CommandError(f"Error from server: error dialing backend: dial tcp {address}: connect: no route to host")
    held = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    if not any(one["name"] == container and "running" in one["state"] for one in held):
        said = f'unable to upgrade connection: container not found ("{container}")'
        raise CommandError(f"error: Internal error occurred: {said}")
