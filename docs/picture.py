"""Draws docs/cluster.svg, the picture on the README: a small shop on three nodes, one pod too big for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labkit import Lab

PARTS = (
    ("frontend", 3, "500m", "512Mi"),
    ("cart", 3, "1", "1Gi"),
    ("payment", 2, "750m", "2Gi"),
    ("search", 4, "1500m", "4Gi"),
)


def deployment(name: str, replicas: int, cpu: str, memory: str) -> dict[str, Any]:
    labels = {"app": name}
    requests = {"requests": {"cpu": cpu, "memory": memory}}
    container = {"name": name, "image": f"shop/{name}:1.0", "resources": requests}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def picture() -> str:
    """The SVG of the shop after a minute."""
    lab = Lab.kubernetes(nodes=3, cpu="4", memory="16Gi", zones="abc", seed=1)
    lab.apply([deployment(*part) for part in PARTS])
    lab.run("60s")
    svg: str = lab.show().svg
    return svg + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("cluster.svg").write_text(picture(), "utf-8")
