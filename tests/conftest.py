"""What all tests share: the same examples in every run, and a learner who has solved nothing yet.

`world` is a small one for controllers and kubelets: three nodes, everybody at work, a binder for a scheduler.
What a test measures it hands to `record_property("measured", "...")`; it is told at the end of the run.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from labkit.cluster import Cluster
from labkit.controllers import controllers
from labkit.history import Entry
from labkit.kinds import Key
from labkit.kubelet import Kubelet, Timing
from labkit.running import Loop

settings.register_profile("labkit", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("labkit")

# Kernels that nbval starts inherit it: what they solve is not noted, so no notebook sees what another one did.
os.environ["LABKIT_PROGRESS"] = os.devnull


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the clone."""
    return Path(__file__).parents[1]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what tests have measured, those that failed too."""
    reports = [report for verdict in ("passed", "failed") for report in terminalreporter.getreports(verdict)]
    measured = [value for report in reports for name, value in report.user_properties if name == "measured"]
    if measured:
        terminalreporter.section("measured", "-")
        terminalreporter.write_line("\n".join(map(str, measured)))


Dict = dict[str, Any]


class Binder:
    """Binds each pod to the emptiest node, or to the one its affinity names."""

    name = "binder"

    def __init__(self) -> None:
        self.watches = {"Pod": self.unbound}

    def unbound(self, cluster: Cluster, entry: Entry) -> list[Key]:
        return [entry.key] if entry.new is not None and not entry.new["spec"].get("nodeName") else []

    def reconcile(self, cluster: Cluster, key: Key) -> None:
        pod = cluster.get(key)
        if pod is None or pod["spec"].get("nodeName"):
            return
        terms = pod["spec"].get("affinity", {}).get("nodeAffinity", {})
        named = str(terms)
        nodes = [node for node in cluster.keys("Node") if f"'{node.name}'" in named] or cluster.keys("Node")
        cluster.bind(key, min(nodes, key=lambda node: len(cluster.into(node, "runs-on"))).name)


class World:
    """A cluster with everybody at work, and short words for what the tests do."""

    def __init__(self, nodes: int = 3, timing: Timing | None = None) -> None:
        self.cluster = Cluster(seed=1)
        self.loop = Loop(self.cluster, [*controllers(), Binder(), Kubelet(timing or Timing())])
        for name in ("default", "shop"):
            self.create("v1", "Namespace", name, spec={"finalizers": ["kubernetes"]})
        for number in range(nodes):
            room = {"cpu": "8", "memory": "16Gi", "pods": "110"}
            self.create("v1", "Node", f"n{number + 1}", status={"allocatable": room})
        self.run(0)

    def create(self, version: str, kind: str, name: str, meta: Dict | None = None, **fields: Any) -> Dict:
        namespaced = (
            {} if kind in ("Node", "Namespace", "StorageClass", "PersistentVolume") else {"namespace": "default"}
        )
        metadata = {"name": name} | namespaced | (meta or {})
        return self.cluster.create({"apiVersion": version, "kind": kind, "metadata": metadata, **fields})

    def deployment(self, name: str = "web", replicas: int = 3, image: str = "shop/web:1", **spec: Any) -> Dict:
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
        return self.create(
            "apps/v1", "Deployment", name,
            spec={"replicas": replicas, "strategy": strategy, **workload(name, image), **spec},
        )  # fmt: skip

    def pod(self, name: str, meta: Dict | None = None, **spec: Any) -> Dict:
        return self.create("v1", "Pod", name, meta, spec={"containers": [{"name": "c", "image": "app:1"}], **spec})

    def run(self, seconds: float) -> World:
        self.loop.run(self.cluster.clock.now + seconds)
        return self

    def get(self, kind: str, name: str, namespace: str = "default") -> Dict:
        return self.cluster.require(Key(kind, namespace, name))

    def names(self, kind: str, namespace: str | None = None) -> list[str]:
        return [key.name for key in self.cluster.keys(kind, namespace)]

    def only(self, kind: str, namespace: str | None = "default") -> Dict:
        (obj,) = self.cluster.list(kind, namespace)
        return obj

    def events(self, name: str, reason: str | None = None) -> list[str]:
        found = [one for one in self.cluster.list("Event") if one["involvedObject"]["name"] == name]
        return [one["message"] for one in found if reason in (None, one["reason"])]

    def change(self, kind: str, name: str, change: Dict, namespace: str = "default") -> Dict:
        return self.cluster.patch(Key(kind, namespace, name), change)

    def delete(self, kind: str, name: str, namespace: str = "default", **options: Any) -> None:
        self.cluster.delete(Key(kind, namespace, name), **options)

    def ready(self, namespace: str | None = "default") -> list[str]:
        return [key.name for key in self.cluster.keys("Pod", namespace) if self.cluster.read(key).is_ready]


def workload(name: str, image: str = "shop/web:1") -> Dict:
    container = {"name": "c", "image": image}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    return {"selector": {"matchLabels": {"app": name}}, "template": template}


@pytest.fixture(scope="session")
def worlds() -> type[World]:
    """How to make a world, for tests that need a new one for each example."""
    return World


@pytest.fixture
def world() -> World:
    return World()
