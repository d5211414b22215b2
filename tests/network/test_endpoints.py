from __future__ import annotations

import msgspec
import pytest

from labkit.kinds.pod import Pod
from labkit.kinds.services import Service
from labkit.network.endpoints import NoPortError, endpoint_of, endpoint_ports, find_port
from labkit.network.slices import subsets

SIDECAR = {"name": "s", "restartPolicy": "Always", "ports": [{"name": "metrics", "containerPort": 9000}]}
POD = msgspec.convert(
    {
        "metadata": {"name": "db-0", "namespace": "shop", "uid": "u1"},
        "spec": {
            "nodeName": "n1", "hostname": "db-0", "subdomain": "db", "initContainers": [SIDECAR],
            "containers": [{"name": "c", "ports": [{"name": "sql", "containerPort": 5432}]}],
        },
        "status": {"phase": "Running", "podIP": "10.244.0.2", "conditions": [{"type": "Ready", "status": "True"}]},
    },
    Pod,
)  # fmt: skip


def service(*ports: dict[str, object]) -> Service:
    return msgspec.convert({"metadata": {"name": "db"}, "spec": {"ports": list(ports)}}, Service)


def test_a_named_port_may_be_a_sidecars() -> None:
    found = endpoint_ports(POD, service({"port": 80, "targetPort": "metrics"}, {"port": 81, "targetPort": "none"}))
    assert found == ({"name": "", "protocol": "TCP", "port": 9000},)


def test_a_port_that_no_container_has_is_an_error_in_the_real_words() -> None:
    with pytest.raises(NoPortError, match="no suitable port for manifest: u1"):
        find_port([], "http", "TCP", "u1")


def test_an_endpoint_names_its_pod_node_zone_and_host() -> None:
    assert endpoint_of(POD, service(), "a") == {
        "addresses": ["10.244.0.2"],
        "conditions": {"ready": True, "serving": True, "terminating": False},
        "targetRef": {"kind": "Pod", "namespace": "shop", "name": "db-0", "uid": "u1"},
        "hostname": "db-0", "nodeName": "n1", "zone": "a",
    }  # fmt: skip


def test_the_older_object_puts_unready_addresses_apart() -> None:
    unready = msgspec.structs.replace(POD, status=msgspec.structs.replace(POD.status, conditions=()))
    (subset,) = subsets(service({"port": 5432}), [POD, unready])
    assert [len(subset[field]) for field in ("addresses", "notReadyAddresses")] == [1, 1]
