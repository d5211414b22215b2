"""Tests of labkit.autoscaling.vpa at work."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Lab
from labkit.autoscaling.vpa.updater import may_go
from labkit.fields import quantity


def web(replicas: int = 3, cpu: str = "100m", memory: str = "128Mi", **limits: str) -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu, "memory": memory}} | ({"limits": limits} if limits else {})
    container = {"name": "web", "image": "nginx", "resources": resources}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    wanted = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": wanted}


def vpa(mode: str = "Off", **policy: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
    spec["updatePolicy"] = {"updateMode": mode}
    if policy:
        spec["resourcePolicy"] = {"containerPolicies": [{"containerName": "*", **policy}]}
    meta = {"name": "web"}
    return {"apiVersion": "autoscaling.k8s.io/v1", "kind": "VerticalPodAutoscaler", "metadata": meta, "spec": spec}


def lab_of(*objects: Any, cpu: str = "400m", memory: str = "300Mi") -> Lab:
    lab = Lab.kubernetes(nodes=3).install("vpa")
    lab.behave("app=web", cpu=cpu, memory=memory)
    for obj in objects:
        lab.apply(obj)
    return lab


def recommended(lab: Lab) -> dict[str, Any]:
    [told] = lab.get("vpa", "web")["status"]["recommendation"]["containerRecommendations"]
    return told  # type: ignore[no-any-return]


def requests(lab: Lab) -> list[dict[str, str]]:
    return [pod["spec"]["containers"][0]["resources"]["requests"] for pod in lab.get("pods")]


def test_use_becomes_a_recommendation_with_a_margin() -> None:
    lab = lab_of(web(), vpa()).run("10m")
    target = quantity.milli(recommended(lab)["target"]["cpu"])
    assert 400 * 1.15 <= target <= 400 * 1.15 * 1.06
    assert "True" in str(lab.kubectl("get vpa web"))


def test_bounds_narrow_as_time_passes() -> None:
    lab = lab_of(web(), vpa()).run("10m")
    early = quantity.milli(recommended(lab)["upperBound"]["cpu"])
    lab.run("12h")
    assert quantity.milli(recommended(lab)["upperBound"]["cpu"]) < early


def test_off_changes_no_pod() -> None:
    lab = lab_of(web(), vpa("Off")).run("1h")
    assert requests(lab) == [{"cpu": "100m", "memory": "128Mi"}] * 3


def test_initial_sizes_new_pods_alone() -> None:
    lab = lab_of(web(), vpa("Initial")).run("30m")
    assert requests(lab) == [{"cpu": "100m", "memory": "128Mi"}] * 3
    lab.kubectl("scale deployment web --replicas=4")
    lab.run("1m")
    assert sum(one["cpu"] != "100m" for one in requests(lab)) == 1
    new = next(pod for pod in lab.get("pods") if "vpaUpdates" in pod["metadata"].get("annotations", {}))
    assert new["metadata"]["annotations"]["vpaUpdates"].startswith("Pod resources updated by web: container 0: ")


def test_recreate_evicts_at_most_half_at_once() -> None:
    lab = lab_of(web(4), vpa("Recreate"))
    low = 4
    for _ in range(120):
        lab.run("10s")
        ready = sum(lab.cluster.read(key).is_ready for key in lab.cluster.keys("Pod", "default"))
        low = min(low, ready) if lab.now > 60 else low
    assert all(one["cpu"] != "100m" for one in requests(lab))
    assert low >= 2
    assert "Pod was evicted by VPA Updater to apply resource recommendation." in str(lab.events)


def test_in_place_resizes_without_a_restart() -> None:
    lab = lab_of(web(), vpa("InPlaceOrRecreate")).run("30m")
    assert all(one["cpu"] != "100m" for one in requests(lab))
    assert "Pod was evicted by VPA" not in str(lab.events)
    assert {pod["metadata"]["creationTimestamp"] for pod in lab.get("pods")} == {lab.cluster.clock.stamp(0)}


def test_a_budget_holds_evictions_up() -> None:
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}}
    budget["spec"] = {"minAvailable": "100%", "selector": {"matchLabels": {"app": "web"}}}
    lab = lab_of(web(), budget, vpa("Recreate")).run("1h")
    assert requests(lab) == [{"cpu": "100m", "memory": "128Mi"}] * 3


def test_policies_bound_what_is_recommended() -> None:
    lab = lab_of(web(), vpa(maxAllowed={"cpu": "200m"}, controlledResources=["cpu"])).run("10m")
    told = recommended(lab)
    assert told["target"] == {"cpu": "200m"}
    assert quantity.milli(told["uncappedTarget"]["cpu"]) > 400


def test_limits_keep_their_proportion() -> None:
    lab = lab_of(web(memory="300Mi", cpu="400m"), cpu="50m")
    lab.apply(web(cpu="100m", memory="100Mi"))
    lab = lab_of(web(cpu="100m", memory="400Mi") | {}, vpa("Recreate"), cpu="300m")
    lab.run("30m")
    assert all(quantity.milli(one["cpu"]) > 300 for one in requests(lab))


def test_an_oom_kill_raises_the_memory_at_once() -> None:
    killed = web(memory="128Mi", cpu="500m")
    killed["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"] = {"memory": "128Mi"}
    lab = lab_of(killed, vpa("Off"), memory="200Mi").run("20m")
    assert any(pod["status"]["containerStatuses"][0]["restartCount"] for pod in lab.get("pods"))
    told = lab.get("vpa", "web")["status"].get("recommendation")
    if told is not None:
        assert quantity.value(told["containerRecommendations"][0]["target"]["memory"]) > 200 * 2**20


def test_without_pods_it_says_so() -> None:
    lab = lab_of(vpa()).run("2m")
    conditions = {one["type"]: one["status"] for one in lab.get("vpa", "web")["status"]["conditions"]}
    assert conditions == {"NoPodsMatched": "True", "RecommendationProvided": "False"}


def test_a_horizontal_autoscaler_on_the_same_resource_is_named() -> None:
    lab = lab_of(web(), vpa("Recreate"))
    lab.kubectl("autoscale deployment web --min=2 --max=5 --cpu=50%")
    [conflict] = lab.conflicts()
    assert (conflict.resource, conflict.horizontal, conflict.vertical) == ("cpu", "web", "web")
    lab.apply(vpa("Off"))
    assert lab.conflicts() == []


@pytest.mark.parametrize(
    ("wanted", "running", "gone", "may"),
    [(4, 4, 0, True), (4, 4, 2, False), (4, 3, 0, True), (4, 2, 0, False), (1, 1, 0, True), (1, 1, 1, False)],
)
def test_half_may_be_away(wanted: int, running: int, gone: int, may: bool) -> None:
    assert may_go(wanted, running, gone) == may


def test_forks_remember_by_themselves() -> None:
    lab = lab_of(web(), vpa()).run("10m")
    before = recommended(lab)
    twin = lab.fork()
    twin.behave("app=web", cpu="2")
    twin.run("2h")
    lab.run("1m")
    assert quantity.milli(recommended(twin)["target"]["cpu"]) > 1000
    assert recommended(lab)["target"] == before["target"]
