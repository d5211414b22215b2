"""Volumes: reachable, free, within limits."""

from making import ZONE, add, node, place, pod, world

from labkit.kinds import Key
from labkit.scheduler import decide, explain
from labkit.scheduler.volumebinding import Binding, bindings_on

CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def storage_class(name: str, late: bool = True, provisioner: str = "kubernetes.io/no-provisioner") -> dict:
    mode = "WaitForFirstConsumer" if late else "Immediate"
    named = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
    return named | {"provisioner": provisioner, "volumeBindingMode": mode}


def volume(name: str, size: str = "1Gi", host: str | None = None, kind: str = "late", **labels) -> dict:
    spec = {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "storageClassName": kind}
    spec["csi"] = {"driver": "disk", "volumeHandle": name}
    if host:
        here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [host]}
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name, "labels": labels}, "spec": spec}


def claim(name: str, kind: str = "late", **spec) -> dict:
    meta = {"name": name, "namespace": "default"}
    full = {**CLAIM, "storageClassName": kind, **spec}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": full}


def using(name: str, *claims: str, **spec) -> dict:
    return pod(name, volumes=[{"name": one, "persistentVolumeClaim": {"claimName": one}} for one in claims], **spec)


def bound(cluster, claim_name: str, volume_name: str) -> None:
    key = Key("PersistentVolumeClaim", "default", claim_name)
    owner = {"namespace": "default", "name": claim_name}
    cluster.patch(Key("PersistentVolume", "", volume_name), {"spec": {"claimRef": owner}})
    cluster.patch(key, {"spec": {"volumeName": volume_name}})
    cluster.set_status(key, {"phase": "Bound"})


def test_a_pod_goes_where_its_bound_volume_is():
    cluster = world(node("n1"), node("n2"), storage_class("late"), volume("disk", host="n2"), claim("data"))
    bound(cluster, "data", "disk")
    why = explain(cluster, add(cluster, using("web", "data")))
    assert why.node == "n2"
    assert why.rows[-1].terms == ("volume disk can't be reached from here",)


def test_a_waiting_claim_takes_the_smallest_volume_that_fits_and_none_twice():
    volumes = volume("huge", "9Gi"), volume("small", "500Mi"), volume("snug", "1Gi"), volume("roomy", "2Gi")
    cluster = world(node("n1"), storage_class("late"), *volumes, claim("one"), claim("two"))
    key = add(cluster, using("web", "one", "two"))
    assert decide(cluster, key).node == "n1"
    chosen = {binding.claim.name: binding.volume for binding in bindings_on(cluster, key, "n1")}
    assert chosen == {"one": "snug", "two": "roomy"}


def test_a_claim_without_a_volume_is_made_one_where_a_provisioner_can():
    cluster = world(node("n1"), storage_class("late", provisioner="disk"), claim("data"))
    key = add(cluster, using("web", "data"))
    assert decide(cluster, key).node == "n1"
    assert bindings_on(cluster, key, "n1") == [Binding(Key("PersistentVolumeClaim", "default", "data"), None)]


def test_a_claim_that_should_be_bound_at_once_holds_the_pod_back():
    cluster = world(node("n1"), storage_class("now", late=False), claim("data", "now"))
    decision = decide(cluster, add(cluster, using("web", "data")))
    assert decision.prefilter == "pod has unbound immediate PersistentVolumeClaims"


def test_a_volume_labelled_with_a_zone_keeps_the_pod_in_it():
    nodes = node("a1", labels={ZONE: "a"}), node("b1", labels={ZONE: "b"}), node("anywhere")
    cluster = world(*nodes, storage_class("late"), volume("disk", **{ZONE: "b__c"}), claim("data"))
    bound(cluster, "data", "disk")
    assert set(decide(cluster, add(cluster, using("web", "data"))).feasible) == {"b1", "anywhere"}


def test_a_claim_for_one_pod_is_for_one_pod():
    once = claim("data", accessModes=["ReadWriteOncePod"])
    cluster = world(node("n1"), node("n2"), storage_class("late"), volume("disk"), once)
    bound(cluster, "data", "disk")
    place(cluster, using("first", "data"), "n1")
    second = decide(cluster, add(cluster, using("second", "data")))
    assert {one.plugin for one in second.rejected.values()} == {"VolumeRestrictions"} and second.nominated is None
    vip = decide(cluster, add(cluster, using("vip", "data", priority=10)))
    assert (vip.nominated, [victim.name for victim in vip.victims]) == ("n1", ["first"])


def test_a_driver_takes_only_so_many_volumes():
    limits = {
        "apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": "n1"},
        "spec": {"drivers": [{"name": "disk", "nodeID": "n1", "allocatable": {"count": 1}}]},
    }  # fmt: skip
    disks = volume("a"), volume("b"), claim("one"), claim("two")
    cluster = world(node("n1"), limits, storage_class("late"), *disks)
    bound(cluster, "one", "a")
    bound(cluster, "two", "b")
    place(cluster, using("first", "one"), "n1")
    assert decide(cluster, add(cluster, using("again", "one"))).node == "n1"
    why = explain(cluster, add(cluster, using("more", "two")))
    assert why.rows[0].rejection.reasons == ("node(s) exceed max volume count",)
    assert why.rows[0].terms == ("driver disk: 1 + 1 > 1",)
