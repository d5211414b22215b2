"""LoadBalancer Services, with a cloud and without."""

from __future__ import annotations

from labkit import Lab

EDGE = """
apiVersion: v1
kind: Service
metadata: {name: edge}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
"""


def ingress(lab: Lab) -> list[dict[str, str]]:
    return lab.get("svc", "edge")["status"]["loadBalancer"].get("ingress", [])


def reasons(lab: Lab) -> list[str]:
    return [event["reason"] for event in lab.get("events") if event["involvedObject"]["kind"] == "Service"]


def test_without_a_cloud_the_address_stays_pending() -> None:
    lab = Lab.kubernetes(nodes=1)
    lab.apply(EDGE)
    assert "<pending>" in str(lab.run("1h").kubectl("get svc edge"))
    assert reasons(lab) == []


def test_a_cloud_takes_its_time() -> None:
    lab = Lab.kubernetes(nodes=1, cloud="40s")
    lab.apply(EDGE)
    assert ingress(lab.run("39s")) == []
    assert ingress(lab.run("2s")) == [{"ip": "203.0.113.1", "ipMode": "VIP"}]
    assert reasons(lab) == ["EnsuringLoadBalancer", "EnsuredLoadBalancer"]


def test_a_change_meanwhile_makes_it_neither_sooner_nor_later() -> None:
    lab = Lab.kubernetes(nodes=1, cloud="40s")
    lab.apply(EDGE)
    lab.run("20s").kubectl("label service edge tier=front")
    assert ingress(lab.run("19s")) == []
    assert ingress(lab.run("2s"))


def test_a_fork_waits_as_patiently() -> None:
    lab = Lab.kubernetes(nodes=1, cloud="40s")
    lab.apply(EDGE)
    assert ingress(lab.run("20s").fork().run("21s"))


def test_a_deleted_service_gives_its_balancer_back() -> None:
    lab = Lab.kubernetes(nodes=1, cloud="10s")
    lab.apply(EDGE)
    lab.run("20s").kubectl("delete service edge --wait=false")
    assert "NotFound" in str(lab.run("5s").kubectl("get svc edge"))
    assert "DeletedLoadBalancer" in reasons(lab)


def test_a_service_that_wants_none_any_more_loses_its_address() -> None:
    lab = Lab.kubernetes(nodes=1, cloud="10s")
    lab.apply(EDGE)
    change = '{"spec": {"type": "NodePort", "allocateLoadBalancerNodePorts": null}}'
    lab.run("20s").kubectl(f"patch service edge -p '{change}'")
    assert ingress(lab.run("5s")) == []
    assert "finalizers" not in lab.get("svc", "edge")["metadata"]
