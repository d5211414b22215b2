from __future__ import annotations

import base64
from typing import Any

import pytest

from labkit import Lab
from labkit.kinds import Key
from labkit.kubelet.environment import environment

Dict = dict[str, Any]
POD = Key("Pod", "default", "web")


def config(data: Dict, name: str = "prices") -> Dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def pod(**container: Any) -> Dict:
    spec = {"containers": [{"name": "main", "image": "app:1", **container}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "web"}}, "spec": spec}


def running(*objects: Dict) -> Lab:
    lab = Lab.kubernetes(nodes=1)
    lab.apply(list(objects))
    return lab.run("30s")


def of(lab: Lab) -> dict[str, str]:
    return environment(lab.cluster, POD, "main")


def test_a_container_hears_of_its_path_its_name_and_the_api_server() -> None:
    found = of(running(pod()))
    assert list(found)[:2] == ["PATH", "HOSTNAME"]
    assert list(found)[-1] == "HOME"
    assert found["HOSTNAME"] == "web"
    told = {name: value for name, value in found.items() if name.startswith("KUBERNETES_")}
    assert told == {
        "KUBERNETES_SERVICE_HOST": "10.0.0.1",
        "KUBERNETES_SERVICE_PORT": "443",
        "KUBERNETES_SERVICE_PORT_HTTPS": "443",
        "KUBERNETES_PORT": "tcp://10.0.0.1:443",
        "KUBERNETES_PORT_443_TCP": "tcp://10.0.0.1:443",
        "KUBERNETES_PORT_443_TCP_PROTO": "tcp",
        "KUBERNETES_PORT_443_TCP_PORT": "443",
        "KUBERNETES_PORT_443_TCP_ADDR": "10.0.0.1",
    }


def test_values_refer_to_earlier_ones_and_what_is_unknown_stays() -> None:
    env = [
        {"name": "HOST", "value": "cart"},
        {"name": "URL", "value": "http://$(HOST):$(PORT)/ costs $$(HOST)"},
        {"name": "PORT", "value": "80"},
        {"name": "API", "value": "$(KUBERNETES_SERVICE_HOST)"},
    ]
    found = of(running(pod(env=env)))
    assert found["URL"] == "http://cart:$(PORT)/ costs $(HOST)"
    assert found["API"] == "10.0.0.1"


def test_config_maps_and_secrets_come_by_key_and_as_a_whole() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": {"user": "ann"}}
    env = [
        {"name": "TAX", "valueFrom": {"configMapKeyRef": {"name": "prices", "key": "tax"}}},
        {"name": "USER", "valueFrom": {"secretKeyRef": {"name": "login", "key": "user"}}},
        {"name": "NONE", "valueFrom": {"secretKeyRef": {"name": "nobody", "key": "user", "optional": True}}},
    ]
    sources = [{"configMapRef": {"name": "prices"}, "prefix": "P_"}, {"secretRef": {"name": "login"}}]
    found = of(running(config({"tax": "19", "sum": "3"}), secret, pod(env=env, envFrom=sources)))
    assert list(found)[2:7] == ["P_sum", "P_tax", "user", "TAX", "USER"]
    assert (found["TAX"], found["USER"], found["P_sum"]) == ("19", "ann", "3")
    assert "NONE" not in found


def test_env_goes_before_env_from_and_both_before_services() -> None:
    env = [{"name": "tax", "value": "0"}, {"name": "KUBERNETES_PORT", "value": "mine"}]
    found = of(running(config({"tax": "19"}), pod(env=env, envFrom=[{"configMapRef": {"name": "prices"}}])))
    assert (found["tax"], found["KUBERNETES_PORT"]) == ("0", "mine")


def test_the_pod_tells_about_itself() -> None:
    paths = {
        "NAME": "metadata.name", "APP": "metadata.labels['app']", "NODE": "spec.nodeName", "IP": "status.podIP",
        "ACCOUNT": "spec.serviceAccountName", "HOST": "status.hostIP",
    }  # fmt: skip
    env = [{"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in paths.items()]
    found = of(running(pod(env=env)))
    assert [found[name] for name in paths] == ["web", "web", "node-1", "10.244.0.2", "default", "192.168.10.11"]


@pytest.mark.parametrize(
    ("resource", "divisor", "value"),
    [
        ("requests.cpu", None, "1"),
        ("requests.cpu", "1m", "250"),
        ("limits.memory", "1Mi", "64"),
        ("limits.memory", None, "67108864"),
        ("limits.cpu", None, "4"),
        ("requests.memory", None, "67108864"),
    ],
)
def test_resources_come_in_the_divisors_units_rounded_up(resource: str, divisor: str | None, value: str) -> None:
    reference = {"resource": resource} | ({"divisor": divisor} if divisor else {})
    env = [{"name": "AMOUNT", "valueFrom": {"resourceFieldRef": reference}}]
    resources = {"requests": {"cpu": "250m"}, "limits": {"memory": "64Mi"}}
    assert of(running(pod(env=env, resources=resources)))["AMOUNT"] == value


def test_services_of_the_namespace_are_told_unless_links_are_off() -> None:
    ports = [{"name": "http", "port": 80}, {"name": "dns", "port": 53, "protocol": "UDP"}]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "big-shop"}, "spec": {"ports": ports}}
    headless = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}, "spec": {"clusterIP": "None"}}
    lab = running(service, headless, pod())
    address = lab.get("services", "big-shop")["spec"]["clusterIP"]
    found = of(lab)
    assert found["BIG_SHOP_SERVICE_HOST"] == address
    assert found["BIG_SHOP_SERVICE_PORT"] == found["BIG_SHOP_SERVICE_PORT_HTTP"] == "80"
    assert found["BIG_SHOP_PORT_53_UDP"] == f"udp://{address}:53"
    assert not any(name.startswith("DB_") for name in found)
    silent = pod()
    silent["spec"]["enableServiceLinks"] = False
    told = of(running(service, silent))
    assert "KUBERNETES_SERVICE_HOST" in told and "BIG_SHOP_SERVICE_HOST" not in told


def test_a_running_container_keeps_what_it_started_with() -> None:
    source = [{"configMapRef": {"name": "prices"}}]
    lab = running(config({"tax": "19"}), pod(envFrom=source))
    lab.apply(config({"tax": "7"}))
    lab.run("10m")
    assert of(lab)["tax"] == of(lab.fork())["tax"] == of(lab.at("5m"))["tax"] == "19"


def test_a_restarted_container_gets_what_is_there_then() -> None:
    started = pod(envFrom=[{"configMapRef": {"name": "prices"}}])
    started["metadata"]["annotations"] = {"labkit.dev/exits-after": "2m"}
    lab = running(config({"tax": "19"}), started)
    lab.apply(config({"tax": "7"}))
    assert of(lab.run("1m"))["tax"] == "19"
    assert of(lab.run("2m"))["tax"] == "7"
    assert of(lab.at("1m"))["tax"] == "19"


def test_the_binary_part_of_a_config_map_is_no_variable() -> None:
    both = config({"text": "yes"}) | {"binaryData": {"raw": base64.b64encode(b"no").decode()}}
    found = of(running(both, pod(envFrom=[{"configMapRef": {"name": "prices"}}])))
    assert found["text"] == "yes"
    assert "raw" not in found


def test_a_container_that_is_not_there_is_an_error() -> None:
    lab = running(pod())
    with pytest.raises(KeyError):
        environment(lab.cluster, POD, "other")
