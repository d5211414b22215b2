"""The cluster: one writer that keeps objects, edges, history and forks true."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from labkit.cluster import Cluster
from labkit.errors import ApiError, LabError
from labkit.kinds import Key

DEFAULT = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}


def pod(name: str, **spec) -> dict:
    container = {"name": "c", "image": "web:1"}
    meta = {"name": name, "namespace": "default", "labels": {"app": name[:1]}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}


def service(name: str, selector: dict) -> dict:
    spec = {"selector": selector, "ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "default"}, "spec": spec}


def configmap(name: str, **meta) -> dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default", **meta}}


def node(name: str, zone: str = "a") -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": zone}},
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}},
    }


@pytest.fixture
def cluster() -> Cluster:
    made = Cluster(seed=1)
    made.create(DEFAULT)
    made.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "default"}})
    return made


WEB = Key("Pod", "default", "web")
N1 = Key("Node", "", "n1")


def test_a_new_object_gets_uid_version_generation_and_time(cluster):
    made = cluster.create(pod("web"))
    meta = made["metadata"]
    assert meta["creationTimestamp"] == "2026-01-05T09:00:00Z"
    assert meta["generation"] == 1
    assert meta["uid"].count("-") == 4
    assert int(meta["resourceVersion"]) == cluster.version


def test_a_second_object_of_the_same_name_is_refused_and_changes_nothing(cluster):
    cluster.create(pod("web"))
    writes = len(cluster.history)
    with pytest.raises(ApiError, match='^pods "web" already exists$') as refusal:
        cluster.create(pod("web"))
    assert refusal.value.code == 409
    assert len(cluster.history) == writes


def test_a_missing_namespace_is_named(cluster):
    lost = pod("web")
    lost["metadata"]["namespace"] = "shop"
    with pytest.raises(ApiError, match='namespaces "shop" not found'):
        cluster.create(lost)


def test_a_missing_object_is_named_with_its_group(cluster):
    with pytest.raises(ApiError, match='^deployments.apps "web" not found$'):
        cluster.require(Key("Deployment", "default", "web"))


def test_generated_names_use_the_real_alphabet(cluster):
    made = pod("x")
    del made["metadata"]["name"]
    made["metadata"]["generateName"] = "web-"
    name = cluster.create(made)["metadata"]["name"]
    assert name.startswith("web-") and set(name[4:]) <= set("bcdfghjklmnpqrstvwxz2456789") and len(name) == 9


def test_an_update_keeps_the_status_and_counts_the_generation(cluster):
    cluster.create(pod("web"))
    cluster.set_status(WEB, {"phase": "Running"})
    new = cluster.patch(WEB, {"spec": {"activeDeadlineSeconds": 60}})
    assert new["status"] == {"phase": "Running"}
    assert new["metadata"]["generation"] == 2
    labelled = cluster.patch(WEB, {"metadata": {"labels": {"tier": "front"}}})
    assert labelled["metadata"]["generation"] == 2


def test_an_update_that_changes_nothing_writes_nothing(cluster):
    cluster.create(pod("web"))
    writes = len(cluster.history)
    cluster.patch(WEB, {"metadata": {"labels": {"app": "w"}}})
    cluster.set_status(WEB, cluster.require(WEB).get("status"))
    assert len(cluster.history) == writes


def test_an_update_of_an_older_version_is_a_conflict(cluster):
    stale = cluster.create(pod("web"))
    cluster.patch(WEB, {"metadata": {"labels": {"tier": "front"}}})
    with pytest.raises(ApiError, match="the object has been modified"):
        cluster.update(stale)


def test_edges_follow_the_objects(cluster):
    cluster.create(node("n1"))
    cluster.create(service("w", {"app": "w"}))
    cluster.create(pod("web"))
    service_key = Key("Service", "default", "w")
    assert cluster.out(service_key, "selects") == [WEB]
    cluster.bind(WEB, "n1")
    assert cluster.out(WEB, "runs-on") == [N1]
    assert cluster.into(N1, "runs-on") == [WEB]
    cluster.patch(WEB, {"metadata": {"labels": {"app": "other"}}})
    assert cluster.out(service_key, "selects") == []


def test_what_is_referred_to_but_missing_is_a_node_without_an_object(cluster):
    volume = {"name": "v", "configMap": {"name": "settings"}}
    cluster.create(pod("web", volumes=[volume]))
    settings_key = Key("ConfigMap", "default", "settings")
    assert settings_key in cluster.graph and cluster.get(settings_key) is None
    cluster.create(configmap("settings"))
    assert cluster.get(settings_key) is not None
    cluster.remove(settings_key)
    assert settings_key in cluster.graph
    cluster.remove(WEB)
    assert settings_key not in cluster.graph


def test_a_bound_pod_is_deleted_gracefully_and_an_unbound_one_at_once(cluster):
    cluster.create(node("n1"))
    cluster.create(pod("web"))
    cluster.create(pod("idle"))
    cluster.bind(WEB, "n1")
    cluster.delete(WEB)
    meta = cluster.require(WEB)["metadata"]
    assert (meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"]) == ("2026-01-05T09:00:30Z", 30)
    cluster.delete(WEB, grace=0)
    cluster.delete(Key("Pod", "default", "idle"))
    assert cluster.keys("Pod") == []


def test_a_grace_period_can_only_be_shortened(cluster):
    cluster.create(node("n1"))
    cluster.create(pod("web"))
    cluster.bind(WEB, "n1")
    cluster.delete(WEB, grace=10)
    cluster.delete(WEB, grace=60)
    assert cluster.require(WEB)["metadata"]["deletionGracePeriodSeconds"] == 10


def test_a_finalizer_holds_an_object_until_it_is_gone(cluster):
    key = Key("ConfigMap", "default", "held")
    cluster.create(configmap("held", finalizers=["labkit.dev/hold"]))
    cluster.delete(key)
    assert "deletionTimestamp" in cluster.require(key)["metadata"]
    cluster.patch(key, {"metadata": {"finalizers": None}})
    assert cluster.get(key) is None


def test_foreground_and_orphan_deletion_leave_their_finalizer(cluster):
    for name, propagation, finalizer in (("a", "Foreground", "foregroundDeletion"), ("b", "Orphan", "orphan")):
        cluster.create(configmap(name))
        cluster.delete(Key("ConfigMap", "default", name), propagation=propagation)
        assert cluster.require(Key("ConfigMap", "default", name))["metadata"]["finalizers"] == [finalizer]


def test_preconditions_guard_a_deletion(cluster):
    cluster.create(pod("web"))
    with pytest.raises(ApiError, match=r"the UID in the precondition \(other\) does not match"):
        cluster.delete(WEB, preconditions={"uid": "other"})


def test_what_is_deleted_together_is_marked_before_the_first_is_gone(cluster):
    for name in ("a", "b"):
        cluster.create(configmap(name))
    keys = [Key("ConfigMap", "default", name) for name in ("a", "b")]
    begun = len(cluster.history)
    cluster.delete_together(keys)
    told = [(entry.key.name, entry.verb) for entry in cluster.history[begun:]]
    assert told == [("a", "update"), ("b", "update"), ("a", "delete"), ("b", "delete")]


def test_a_repeated_event_is_counted(cluster):
    cluster.create(pod("web"))
    for _ in range(3):
        cluster.record(WEB, "Warning", "FailedScheduling", "0/1 nodes are available", "default-scheduler")
    (event,) = cluster.list("Event")
    assert event["count"] == 3
    assert event["involvedObject"]["uid"] == cluster.require(WEB)["metadata"]["uid"]


def test_the_past_can_be_read_but_not_written(cluster):
    cluster.create(pod("web"))
    cluster.clock.advance(10)
    cluster.set_status(WEB, {"phase": "Running"})
    past = cluster.at(5)
    assert past.require(WEB).get("status", {}).get("phase") != "Running"
    with pytest.raises(LabError, match="a moment of the past"):
        past.remove(WEB)
    assert cluster.require(WEB)["status"]["phase"] == "Running"


def test_watchers_hear_every_write(cluster):
    heard = []
    cluster.watch(heard.append)
    cluster.create(pod("web"))
    cluster.set_status(WEB, {"phase": "Running"})
    cluster.remove(WEB)
    assert [entry.verb for entry in heard] == ["create", "status", "delete"]


NAMES = st.sampled_from(["a1", "a2", "b1", "b2"])
NODES = st.sampled_from(["n1", "n2", "n3"])


class Writes(RuleBasedStateMachine):
    """Random writes; after each, the incremental world equals one rebuilt from its objects."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = Cluster(seed=2)
        self.cluster.create(DEFAULT)
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        self.cluster.create(account)
        self.began = self.cluster.history.fork()

    def attempt(self, act) -> None:
        try:
            act()
        except ApiError:
            self.cluster.clock.advance(self.cluster.clock.now + 1)

    @rule(name=NAMES)
    def create_pod(self, name):
        self.attempt(lambda: self.cluster.create(pod(name)))

    @rule(name=NODES)
    def create_node(self, name):
        self.attempt(lambda: self.cluster.create(node(name)))

    @rule(name=NAMES, where=NODES)
    def bind(self, name, where):
        self.attempt(lambda: self.cluster.bind(Key("Pod", "default", name), where))

    @rule(name=NAMES, app=st.sampled_from(["a", "b"]))
    def relabel(self, name, app):
        self.attempt(lambda: self.cluster.patch(Key("Pod", "default", name), {"metadata": {"labels": {"app": app}}}))

    @rule(name=NAMES, app=st.sampled_from(["a", "b"]))
    def create_service(self, name, app):
        self.attempt(lambda: self.cluster.create(service(name, {"app": app})))

    @rule(kind=st.sampled_from(["Pod", "Service"]), name=NAMES)
    def remove(self, kind, name):
        self.attempt(lambda: self.cluster.remove(Key(kind, "default", name)))

    @rule(name=NODES)
    def remove_node(self, name):
        self.attempt(lambda: self.cluster.remove(Key("Node", "", name)))

    @invariant()
    def graph_equals_a_rebuilt_one(self):
        rebuilt = self.cluster.as_of(len(self.cluster.history))
        assert dict(rebuilt.graph.nodes(data="obj")) == dict(self.cluster.graph.nodes(data="obj"))
        assert set(rebuilt.graph.edges(keys=True)) == set(self.cluster.graph.edges(keys=True))

    @invariant()
    def history_undone_is_the_beginning(self):
        began = len(self.began)
        undone = self.cluster.history.undo(self.cluster.objects(), began)
        assert {key.kind for key in undone} == {"Namespace", "ServiceAccount"}


TestWrites = Writes.TestCase
TestWrites.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


@given(st.lists(st.tuples(NAMES, st.booleans()), max_size=8), st.booleans())
@settings(deadline=None)
def test_neither_side_of_a_fork_sees_the_other(changes, in_twin):
    cluster = Cluster(seed=3)
    cluster.create(DEFAULT)
    cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}})
    cluster.create(node("n1"))
    twin = cluster.fork()
    acting, watching = (twin, cluster) if in_twin else (cluster, twin)
    before = (dict(watching.graph.nodes(data="obj")), set(watching.graph.edges(keys=True)), len(watching.history))
    for name, bound in changes:
        if acting.get(Key("Pod", "default", name)) is None:
            acting.create(pod(name))
        if bound:
            acting.bind(Key("Pod", "default", name), "n1")
    assert before == (
        dict(watching.graph.nodes(data="obj")),
        set(watching.graph.edges(keys=True)),
        len(watching.history),
    )


def test_one_seed_gives_one_history():
    def play() -> str:
        cluster = Cluster(seed=7)
        cluster.create(DEFAULT)
        cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}})
        cluster.create(pod("web"))
        cluster.record(WEB, "Normal", "Scheduled", "text", "default-scheduler")
        return repr(list(cluster.history))

    assert play() == play()
