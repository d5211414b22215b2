"""The worlds that are measured: made once, forked for each round."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from labkit import Lab

sys.path.insert(0, str(Path(__file__).parent))  # makes `deciding` importable

NODES, PODS = 1_000, 5_000


def pod(number: int) -> dict[str, Any]:
    """A small pod of one of 50 apps."""
    app = f"app-{number % 50}"
    requests = {"cpu": f"{100 + number % 5 * 50}m", "memory": "128Mi"}
    container = {"name": "main", "image": f"shop/{app}:1.0", "resources": {"requests": requests}}
    meta = {"name": f"{app}-{number}", "namespace": "default", "labels": {"app": app}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}


@pytest.fixture(scope="session")
def empty() -> Lab:
    """1,000 nodes and nothing on them."""
    return Lab.kubernetes(nodes=NODES, cpu="8", memory="32Gi")


@pytest.fixture(scope="session")
def waiting(empty: Lab) -> Lab:
    """1,000 nodes and 5,000 pods that no scheduler has seen."""
    lab = empty.fork()
    for number in range(PODS):
        lab.cluster.create(pod(number))
    return lab


@pytest.fixture(scope="session")
def full(waiting: Lab) -> Lab:
    """1,000 nodes with 5,000 pods that run."""
    return waiting.fork().run("2m")
