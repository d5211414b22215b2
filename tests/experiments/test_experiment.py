"""Tests of labkit.experiments: runs, their score, and settings."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Experiment, Lab, Slo, load
from labkit.errors import ApiError, FieldError
from labkit.experiments.freezing import freeze, thaw

LABELS = {"app": "web"}
RESOURCES = {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "500m"}}
CONTAINER = {"name": "web", "image": "nginx", "resources": RESOURCES}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER]}}


def named(version: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": spec}


DEPLOYMENT = named("apps/v1", "Deployment", {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": TEMPLATE})
SERVICE = named("v1", "Service", {"selector": LABELS, "ports": [{"port": 80}]})
TARGET = {"type": "Utilization", "averageUtilization": 60}
HPA = named(
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 2,
        "maxReplicas": 10,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": TARGET}}],
    },
)


@pytest.fixture(scope="module")
def lab() -> Lab:
    made = Lab.kubernetes(nodes=0).node_group("workers", "m5.large", min=2, max=6, launch="30s").cluster_autoscaler()
    made.run("1m").apply([DEPLOYMENT, SERVICE])
    return made.run("1m")


def test_a_run_leaves_its_lab_as_it_was(lab: Lab) -> None:
    before = len(lab.history), lab.now
    Experiment(lab, {"web": 20}, [HPA]).run("10m")
    assert (len(lab.history), lab.now) == before


def test_a_run_has_series_of_load_pods_nodes_and_money(lab: Lab) -> None:
    run = Experiment(lab, {"web": load.step(10, 100, at="5m")}, [HPA]).run("20m")
    expected = {"rps", "ready", "utilisation", "latency", "errors", "replicas", "nodes", "pending", "cost", "waste"}
    assert set(run.frame["series"]) == expected
    assert run.wide("replicas")["web"].iloc[-1] > 4
    assert run.frame["time"].min() >= lab.now
    assert (run.wide("waste")["cluster"] <= run.wide("cost")["cluster"] + 1e-9).all()


def test_costs_are_those_of_the_machines(lab: Lab) -> None:
    run = Experiment(lab, {"web": 10}).run("1h")
    assert run.score.usd == pytest.approx(2 * 0.096, rel=0.02)


def test_too_few_pods_break_the_promise_and_an_autoscaler_keeps_it(lab: Lab) -> None:
    crowd = {"web": load.step(20, 200, at="5m")}
    alone, scaled = (Experiment(lab, crowd, policies).run("1h").score for policies in ([], [HPA]))
    assert alone.served < 0.9
    assert scaled.served > alone.served
    assert scaled.kept > alone.kept


def test_a_stricter_promise_is_kept_less(lab: Lab) -> None:
    crowd = {"web": load.step(20, 60, at="5m")}
    lax, strict = (Experiment(lab, crowd, slo=Slo.of(latency)).run("30m").score.kept for latency in ("10s", "1ms"))
    assert strict < lax


def test_a_policy_may_be_a_function(lab: Lab) -> None:
    run = Experiment(lab, {"web": 10}, [lambda one: one.kubectl("scale deployment web --replicas=5")]).run("10m")
    assert run.wide("ready")["web"].iloc[-1] == 5


def scaled(lab: Lab, replicas: int = 3) -> None:
    lab.kubectl(f"scale deployment web --replicas={replicas}")


def test_a_setting_may_be_an_argument_of_a_policy(lab: Lab) -> None:
    base = Experiment(lab, {"web": 10}, [scaled])
    sizes = [one.run("10m").wide("ready")["web"].iloc[-1] for one in (base, base.having({"scaled replicas": 5}))]
    assert sizes == [3, 5]
    with pytest.raises(FieldError, match='the policy scaled has no argument "replica"'):
        base.having({"scaled replica": 5}).run("1m")


def test_settings_reach_objects_load_flags_and_seed(lab: Lab) -> None:
    base = Experiment(lab, {"web": 100}, [HPA])
    few = base.having({"HorizontalPodAutoscaler/web spec.maxReplicas": 3, "seed": 5})
    assert few.run("20m").wide("replicas")["web"].max() == 3
    assert base.having({"load web": 5}).run("10m").wide("rps")["web"].max() == 5
    prepared = base.having({"cluster_autoscaler expander": "most-pods"}).prepared()
    assert prepared.get("cm", "labkit-cluster-autoscaler", namespace="kube-system")["data"]["expander"] == "most-pods"


@pytest.mark.parametrize(
    ("setting", "error", "words"),
    [
        ("maxReplicas", FieldError, '"maxReplicas" is no setting of an experiment'),
        ("Deployment/none spec.replicas", ApiError, 'deployments.apps "none" not found'),
        ("Deployment/web spec.replicas", ApiError, "must be of type|cannot unmarshal"),
        ("cluster_autoscaler speed", FieldError, "unknown flag: --speed"),
    ],
)
def test_a_wrong_setting_is_refused_in_words(lab: Lab, setting: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Experiment(lab).having({setting: "many"}).run("1m")


def test_a_run_without_load_keeps_every_promise(lab: Lab) -> None:
    score = Experiment(lab).run("10m").score
    assert (score.kept, score.served, score.per_million) == (1.0, 1.0, 0.0)


def test_a_thawed_lab_goes_on_where_the_frozen_one_was(lab: Lab) -> None:
    frozen = freeze(lab)
    one, other = thaw(frozen).run("30m"), thaw(frozen).run("30m")
    assert one.kubectl("get pods -o wide") == other.kubectl("get pods -o wide")
    assert one.now == lab.now + 1800
