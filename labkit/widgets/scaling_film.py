"""The state of the load-and-replicas widget, without any widget: an hour of one Deployment, its load and its HPA.

Every hour is lived by a lab: the load generator, metrics-server, HorizontalPodAutoscaler, Deployment and kubelet.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from labkit.autoscaling.hpa.controller import PERIOD
from labkit.autoscaling.hpa.memory import autoscalers
from labkit.kinds import Key
from labkit.kubelet.traffic import traffic_of
from labkit.lab import Lab
from labkit.metrics import load
from labkit.metrics.patterns import Pattern
from labkit.views.scaling import Bounds, Hour, Series

HOUR = 3600
EARLY = 0.001
"""Seconds before a sync up to which a lab is run to explain it: nothing happens in between."""
REQUEST, LIMIT = 200, 400
"""Millicores of each pod."""
MOST = 10
PARTS = 8
"""After each part of the hour the lab is kept, to explain moments from there."""
AUTOSCALER = Key("HorizontalPodAutoscaler", "default", "web")

PATTERNS: dict[str, Pattern] = {
    "up and down": load.steps((0, 10), ("10m", 40), ("35m", 10)),
    "one wave": load.sine(5, 32, "1h"),
    "bursts": load.steps(*((f"{at}m", 32 if at % 10 else 8) for at in range(0, 60, 5))),
    "flash crowd": load.flash(8, 55, at="10m", rise="1m", hold="5m", fall="4m"),
    "growing": load.ramp(6, 42, over="40m", at="5m"),
    "noisy": load.random(12, 32, every="4m", seed=4),
}
UP: dict[str, dict[str, Any]] = {
    "4 pods or 100 % (default)": {},
    "1 pod": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}]},
    "2 pods": {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 15}]},
    "50 %": {"policies": [{"type": "Percent", "value": 50, "periodSeconds": 15}]},
}
DOWN: dict[str, dict[str, Any]] = {
    "100 % (default)": {},
    "1 pod": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}]},
    "10 %": {"policies": [{"type": "Percent", "value": 10, "periodSeconds": 15}]},
    "never": {"selectPolicy": "Disabled"},
}


class Choice(NamedTuple):
    """What the learner may set; times in seconds, `cost` in milliseconds of cpu a request, the others in per cent."""

    pattern: str = "up and down"
    target: int = 60
    least: int = 1
    most: int = 10
    wait_down: int = 300
    wait_up: int = 0
    up: str = next(iter(UP))
    down: str = next(iter(DOWN))
    tolerance: int = 10
    cost: int = 20
    starts_in: int = 5

    def behavior(self) -> dict[str, Any]:
        """`spec.behavior`: what differs from the defaults."""
        up: dict[str, Any] = {**UP[self.up]} | ({"stabilizationWindowSeconds": self.wait_up} if self.wait_up else {})
        down: dict[str, Any] = {**DOWN[self.down]}
        if self.wait_down != 300:
            down["stabilizationWindowSeconds"] = self.wait_down
        if self.tolerance != 10:
            up["tolerance"] = down["tolerance"] = f"{self.tolerance * 10}m"
        return {name: rules for name, rules in (("scaleUp", up), ("scaleDown", down)) if rules}

    def autoscaler(self) -> dict[str, Any]:
        """The HorizontalPodAutoscaler as a manifest."""
        target = {"type": "Utilization", "averageUtilization": self.target}
        spec: dict[str, Any] = {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": self.least,
            "maxReplicas": self.most,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        }
        behavior = {"behavior": told} if (told := self.behavior()) else {}
        return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"},
                "spec": spec | behavior}  # fmt: skip


class Film(NamedTuple):
    """The hour as series, and labs at several of its moments, from which any other can be reached."""

    hour: Hour
    labs: tuple[Lab, ...]
    start: float

    def sync(self, at: float) -> float:
        """The last sync at or before so many seconds of the hour; the first one where there was none yet."""
        syncs = self.hour.syncs.times
        return float(syncs[max(int(np.searchsorted(syncs, at, side="right")) - 1, 0)])

    def why(self, at: float) -> tuple[str, ...]:
        """In lines, why the autoscaler wanted at that moment what it wanted."""
        moment = self.start + self.sync(at)
        nearest = max((lab for lab in self.labs if lab.now < moment), key=lambda lab: lab.now)
        lab = nearest.fork().run(moment - EARLY - nearest.now)
        lab.cluster.clock.advance(moment)  # its time, but it hasn't been done yet
        return lab.why_size("web").lines


@lru_cache(maxsize=1)
def base() -> Lab:
    """One large node on which a pod of web runs; it is forked, never changed."""
    lab = Lab.kubernetes(nodes=1, cpu="16", seed=1)
    resources = {"requests": {"cpu": f"{REQUEST}m"}, "limits": {"cpu": f"{LIMIT}m"}}
    container = {"name": "web", "image": "shop/web:1.0", "resources": resources,
                 "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 5}}  # fmt: skip
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    lab.apply([
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
         "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    ])  # fmt: skip
    return lab.run("70s")


@lru_cache(maxsize=8)
def film(choice: Choice) -> Film:
    """The hour under this choice."""
    lab = base().fork()
    start = lab.now
    if choice.least > 1:
        lab.kubectl(f"scale deployment web --replicas={choice.least}")
    lab.behave("app=web", cost=f"{choice.cost}ms", latency="20ms", starts_in=f"{choice.starts_in}s")
    lab.apply(choice.autoscaler())
    lab.load("web", PATTERNS[choice.pattern])
    kept = [lab.fork()]
    for _ in range(PARTS):
        lab.run(HOUR / PARTS)
        kept.append(lab.fork())
    return Film(read(lab, start, choice), tuple(kept[:-1]), start)


def read(lab: Lab, start: float, choice: Choice) -> Hour:
    """The series of the hour: what the load generator sampled and what the autoscaler found at each sync."""
    traffic = traffic_of(lab.cluster)
    assert traffic is not None
    load_ = _series(traffic.series[Key("Service", "default", "web")].columns, start, 0.0)
    syncs = _series(autoscalers(lab.cluster).states[AUTOSCALER].columns, start, PERIOD)
    target, slack = choice.target, choice.tolerance / 100
    return Hour(load_, syncs, Bounds(choice.least, choice.most), target, (target * (1 - slack), target * (1 + slack)))


def _series(columns: dict[str, Any], start: float, begin: float) -> Series:
    times = np.frombuffer(columns["time"], dtype=float) - start
    shown = (times >= begin) & (times <= HOUR)
    values = {name: np.frombuffer(held, dtype=float)[shown] for name, held in columns.items() if name != "time"}
    return Series(times[shown], values)
