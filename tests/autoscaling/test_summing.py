"""The quick way to the totals is the long way's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.autoscaling.hpa.fleet import fleet_of
from labkit.autoscaling.hpa.sources import LabMetrics
from labkit.autoscaling.hpa.spec import MetricSpec
from labkit.autoscaling.hpa.summing import Steady, Which, summed
from labkit.lab import Lab
from labkit.metrics import load

METRICS = [
    MetricSpec("Resource", "cpu", "Utilization", 50),
    MetricSpec("Resource", "memory", "AverageValue", 10**9),
    MetricSpec("ContainerResource", "cpu", "Utilization", 50, "app"),
]
STEPS = st.lists(
    st.sampled_from(["run 15s", "run 1m", "scale 2", "scale 6", "load 5", "load 150", "fail", "recover"]), max_size=8
)


@settings(max_examples=25)
@given(STEPS)
def test_what_is_known_of_settled_pods_is_what_a_fresh_look_finds(steps):
    lab = world()
    known: dict[Which, Steady] = {}
    before = None
    for step in ["run 1m", *steps, "run 15s"]:
        act(lab, *step.split())
        fleet = fleet_of(lab.cluster, "default", {"matchLabels": {"app": "web"}})
        if fleet != before or step in ("fail", "recover"):
            known.clear()  # as the controller does when a pod or node has changed
        before = fleet
        for metric in METRICS:
            assert looked(lab, fleet, known, metric) == looked(lab, fleet, {}, metric)


def looked(lab, fleet, known, metric):
    try:
        return summed(lab.cluster, fleet, known, metric, LabMetrics())
    except Exception as error:
        return str(error)


def act(lab: Lab, word: str, *rest: str) -> None:
    if word == "run":
        lab.run(rest[0])
    elif word == "scale":
        lab.kubectl(f"scale deployment web --replicas={rest[0]}")
    elif word == "load":
        lab.load("web", rps=load.random(0, float(rest[0]), every="15s"))
    else:
        getattr(lab, word)("node-1")


def world() -> Lab:
    lab = Lab.kubernetes(nodes=2)
    container = {"name": "app", "image": "nginx", "resources": {"requests": {"cpu": "100m"}, "limits": {"cpu": "300m"}}}
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 3, "selector": {"matchLabels": labels}, "template": template}
    service = {"selector": labels, "ports": [{"port": 80}]}
    lab.apply(
        [
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": service},
        ]
    )
    return lab.behave("app=web", memory_per_request="1Mi")
