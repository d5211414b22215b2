"""Services that change their type."""

from __future__ import annotations

from typing import Any

from labkit import Lab
from labkit.admission.servicetypes import without_dependents

Dict = dict[str, Any]


def shop(**spec: Any) -> Lab:
    lab = Lab.kubernetes(nodes=1, cloud="5s")
    ports = [{"name": "http", "port": 80}, {"name": "admin", "port": 81}]
    lab.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": ports, **spec}})
    return lab.run("10s")


def patched(lab: Lab, patch: str) -> Dict:
    lab.kubectl(f"patch service web -p '{patch}'")
    found: Dict = lab.get("services", "web")
    return found


def test_a_balanced_service_becomes_an_inner_one_by_its_type_alone() -> None:
    lab = shop(type="LoadBalancer", externalTrafficPolicy="Local")
    before = lab.get("services", "web")
    assert before["status"]["loadBalancer"]["ingress"]
    after = patched(lab, '{"spec": {"type": "ClusterIP"}}')
    assert after["spec"]["clusterIP"] == before["spec"]["clusterIP"]
    assert not any("nodePort" in port for port in after["spec"]["ports"])
    assert not {"externalTrafficPolicy", "allocateLoadBalancerNodePorts"} & after["spec"].keys()
    assert after["status"]["loadBalancer"] == {}


def test_a_balanced_service_keeps_its_node_ports_as_a_node_port_service() -> None:
    lab = shop(type="LoadBalancer")
    before = lab.get("services", "web")["spec"]["ports"]
    after = patched(lab, '{"spec": {"type": "NodePort"}}')["spec"]
    assert after["ports"] == before
    assert after["externalTrafficPolicy"] == "Cluster"
    assert "allocateLoadBalancerNodePorts" not in after


def test_an_external_name_gives_its_address_back() -> None:
    lab = shop(type="NodePort")
    after = patched(lab, '{"spec": {"type": "ExternalName", "externalName": "shop.org"}}')["spec"]
    assert not {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "externalTrafficPolicy"} & after.keys()
    assert not any("nodePort" in port for port in after["ports"])


def test_what_the_same_change_touches_is_refused() -> None:
    lab = shop(type="LoadBalancer")
    said = lab.kubectl('patch service web -p \'{"spec": {"type": "ClusterIP", "externalTrafficPolicy": "Local"}}\'')
    assert "may only be set for externally-accessible services" in str(said)
    assert lab.get("services", "web")["spec"]["type"] == "LoadBalancer"


def test_a_change_of_nothing_changes_nothing() -> None:
    service = shop(type="LoadBalancer").get("services", "web")
    assert without_dependents(service, service) is service
