"""Environment variables about Services."""

from __future__ import annotations

from typing import Any

from labkit.kubelet.servicelinks import service_variables

Dict = dict[str, Any]


def service(name: str, namespace: str = "shop", address: str = "10.0.0.7", *ports: Dict) -> Dict:
    meta = {"name": name, "namespace": namespace}
    return {"metadata": meta, "spec": {"clusterIP": address, "ports": list(ports or [{"port": 80}])}}


API = service("kubernetes", "default", "10.0.0.1", {"name": "https", "port": 443})


def test_a_service_is_told_by_its_host_its_ports_and_as_docker_did() -> None:
    found = service_variables([service("my-cart", "shop", "10.0.0.7", {"name": "web-ui", "port": 80})], "shop", True)
    assert found == {
        "MY_CART_SERVICE_HOST": "10.0.0.7",
        "MY_CART_SERVICE_PORT": "80",
        "MY_CART_SERVICE_PORT_WEB_UI": "80",
        "MY_CART_PORT": "tcp://10.0.0.7:80",
        "MY_CART_PORT_80_TCP": "tcp://10.0.0.7:80",
        "MY_CART_PORT_80_TCP_PROTO": "tcp",
        "MY_CART_PORT_80_TCP_PORT": "80",
        "MY_CART_PORT_80_TCP_ADDR": "10.0.0.7",
    }


def test_only_the_own_namespace_and_the_api_server_are_told() -> None:
    every = [API, service("cart"), service("cart", "other", "10.0.0.9"), service("none", address="None")]
    found = service_variables(every, "shop", True)
    assert {value for name, value in found.items() if name.endswith("_HOST")} == {"10.0.0.1", "10.0.0.7"}
    assert not any(name.startswith("NONE_") for name in found)
    assert set(service_variables(every, "shop", False)) == {name for name in found if name.startswith("KUBERNETES_")}


def test_a_namespaces_own_service_named_kubernetes_goes_before() -> None:
    own = service("kubernetes", "shop", "10.0.0.8")
    for order in ([API, own], [own, API]):
        assert service_variables(order, "shop", True)["KUBERNETES_SERVICE_HOST"] == "10.0.0.8"
        assert service_variables(order, "shop", False)["KUBERNETES_SERVICE_HOST"] == "10.0.0.1"
