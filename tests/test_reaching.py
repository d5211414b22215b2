"""Requests through a cluster: from a name to a pod that answers."""

from __future__ import annotations

import pytest

from labkit import ApiError, Lab, LabError
from labkit.reaching import OUTSIDE, World, client_of

SHOP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1", ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
"""


def shop() -> Lab:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(SHOP)
    return lab.run("60s")


def test_requests_change_nothing_that_comes_later() -> None:
    asked, silent = shop(), shop()
    asked.request("http://web/", n=100)
    for lab in (asked, silent):
        lab.kubectl("scale deployment web --replicas=5")
        lab.run("30s")
    names = [[pod["metadata"]["name"] for pod in lab.get("pods")] for lab in (asked, silent)]
    assert names[0] == names[1]


def test_forks_spread_requests_alike_and_seeds_differently() -> None:
    lab = shop()
    lab.request("http://web/", n=7)
    twin = lab.fork()
    assert lab.request("http://web/", n=30).all == twin.request("http://web/", n=30).all
    other = Lab.kubernetes(nodes=2, seed=2)
    assert other.cluster.traffic_rng.random() != Lab.kubernetes(nodes=2, seed=1).cluster.traffic_rng.random()


def test_the_past_can_be_asked() -> None:
    lab = shop()
    assert lab.at("59s").request("http://web/", n=5).answered == 5
    assert lab.at("1s").request("http://web/").answered == 0


def test_clients_are_pods_nodes_or_addresses() -> None:
    lab = shop()
    pod = lab.get("pods")[0]
    name, status = pod["metadata"]["name"], pod["status"]
    assert client_of(lab.cluster, name, "default") == (status["podIP"], pod["spec"]["nodeName"], "default")
    assert client_of(lab.cluster, f"default/{name}", "other").namespace == "default"
    assert client_of(lab.cluster, None, "default").node == "node-1"
    assert client_of(lab.cluster, "8.8.8.8", "default") == ("8.8.8.8", "", "default")
    assert client_of(Lab.kubernetes(nodes=0).cluster, None, "default").address == OUTSIDE
    with pytest.raises(ApiError, match='pods "nobody" not found'):
        client_of(lab.cluster, "nobody", "default")


def test_the_world_is_what_dns_and_the_proxy_look_into() -> None:
    world = World(shop().cluster)
    service = world.service("default", "web")
    assert service is not None and service.spec.ports[0].port == 80
    assert world.service("default", "nobody") is None
    assert [len(one.endpoints or ()) for one in world.slices("default", "web")] == [3]
    assert world.has_namespace("kube-system") and not world.has_namespace("nowhere")


def test_a_bad_url_is_an_error() -> None:
    with pytest.raises(LabError, match="a URL is like http://"):
        shop().request("ftp://web/")
