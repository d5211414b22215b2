"""The world in which the recorded commands were typed: a control plane, nodes that stand, the stand-in kubelet.

The recordings' nodes were known to the control plane when their manifests came, so that it registered none anew; their
kubelet gave every pod the same host address; there was no metrics server, and no authorizer said no.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labkit import apiserver
from labkit.cluster import Cluster
from labkit.conformance.tracekubelet import TraceKubelet
from labkit.controllers import control_plane
from labkit.founding import CONTROL_PLANE, NAMESPACES
from labkit.kinds import Key
from labkit.kubelet import Timing, outage
from labkit.lab import Lab
from labkit.manifests import read
from labkit.running import Loop
from labkit.scheduler import Scheduler
from labkit.security import BESIDE, AlwaysAllow

Object = dict[str, Any]

DELAYS = {"run": 0.1, "ready": 0.6, "terminate": 0.5, "gap": 0.3, "job_seconds": 0.5}
"""The stand-in's, in seconds, as the traces give them."""
HOST = "10.0.0.1"
QUIET = "8s"
"""So long nothing must move before the next command is typed."""


def world(folder: Path, manifests: list[str]) -> Lab:
    """A lab with the manifests applied, settled. Nodes have the status of the first; their addresses count up."""
    cluster = Cluster()
    cluster.beside[BESIDE] = AlwaysAllow()
    lab = Lab(cluster, Timing(), Loop(cluster, [TraceKubelet(DELAYS, HOST), *control_plane(Scheduler())]))
    for name in NAMESPACES:
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    lab.run(0)
    for obj in CONTROL_PLANE:
        apiserver.create(cluster, obj)
    for name in manifests:
        objects = [document.obj for document in read(folder / name)]
        lab.apply(objects)
        _give_status(lab, objects)
    return settle(lab)


def settle(lab: Lab) -> Lab:
    """Wait until nothing moves any more."""
    lab.settle(QUIET)
    _forget_registrations(lab.cluster)
    return lab


def _give_status(lab: Lab, objects: list[Object]) -> None:
    nodes = [obj for obj in objects if obj.get("kind") == "Node"]
    for index, node in enumerate(nodes):
        name = node["metadata"]["name"]
        addresses = [
            {"type": "InternalIP", "address": f"192.168.10.{11 + index}"},
            {"type": "Hostname", "address": name},
        ]
        lab.cluster.set_status(Key("Node", "", name), {**nodes[0]["status"], "addresses": addresses})
        outage.hold_lease(lab.cluster, Key("Node", "", name))
    lab.run(0)


def _forget_registrations(cluster: Cluster) -> None:
    for event in cluster.list("Event"):
        if event["reason"] == "RegisteredNode":
            cluster.remove(Key("Event", event["metadata"]["namespace"], event["metadata"]["name"]))
