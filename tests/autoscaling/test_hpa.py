"""The HorizontalPodAutoscaler end to end: load, cpu, size, pods."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.lab import Lab
from labkit.metrics import load


def size(lab: Lab, kind: str = "deployment") -> int:
    return int(lab.get(kind, "web")["spec"]["replicas"])


def conditions(lab: Lab, name: str = "web") -> dict[str, tuple[str, str]]:
    held = lab.get("hpa", name)["status"]["conditions"]
    return {one["type"]: (one["status"], one["reason"]) for one in held}


def events(lab: Lab) -> list[str]:
    return [
        f"{one['reason']}: {one['message']}" for one in lab.get("events") if "autoscaler" in one["source"]["component"]
    ]


def test_it_looks_for_the_first_time_after_15_seconds(scaling):
    lab = scaling()
    lab.run("14s")
    assert "conditions" not in lab.get("hpa", "web")["status"]
    lab.run("1s")
    assert lab.get("hpa", "web")["status"]["currentReplicas"] == 2


def test_load_makes_it_grow_until_the_pods_are_at_their_target(scaling):
    lab = scaling()
    lab.load("web", rps=100).run("3m")
    assert size(lab) == 11  # 100 requests of 10 ms are 1,000 millicores, and each pod is to use 100 of its 200
    assert lab.get("hpa", "web")["status"]["currentMetrics"][0]["resource"]["current"]["averageUtilization"] <= 55
    assert conditions(lab) == {
        "AbleToScale": ("True", "ReadyForNewScale"),
        "ScalingActive": ("True", "ValidMetricFound"),
        "ScalingLimited": ("False", "DesiredWithinRange"),
    }


def test_it_shrinks_five_minutes_after_the_load_has_gone(scaling):
    lab = scaling()
    lab.load("web", rps=100).run("3m")
    lab.load("web", rps=0).run("4m")
    assert size(lab) == 11
    assert conditions(lab)["AbleToScale"] == ("True", "ScaleDownStabilized")
    lab.run("2m")
    assert size(lab) == 1
    assert events(lab)[-1] == "SuccessfulRescale: New size: 1; reason: All metrics below target"


def test_new_pods_wait_until_a_node_has_room(scaling):
    lab = scaling(nodes=1, maxReplicas=30)
    lab.load("web", rps=400).run("5m")
    pending = [pod for pod in lab.get("pods") if pod["status"]["phase"] == "Pending"]
    assert size(lab) == 30 and len(pending) == 10


@pytest.mark.parametrize("kind", ["StatefulSet", "ReplicaSet"])
def test_other_workloads_scale_too(scaling, kind):
    lab = scaling(kind=kind)
    lab.load("web", rps=100).run("6m")
    assert size(lab, kind.lower()) in (10, 11)


def test_bounds_go_before_metrics(scaling):
    lab = scaling(minReplicas=5)
    lab.run("15s")
    assert size(lab) == 5
    assert events(lab) == ["SuccessfulRescale: New size: 5; reason: Current number of replicas below Spec.MinReplicas"]


def test_a_workload_of_size_zero_is_left_alone(scaling):
    lab = scaling()
    lab.kubectl("scale deployment web --replicas=0")
    lab.run("1m")
    assert (size(lab), conditions(lab)["ScalingActive"]) == (0, ("False", "ScalingDisabled"))


def test_without_metrics_server_nothing_is_scaled(scaling):
    lab = scaling(metrics_server=False)
    lab.load("web", rps=100).run("1m")
    assert (size(lab), conditions(lab)["ScalingActive"]) == (2, ("False", "FailedGetResourceMetric"))
    assert any(
        "the server could not find the requested resource (get pods.metrics.k8s.io)" in one for one in events(lab)
    )


def test_a_missing_workload_is_told(scaling):
    lab = scaling()
    lab.kubectl("delete deployment web")
    lab.run("30s")
    told = lab.get("hpa", "web")["status"]["conditions"][0]["message"]
    assert told.endswith('unable to get the target\'s current scale: deployments/scale.apps "web" not found')


def test_two_autoscalers_of_the_same_pods_both_refuse(scaling):
    lab = scaling()
    held = lab.get("hpa", "web")
    lab.apply(
        {"apiVersion": "autoscaling/v2", "kind": held["kind"], "metadata": {"name": "other"}, "spec": held["spec"]}
    )
    lab.run("1m")
    assert (
        conditions(lab)["ScalingActive"] == conditions(lab, "other")["ScalingActive"] == ("False", "AmbiguousSelector")
    )


def metric(kind: str, target: dict[str, Any], **more: Any) -> dict[str, Any]:
    field = {"Pods": "pods", "Object": "object", "External": "external", "ContainerResource": "containerResource"}[kind]
    return {"type": kind, field: {**more, "target": target}}


def test_an_external_metric_is_shared_by_the_pods(scaling):
    queue = {"name": "queue_length", "selector": {"matchLabels": {"queue": "jobs"}}}
    lab = scaling(metric("External", {"type": "AverageValue", "averageValue": "30"}, metric=queue))
    lab.metric("queue_length", 200, labels={"queue": "jobs"}).metric("queue_length", 999, labels={"queue": "mail"})
    lab.run("1m")
    assert size(lab) == 7


def test_a_metric_may_change_over_time(scaling):
    lab = scaling(metric("External", {"type": "AverageValue", "averageValue": "30"}, metric={"name": "queue_length"}))
    lab.metric("queue_length", load.step(60, 240, at="1m")).run("45s")
    assert size(lab) == 2
    lab.run("1m")
    assert size(lab) == 8


def test_a_pods_metric_and_requests_per_second(scaling):
    lab = scaling(
        metric("Pods", {"type": "AverageValue", "averageValue": "10"}, metric={"name": "requests_per_second"})
    )
    lab.load("web", rps=60).run("2m")
    assert size(lab) == 6


def test_an_object_metric(scaling):
    door = {"apiVersion": "v1", "kind": "Service", "name": "web"}
    asked = metric("Object", {"type": "Value", "value": "100"}, metric={"name": "hits"}, describedObject=door)
    lab = scaling(asked)
    lab.metric("hits", 200, on="service/web").run("20s")
    assert size(lab) == 4


def test_one_container_of_several(scaling):
    asked = metric("ContainerResource", {"type": "Utilization", "averageUtilization": 50}, name="cpu", container="app")
    lab = scaling(asked)
    lab.load("web", rps=60).run("2m")
    assert size(lab) == 6


def test_a_metric_that_fails_stops_shrinking_but_not_growing(scaling):
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}
    lab = scaling(cpu, metric("External", {"type": "Value", "value": "5"}, metric={"name": "nowhere"}))
    lab.run("6m")
    assert (size(lab), conditions(lab)["ScalingActive"][1]) == (2, "FailedGetExternalMetric")
    lab.load("web", rps=100).run("2m")
    assert size(lab) > 2


def test_policies_slow_it_down(scaling):
    slow = {"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}}
    lab = scaling(behavior=slow)
    lab.load("web", rps=100).run("2m")
    assert size(lab) == 4
    assert conditions(lab)["ScalingLimited"] == ("True", "ScaleUpLimit")


def test_a_fork_goes_on_alike_and_a_past_starts_anew(scaling):
    lab = scaling()
    lab.load("web", rps=load.random(20, 160, every="30s", seed=5)).run("3m")
    twin, past = lab.fork(), lab.at("2m").fork()
    lab.run("5m")
    assert size(twin.run("5m")) == size(lab)
    assert [one[:2] for one in twin.history] == [one[:2] for one in lab.history]
    assert size(past.run("4m")) > 2


def test_its_samples_are_a_frame(scaling):
    lab = scaling()
    lab.load("web", rps=100).run("2m")
    frame = lab.metrics("autoscalers")
    assert list(frame["time"]) == [45.0 + 15 * n for n in range(8)]
    assert frame["target"].unique().tolist() == [50.0]
    assert frame["desired"].iloc[-1] == size(lab)


def test_a_sync_that_repeats_the_last_one_is_taken_as_done_without_a_difference(scaling, monkeypatch):
    def lived() -> Lab:
        lab = scaling()
        lab.load("web", rps=load.steps((0, 60), ("5m", 62), ("10m", 20), ("20m", 63)) + load.random(0, 1, every="4m"))
        return lab.run("40m")

    quick = lived()
    monkeypatch.setattr("labkit.autoscaling.hpa.sync.repeats", lambda *_: False)
    slow = lived()
    assert list(quick.history) == list(slow.history)
    assert quick.metrics("autoscalers").equals(slow.metrics("autoscalers"))


def test_two_loops_new_pods_wait_for_a_machine_and_it_goes_when_they_have_gone(scaling):
    lab = scaling(nodes=0, maxReplicas=40)
    lab.node_group("ng", instance_type="m5.large", min=1, max=6).cluster_autoscaler().run("5m")
    lab.load("web", rps=250).run("90s")
    waiting = [pod for pod in lab.get("pods") if pod["status"]["phase"] == "Pending"]
    assert waiting and len(lab.get("nodes")) == 1
    lab.run("4m")
    assert {pod["status"]["phase"] for pod in lab.get("pods")} == {"Running"} and len(lab.get("nodes")) == 3
    lab.load("web", rps=5).run("30m")
    assert len(lab.get("nodes")) == 1
    assert lab.metrics("cost")["usd_per_hour"].max() == pytest.approx(3 * 0.096)
