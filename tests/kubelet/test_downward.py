"""What a pod may learn about itself."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.kubelet.downward import field_value, resource_value

POD: dict[str, Any] = {
    "metadata": {"name": "web", "namespace": "shop", "uid": "u", "labels": {"b": "2", "a": 'x "y"'}},
    "spec": {"nodeName": "n1", "serviceAccountName": "clerk"},
    "status": {"podIP": "10.1.1.1", "podIPs": [{"ip": "10.1.1.1"}, {"ip": "fd00::1"}], "hostIP": "192.168.1.1"},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "web"),
        ("metadata.uid", "u"),
        ("metadata.labels['b']", "2"),
        ("metadata.labels['none']", ""),
        ("metadata.annotations['none']", ""),
        ("metadata.labels", 'a="x \\"y\\""\nb="2"'),
        ("spec.nodeName", "n1"),
        ("status.podIPs", "10.1.1.1,fd00::1"),
        ("status.hostIP", "192.168.1.1"),
        ("status.hostIPs", ""),
    ],
)
def test_fields_come_as_text(path: str, value: str) -> None:
    assert field_value(POD, path) == value


@pytest.mark.parametrize(
    ("resource", "divisor", "value"),
    [
        ("requests.cpu", "", "1"),
        ("requests.cpu", "100m", "3"),
        ("requests.memory", "1Ki", "1"),
        ("requests.ephemeral-storage", "", "0"),
        ("limits.cpu", "1m", "4000"),
        ("limits.memory", "0", "2147483648"),
    ],
)
def test_amounts_round_up_to_the_divisor_and_limits_fall_back_on_the_node(
    resource: str, divisor: str, value: str
) -> None:
    container = {"resources": {"requests": {"cpu": "250m", "memory": "1"}}}
    reference = {"resource": resource, "divisor": divisor}
    assert resource_value(container, reference, {"cpu": "4", "memory": "2Gi"}) == value
