"""Refusals beyond those that were recorded, by kind."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.errors import ApiError
from labkit.manifests import schedule
from labkit.manifests.decode import decode
from labkit.manifests.defaults import defaulted
from labkit.manifests.validate import check, problems

TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}


def told(kind: str, spec: dict[str, Any], version: str = "v1") -> list[str]:
    obj = {"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": spec}
    stored = defaulted(decode(obj, kind, version).obj)
    return [f"{cause.field}: {cause.message}" for cause in problems(stored)]


def pod(**spec: Any) -> list[str]:
    return told("Pod", {"containers": [{"name": "web", "image": "web:1"}], **spec})


def test_a_good_pod_has_no_problems() -> None:
    assert pod() == []


def test_every_cause_is_in_the_message_and_in_the_details() -> None:
    obj = {"kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{}]}}
    with pytest.raises(ApiError) as caught:
        check(obj)
    assert caught.value.message == (
        'Pod "web" is invalid: [spec.containers[0].name: Required value, spec.containers[0].image: Required value]'
    )
    assert [cause["field"] for cause in caught.value.details["causes"]] == [
        "spec.containers[0].name",
        "spec.containers[0].image",
    ]


SECRET = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s"}}}
RANGE = "must be between 1 and 65535, inclusive"
GPU = "must be a standard resource type or fully qualified"


@pytest.mark.parametrize(
    ("field", "value", "at", "message"),
    [
        ("image", " web", "", 'Invalid value: " web": must not have leading or trailing whitespace'),
        ("env", [{"value": "x"}], "[0].name", "Required value"),
        ("env", [SECRET], "[0].valueFrom.secretKeyRef.key", "Required value"),
        (
            "livenessProbe",
            {"tcpSocket": {"port": 1}, "successThreshold": 2},
            ".successThreshold",
            "Invalid value: 2: must be 1",
        ),
        ("ports", [{"containerPort": 80, "hostPort": 99999}], "[0].hostPort", f"Invalid value: 99999: {RANGE}"),
        ("resources", {"limits": {"gpu": "1"}}, ".limits[gpu]", f'Invalid value: "gpu": {GPU}'),
        (
            "resources",
            {"requests": {"hugepages-2Mi": "2Mi"}},
            ".limits",
            "Required value: Limit must be set for non overcommitable resources",
        ),
    ],
)
def test_containers(field: str, value: Any, at: str, message: str) -> None:
    found = pod(containers=[{"name": "web", "image": "web:1", field: value}])
    assert found[0] == f"spec.containers[0].{field}{at}: {message}"


def test_host_ports_of_two_containers_must_differ() -> None:
    port = [{"containerPort": 80, "hostPort": 80}]
    two = [{"name": name, "image": "x:1", "ports": port} for name in "ab"]
    assert pod(containers=two) == ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"']


def test_an_init_container_has_no_probes_unless_it_is_a_sidecar() -> None:
    one = {"name": "init", "image": "x:1", "readinessProbe": {"exec": {"command": ["x"]}}}
    assert "may not be set for init containers" in pod(initContainers=[one])[0]
    assert pod(initContainers=[{**one, "restartPolicy": "Always"}]) == []


def test_taints_and_tolerations_name_known_effects() -> None:
    assert pod(tolerations=[{"key": "a", "operator": "Exists", "effect": "Never"}]) == [
        'spec.tolerations[0].effect: Unsupported value: "Never": supported values: '
        '"NoSchedule", "PreferNoSchedule", "NoExecute"'
    ]
    taint = {"key": "a", "effect": "NoSchedule"}
    assert told("Node", {"taints": [taint, taint]})[0].startswith("metadata.taints[1]: Duplicate value")


def test_a_stateful_set_leaves_its_template_to_its_pods() -> None:
    template = {
        "metadata": TEMPLATE["metadata"],
        "spec": {"containers": [{"name": "db", "volumeMounts": [{"name": "d", "mountPath": "/"}]}]},
    }
    spec = {"selector": {"matchLabels": {"app": "web"}}, "serviceName": "web", "template": template}
    assert told("StatefulSet", spec, "apps/v1") == []


def test_a_daemon_set_without_selector_only_fails_to_match() -> None:
    assert told("DaemonSet", {"template": TEMPLATE}, "apps/v1") == [
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'
    ]


def test_an_autoscalers_metric_says_what_it_wants() -> None:
    spec = {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
    metrics = [
        {"type": "Resource"},
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}},
    ]
    assert told("HorizontalPodAutoscaler", {**spec, "metrics": metrics}, "autoscaling/v2") == [
        "spec.metrics[0].resource: Required value: must populate information for the given metric source",
        "spec.metrics[1].resource.target.averageUtilization: Required value: "
        "must set either a target raw value or a target utilization",
    ]


def test_an_ingress_backend_needs_a_port() -> None:
    path = {"path": "/a//b/..", "pathType": "Prefix", "backend": {"service": {"name": "web"}}}
    assert told("Ingress", {"rules": [{"http": {"paths": [path]}}]}, "networking.k8s.io/v1") == [
        "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b/..\": must not contain '//'",
        "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b/..\": cannot end with '/..'",
        "spec.rules[0].http.paths[0].backend: Required value: port name or number is required",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("*/5 * * * *", ""), ("0 9-17 * * mon-fri", ""), ("@hourly", ""), ("@every 1h30m", ""),
        ("@often", "unrecognized descriptor: @often"),
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("9-5 * * * *", "beginning of range (9) beyond end of range (5): 9-5"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("* * * * 7", "end of range (7) above maximum (6): 7"),
    ],
)  # fmt: skip
def test_schedules(text: str, why: str) -> None:
    assert schedule.error(text) == why


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"addressType": "IPv4", "endpoints": [{"addresses": []}]},
         "endpoints[0].addresses: Required value: must contain at least 1 address"),
        ({"addressType": "IPX"}, 'addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"'),
    ],
)  # fmt: skip
def test_an_endpoint_has_an_address_of_a_known_type(given: dict[str, Any], message: str) -> None:
    obj = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {"name": "web"}, **given}
    assert [f"{cause.field}: {cause.message}" for cause in problems(obj)] == [message]
