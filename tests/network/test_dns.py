"""Cluster DNS: what a pod's resolver asks, and what CoreDNS answers."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.network.dns import candidates, search_paths

SHOP = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "shop/db:1.0", ports: [{name: sql, containerPort: 5432}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: sql, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {clusterIP: 10.0.9.9, selector: {app: none}, ports: [{name: web, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: pay}
spec: {type: ExternalName, externalName: pay.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {type: ExternalName, externalName: front.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: empty}
spec: {clusterIP: None, selector: {app: none}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: eager, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, publishNotReadyAddresses: true, ports: [{name: sql, port: 5432}]}
"""


@pytest.fixture(scope="module")
def lab() -> Lab:
    made = Lab.kubernetes(nodes=2)
    made.apply(SHOP)
    return made.run("1m")


def test_a_short_name_is_tried_along_the_search_list_first() -> None:
    assert search_paths("shop") == ("shop.svc.cluster.local", "svc.cluster.local", "cluster.local")
    assert candidates("cart", "shop")[0] == "cart.shop.svc.cluster.local"
    assert candidates("cart", "shop")[-1] == "cart"


def test_five_dots_or_a_last_dot_ask_as_it_stands() -> None:
    assert candidates("a.b.c.d.e.f", "shop")[0] == "a.b.c.d.e.f"
    assert candidates("cart.shop.", "x") == ("cart.shop",)


def test_a_service_has_its_cluster_ip_even_without_pods(lab: Lab) -> None:
    assert lab.dns("front.shop").addresses == ("10.0.9.9",)
    assert lab.dns("front", namespace="shop").name == "front.shop.svc.cluster.local"
    assert lab.dns("front", from_pod="shop/db-0").addresses == ("10.0.9.9",)


def test_a_headless_service_has_its_pods_addresses(lab: Lab) -> None:
    pods = {pod["status"]["podIP"] for pod in lab.get("pods", namespace="shop")}
    assert set(lab.dns("db.shop").addresses) == pods


def test_each_pod_of_a_statefulset_has_a_name(lab: Lab) -> None:
    address = lab.get("pods", "db-1", namespace="shop")["status"]["podIP"]
    assert lab.dns("db-1.db.shop").addresses == (address,)
    assert lab.dns("db-7.db.shop").status == "NXDOMAIN"


def test_named_ports_have_srv_records(lab: Lab) -> None:
    values = [record.value for record in lab.dns("_sql._tcp.db.shop", type="SRV").records]
    assert values == [f"0 50 5432 db-{n}.db.shop.svc.cluster.local" for n in (0, 1)]
    one = lab.dns("_web._tcp.front.shop", type="SRV").records[0]
    assert one.value == "0 100 80 front.shop.svc.cluster.local"
    assert lab.dns("_http._tcp.front.shop", type="SRV").status == "NXDOMAIN"


def test_an_external_name_is_an_alias_followed_inside_the_cluster(lab: Lab) -> None:
    assert [record.type for record in lab.dns("pay").records] == ["CNAME"]
    assert [record.type for record in lab.dns("front").records] == ["CNAME", "A"]
    assert lab.dns("front").addresses == ("10.0.9.9",)


@pytest.mark.parametrize(
    ("name", "why"),
    [("cart", "Namespace default has no Service cart."), ("front.nowhere", "There is no namespace nowhere"),
     ("empty", "headless, and none of its pods is ready")],
)  # fmt: skip
def test_what_is_not_there_is_nxdomain_and_says_why(lab: Lab, name: str, why: str) -> None:
    answer = lab.dns(name)
    assert answer.status == "NXDOMAIN"
    assert why in str(answer) and "server can't find" in str(answer)


def test_pods_that_are_not_ready_are_left_out_unless_published(lab: Lab) -> None:
    trial = lab.fork()
    for pod in trial.get("pods", namespace="shop"):
        trial.kubectl(f"delete pod {pod['metadata']['name']} -n shop --wait=false")
    trial.run(0.1)
    assert trial.dns("db.shop").addresses == ()
    assert len(trial.dns("eager.shop").addresses) == 2


def test_a_namespace_exists_without_records(lab: Lab) -> None:
    assert lab.dns("shop.svc.cluster.local.").status == "NOERROR"
