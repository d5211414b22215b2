"""A small world that stands still: two nodes, four pods, a Deployment, Services, events. No controller runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from labkit.cluster import Cluster
from labkit.kinds import Key, key_of
from labkit.kubectl import Output, run


@dataclass
class StillLab:
    """A lab without controllers; `run` lets the clock go on and `soon` happen."""

    cluster: Cluster = field(default_factory=Cluster)
    soon: list[tuple[float, Any]] = field(default_factory=list)

    def run(self, duration: float, *, until: Any = None) -> None:
        """Go on to each thing that is to happen, or to the end."""
        end = self.cluster.clock.now + duration
        for moment, happen in sorted(self.soon, key=lambda each: each[0]):
            if moment <= end and not (until and until(self)):
                self.cluster.clock.advance(moment)
                happen()
        if not (until and until(self)):
            self.cluster.clock.advance(end)

    def kubectl(self, command: str, **more: Any) -> Output:
        """Run a command."""
        return run(self, command, **more)

    def add(self, kind: str, name: str, api_version: str = "v1", status: Any = None, **parts: Any) -> Key:
        """Create an object; `namespace` and `labels` go to its metadata."""
        meta = {"name": name} | {each: parts.pop(each) for each in ("namespace", "labels") if each in parts}
        key = key_of(self.cluster.create({"apiVersion": api_version, "kind": kind, "metadata": meta} | parts))
        if status:
            self.cluster.set_status(key, status)
        return key


def pod_spec(node: str = "") -> dict[str, Any]:
    """The spec of a pod with one container, placed on `node`."""
    return {"containers": [{"name": "c", "image": "shop/web:1"}]} | ({"nodeName": node} if node else {})


def running(ip: str) -> dict[str, Any]:
    """The status of a pod that runs and is ready."""
    container = {"name": "c", "ready": True, "restartCount": 0, "state": {"running": {}}, "image": "shop/web:1"}
    ready = {"type": "Ready", "status": "True"}
    return {"phase": "Running", "podIP": ip, "containerStatuses": [container], "conditions": [ready]}


@pytest.fixture
def lab() -> StillLab:
    """The small world, 90 seconds old."""
    lab = StillLab()
    for name in ("default", "ops"):
        lab.add("Namespace", name, status={"phase": "Active"})
    for number, disk in ((1, "ssd"), (2, "hdd")):
        info = {"kubeletVersion": "v1.36.2"}
        status = {
            "conditions": [{"type": "Ready", "status": "True"}],
            "nodeInfo": info,
            "allocatable": {"cpu": str(number)},
        }
        lab.add("Node", f"node-{number}", labels={"disk": disk}, status=status)
    lab.add("Pod", "web-1", labels={"app": "web"}, spec=pod_spec("node-1"), status=running("10.0.0.1"))
    lab.add("Pod", "web-2", labels={"app": "web", "tier": "front"}, spec=pod_spec("node-2"), status=running("10.0.0.2"))
    lab.add("Pod", "hungry", labels={"app": "hungry"}, spec=pod_spec(), status={"phase": "Pending"})
    lab.add("Pod", "agent", namespace="ops", spec=pod_spec("node-1"), status=running("10.0.0.3"))
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod_spec()}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    counts = {"readyReplicas": 2, "updatedReplicas": 2, "availableReplicas": 2}
    lab.add("Deployment", "web", "apps/v1", status=counts, spec=spec)
    lab.add("ConfigMap", "settings", data={"LEVEL": "info", "text": "a\nb\n"})
    lab.cluster.clock.advance(90)
    return lab


@pytest.fixture(scope="session")
def empty_lab() -> type[StillLab]:
    """What makes a lab with nothing in it."""
    return StillLab
