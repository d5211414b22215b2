"""Where metrics come from."""

from __future__ import annotations

import pytest

from labkit.autoscaling.hpa.replicas import Unscalable
from labkit.autoscaling.hpa.sources import NO_CUSTOM_API, LabMetrics
from labkit.kinds import Key
from labkit.lab import Lab

WEB = Key("Pod", "default", "web")
SOURCES = LabMetrics()


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    meta = {"name": "web", "labels": {"app": "web"}}
    made.apply(
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    )
    return made.behave("app=web", cpu="30m", memory="40Mi").run("1m")


def test_resources_come_from_metrics_server_in_thousandths(lab):
    assert SOURCES.resource(lab.cluster, [WEB], "cpu", "")["web"].value == 30
    assert SOURCES.resource(lab.cluster, [WEB], "memory", "c")["web"].value == 40 * 2**20 * 1000


def test_a_container_that_is_not_there_is_told(lab):
    with pytest.raises(Unscalable, match="container mesh not present in metrics for pod default/web"):
        SOURCES.resource(lab.cluster, [WEB], "cpu", "mesh")


def test_without_any_pod_there_are_no_metrics(lab):
    with pytest.raises(Unscalable, match="no metrics returned from resource metrics API"):
        SOURCES.resource(lab.cluster, [], "cpu", "")


@pytest.mark.parametrize("on", ["pods", "app=web"])
def test_a_custom_metric_is_of_pods(lab, on):
    lab.metric("rps", "12.5", on=on)
    assert SOURCES.of_pods(lab.cluster, [WEB], "rps", None)["web"].value == 12_500


def test_a_custom_metric_of_other_pods_is_none_of_these(lab):
    lab.metric("rps", 5, on="app=other")
    with pytest.raises(Unscalable, match="could not find the metric rps for pods"):
        SOURCES.of_pods(lab.cluster, [WEB], "rps", None)


@pytest.mark.parametrize("on", ["ingress/main", "ing/main", "Ingress/main"])
def test_a_custom_metric_is_of_an_object(lab, on):
    lab.metric("hits", 7, on=on)
    assert SOURCES.of_object(lab.cluster, "default", {"kind": "Ingress", "name": "main"}, "hits", None) == 7000
    with pytest.raises(Unscalable, match=r"the metric hits for ingresses.networking.k8s.io other"):
        SOURCES.of_object(lab.cluster, "default", {"kind": "Ingress", "name": "other"}, "hits", None)


def test_external_series_that_match_add_up(lab):
    lab.metric("queue", 10, labels={"to": "a"}).metric("queue", 20, labels={"to": "b"})
    assert SOURCES.external(lab.cluster, "default", "queue", None) == 30_000
    assert SOURCES.external(lab.cluster, "default", "queue", {"matchLabels": {"to": "b"}}) == 20_000
    lab.metric("queue", None, labels={"to": "a"})
    assert SOURCES.external(lab.cluster, "default", "queue", None) == 20_000


def test_an_api_that_nobody_serves_is_told(lab):
    with pytest.raises(Unscalable) as custom:
        SOURCES.of_pods(lab.cluster, [WEB], "rps", None)
    with pytest.raises(Unscalable) as external:
        SOURCES.external(lab.cluster, "default", "queue", None)
    assert custom.value.message == NO_CUSTOM_API
    assert "(get queue.external.metrics.k8s.io)" in external.value.message
