"""What the exercises of lesson 21 are made of: a shop under load, autoscalers for it, and what to look at."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from labkit.autoscaling.hpa.memory import autoscalers
from labkit.checks.observing import ready
from labkit.kinds import Key
from labkit.kubelet.traffic import traffic_of
from labkit.lab import Lab

WEB = Key("Service", "default", "web")
COST = "20ms"
"""Cpu time of a request: a pod that requests 200m is at 100 % with ten requests a second."""


def app(resources: str = "{requests: {cpu: 200m}, limits: {cpu: 400m}}", more: str = "", image: str = "1.0") -> str:
    """The Deployment web with a container of these resources, and the Service web; `more`: YAML of its spec."""
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:{more and chr(10) + "  " + more}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - {{name: web, image: "shop/web:{image}", resources: {resources}}}
"""


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


def cpu(target: str = "type: Utilization, averageUtilization: 60") -> str:
    """One metric of an autoscaler: cpu with this target."""
    return f"{{type: Resource, resource: {{name: cpu, target: {{{target}}}}}}}"


def hpa(*metrics: str, least: int | None = 2, most: int = 10, more: str = "", name: str = "web") -> str:
    """An autoscaler of web; `more` is further YAML of its spec, in one line."""
    listed = "".join(f"{chr(10)}  - {metric}" for metric in metrics or (cpu(),))
    lowest = f"{chr(10)}  minReplicas: {least}" if least is not None else ""
    return f"""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: {name}}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}{lowest}
  maxReplicas: {most}
  metrics:{listed}{more and chr(10) + "  " + more}
"""


def behavior(down: str = "", up: str = "") -> str:
    """spec.behavior in one line, of the words of scaleDown and scaleUp."""
    rules = ", ".join(f"{name}: {{{words}}}" for name, words in (("scaleDown", down), ("scaleUp", up)) if words)
    return f"behavior: {{{rules}}}"


def specs(lab: Lab) -> list[dict[str, Any]]:
    """The specs of all autoscalers."""
    return [obj["spec"] for obj in lab.cluster.list("HorizontalPodAutoscaler")]


def target_of(lab: Lab, kind: str = "averageUtilization") -> list[Any]:
    """The targets of that kind among the autoscalers' metrics of resources."""
    metrics = [each.get("resource", {}) for spec in specs(lab) for each in spec.get("metrics", ())]
    return [metric["target"][kind] for metric in metrics if kind in metric.get("target", {})]


def is_active(lab: Lab) -> bool:
    """Whether there is an autoscaler, and all of them know their metrics."""
    conditions = [obj.get("status", {}).get("conditions", ()) for obj in lab.cluster.list("HorizontalPodAutoscaler")]
    return bool(conditions) and all(
        any(one["type"] == "ScalingActive" and one["status"] == "True" for one in each) for each in conditions
    )


class Hours(NamedTuple):
    """What came of some time under load: ready pods and the share of the request they use at its end, and failures."""

    ready: int
    used: float
    failed: float
    changes: int


@lru_cache(maxsize=64)
def after(lab: Lab, rps: Any = None, time: str = "12m") -> Hours:
    """What a fork does in `time` under the load `rps`; None goes on with the load there is."""
    trial, start = lab.fork(), lab.now
    if rps is not None:
        trial.load("web", rps=rps)
    trial.run(time)
    traffic = traffic_of(trial.cluster)
    held = traffic.series[WEB].columns if traffic else {}
    columns = {name: np.frombuffer(held.get(name, b""), dtype=float) for name in ("time", "rps", "errors")}
    late = columns["time"] > start
    total = columns["rps"][late].sum()
    used = float(held["utilisation"][-1]) if held else 0.0
    return Hours(ready(trial, "web"), used, float(columns["errors"][late].sum() / total) if total else 0.0,
                 changes(trial, start))  # fmt: skip


def changes(lab: Lab, since: float = 0.0) -> int:
    """How often autoscalers changed a size since a moment."""
    found = 0
    for state in autoscalers(lab.cluster).states.values():
        times, old, new = (np.frombuffer(state.columns[name], dtype=float) for name in ("time", "replicas", "desired"))
        found += int(np.sum((times > since) & (old != new)))
    return found
