"""What happens to an object between a request and the store."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import admission, apiserver
from labkit.admission import quota
from labkit.admission.prepare import qos_class
from labkit.admission.usage import pod_total
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.kinds import Key

CONTAINER = {"name": "web", "image": "web:1"}
WEB = Key("Pod", "default", "web")


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    apiserver.create(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    return cluster


def pod(name: str = "web", requests: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    container = {**CONTAINER, "resources": {"requests": requests}} if requests else CONTAINER
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}


def add(cluster: Cluster, kind: str, name: str, version: str = "v1", **fields: Any) -> dict[str, Any]:
    return apiserver.create(cluster, {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **fields}).obj


def refusal(cluster: Cluster, obj: dict[str, Any]) -> str:
    before = (cluster.version, cluster.rng.getstate(), len(cluster.history))
    with pytest.raises(ApiError) as caught:
        apiserver.create(cluster, obj)
    assert (cluster.version, cluster.rng.getstate(), len(cluster.history)) == before
    return caught.value.message


def test_a_pod_gets_its_token_priority_and_tolerations(cluster: Cluster) -> None:
    spec = cluster.create(pod())["spec"]
    assert (spec["serviceAccountName"], spec["priority"], spec["preemptionPolicy"]) == (
        "default",
        0,
        "PreemptLowerPriority",
    )
    assert [one["key"] for one in spec["tolerations"]] == [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ]
    volume = spec["volumes"][0]
    assert volume["name"].startswith("kube-api-access-")
    assert spec["containers"][0]["volumeMounts"][0] == {
        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": volume["name"], "readOnly": True,
    }  # fmt: skip


def test_admitting_an_admitted_pod_changes_nothing(cluster: Cluster) -> None:
    once = admission.admit(cluster, pod())
    assert admission.admit(cluster, once) == once


def test_a_pod_that_wants_no_token_gets_none(cluster: Cluster) -> None:
    assert "volumes" not in cluster.create(pod(automountServiceAccountToken=False))["spec"]


def test_tolerations_of_its_own_are_kept(cluster: Cluster) -> None:
    own = [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}]
    given = cluster.create(pod(tolerations=own))["spec"]["tolerations"]
    assert [one["tolerationSeconds"] for one in given] == [5, 300]


def test_priority_comes_from_the_class_or_the_default_class(cluster: Cluster) -> None:
    add(cluster, "PriorityClass", "low", "scheduling.k8s.io/v1", value=5, globalDefault=True)
    add(cluster, "PriorityClass", "high", "scheduling.k8s.io/v1", value=9, preemptionPolicy="Never")
    assert cluster.create(pod("a"))["spec"]["priorityClassName"] == "low"
    spec = cluster.create(pod("b", priorityClassName="high"))["spec"]
    assert (spec["priority"], spec["preemptionPolicy"]) == (9, "Never")
    assert cluster.create(pod("c", priorityClassName="system-node-critical"))["spec"]["priority"] == 2_000_001_000


def test_nothing_new_enters_a_namespace_that_ends(cluster: Cluster) -> None:
    add(cluster, "Namespace", "shop")
    cluster.delete(Key("Namespace", "", "shop"))
    obj = pod() | {"metadata": {"name": "web", "namespace": "shop"}}
    assert refusal(cluster, obj) == (
        'pods "web" is forbidden: unable to create new content in namespace shop because it is being terminated'
    )


def test_a_limit_range_sets_defaults_and_says_so(cluster: Cluster) -> None:
    limit = {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "500m", "memory": "1Gi"}}
    add(cluster, "LimitRange", "lr", spec={"limits": [limit]})
    stored = cluster.create(pod())
    assert stored["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "1"}, "requests": {"cpu": "500m", "memory": "1Gi"},
    }  # fmt: skip
    assert stored["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: cpu, memory request for container web; cpu limit for container web"
    )


def test_a_limit_range_bounds_whole_pods_and_ratios(cluster: Cluster) -> None:
    limits = [{"type": "Pod", "max": {"cpu": "1"}}, {"type": "Container", "maxLimitRequestRatio": {"cpu": "2"}}]
    add(cluster, "LimitRange", "lr", spec={"limits": limits})
    assert refusal(cluster, pod(requests={"cpu": "500m"})) == (
        'pods "web" is forbidden: [maximum cpu usage per Pod is 1.  No limit is specified, '
        "cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0]"
    )


def test_a_quota_counts_what_is_there(cluster: Cluster) -> None:
    hard = {"pods": "2", "requests.cpu": "1"}
    one = add(cluster, "ResourceQuota", "small", spec={"hard": hard})
    cluster.create(pod("a", {"cpu": "700m"}))
    assert refusal(cluster, pod("b", {"cpu": "400m"})) == (
        'pods "b" is forbidden: exceeded quota: small, requested: requests.cpu=400m, used: requests.cpu=700m, '
        "limited: requests.cpu=1"
    )
    cluster.create(pod("b", {"cpu": "300m"}))
    assert "requested: pods=1,requests.cpu=1m, used: pods=2,requests.cpu=1," in refusal(
        cluster, pod("c", {"cpu": "1m"})
    )
    assert quota.total(cluster, one) == {"pods": "2", "requests.cpu": "1"}


def test_a_quota_with_a_scope_counts_only_its_own(cluster: Cluster) -> None:
    add(cluster, "ResourceQuota", "small", spec={"hard": {"pods": "0"}, "scopes": ["BestEffort"]})
    cluster.create(pod("asks", {"cpu": "1"}))
    assert "exceeded quota: small" in refusal(cluster, pod("begs"))


def test_services_get_addresses_and_ports_that_are_free(cluster: Cluster) -> None:
    ports = [{"port": 80}]
    services = [add(cluster, "Service", f"s{n}", spec={"type": "NodePort", "ports": ports}) for n in range(5)]
    addresses = {one["spec"]["clusterIP"] for one in services}
    assert len(addresses) == 5
    assert all(address.startswith("10.0.") for address in addresses)
    assert len({one["spec"]["ports"][0]["nodePort"] for one in services}) == 5
    headless = add(cluster, "Service", "headless", spec={"clusterIP": "None", "ports": ports})
    assert headless["spec"]["clusterIPs"] == ["None"]


def test_a_service_keeps_its_address_and_ports_when_it_is_replaced(cluster: Cluster) -> None:
    spec = {"type": "NodePort", "ports": [{"port": 80}]}
    before = add(cluster, "Service", "web", spec=spec)["spec"]
    obj = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {**spec, "selector": {"a": "b"}}}
    after = apiserver.replace(cluster, obj).obj["spec"]
    assert (after["clusterIP"], after["ports"]) == (before["clusterIP"], before["ports"])


def test_a_job_selects_its_pods_by_its_uid(cluster: Cluster) -> None:
    spec = {"template": {"spec": {"restartPolicy": "Never", "containers": [CONTAINER]}}}
    job = add(cluster, "Job", "work", "batch/v1", spec=spec)
    uid = job["metadata"]["uid"]
    assert job["spec"]["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    assert job["spec"]["template"]["metadata"]["labels"]["controller-uid"] == uid


def test_a_claim_without_class_gets_the_default_one(cluster: Cluster) -> None:
    meta = {"name": "fast", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
    storage = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": meta, "provisioner": "x"}
    apiserver.create(cluster, storage)
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    assert add(cluster, "PersistentVolumeClaim", "a", spec=spec)["spec"]["storageClassName"] == "fast"
    unbound = add(cluster, "PersistentVolumeClaim", "b", spec={**spec, "storageClassName": ""})
    assert unbound["spec"]["storageClassName"] == ""


@pytest.mark.parametrize(
    ("resources", "qos"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"requests": {"cpu": "1"}, "limits": {"cpu": "2", "memory": "1Gi"}}, "Burstable"),
        ({"requests": {"example.com/gpu": "1"}}, "BestEffort"),
    ],
)
def test_the_quality_of_service_follows_from_the_resources(resources: dict[str, Any], qos: str) -> None:
    assert qos_class({"containers": [{"name": "a", "resources": resources}]}) == qos


def test_a_pod_needs_what_starting_or_running_takes() -> None:
    def one(cpu: str, **more: str) -> dict[str, Any]:
        return {"name": cpu, "resources": {"requests": {"cpu": cpu}}, **more}

    spec = {"containers": [one("1"), one("500m")], "initContainers": [one("1", restartPolicy="Always"), one("2")]}
    assert str(pod_total(spec, "requests")["cpu"]) == "3"
    assert str(pod_total({**spec, "overhead": {"cpu": "1"}}, "requests")["cpu"]) == "4"


def test_a_quota_is_charged_object_by_object_once_its_status_is_there(cluster: Cluster) -> None:
    key = Key("ResourceQuota", "default", "small")
    add(cluster, "ResourceQuota", "small", spec={"hard": {"pods": "3", "requests.cpu": "1"}})
    cluster.create(pod("a", {"cpu": "100m"}))
    assert cluster.require(key)["status"] == {}
    cluster.set_status(key, {"hard": {"pods": "3", "requests.cpu": "1"}, "used": {"pods": "1", "requests.cpu": "100m"}})
    cluster.create(pod("b", {"cpu": "250m"}))
    assert cluster.require(key)["status"]["used"] == {"pods": "2", "requests.cpu": "350m"}
    verbs = [(entry.verb, entry.key.kind) for entry in cluster.history[-2:]]
    assert verbs == [("status", "ResourceQuota"), ("create", "Pod")]
