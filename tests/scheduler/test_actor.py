"""The scheduler at work in a running world."""

import pytest
from making import add, node, place, pod, world

from labkit.kinds import Key
from labkit.running import Loop
from labkit.scheduler import Profile, Scheduler


class Going:
    """A world with nothing but a scheduler in it."""

    def __init__(self, *objects: dict, scheduler: Scheduler | None = None) -> None:
        self.cluster = world()
        self.scheduler = scheduler or Scheduler()
        self.loop = Loop(self.cluster, [self.scheduler])
        for obj in objects:
            self.cluster.create(obj)

    def run(self, seconds: float = 0.0) -> None:
        self.loop.run(self.cluster.clock.now + seconds)

    def node_of(self, key: Key) -> str:
        return self.cluster.read(key).spec.node_name

    def events(self, key: Key) -> list[tuple]:
        about = [one for one in self.cluster.list("Event") if one["involvedObject"]["name"] == key.name]
        return [(one["reason"], one["message"], one["count"]) for one in about]


def test_a_pod_is_bound_and_an_event_says_so():
    going = Going(node("n1"))
    key = add(going.cluster, pod("web", "1"))
    going.run()
    assert going.node_of(key) == "n1"
    assert going.cluster.read(key).status.condition("PodScheduled").status == "True"
    assert going.events(key) == [("Scheduled", "Successfully assigned default/web to n1", 1)]


def test_a_pod_without_a_node_says_why_once_and_waits():
    going = Going(node("n1", cpu="1"))
    key = add(going.cluster, pod("web", "2"))
    going.run(200)
    told = going.cluster.read(key).status.condition("PodScheduled")
    assert (told.status, told.reason) == ("False", "Unschedulable")
    assert told.message.startswith("0/1 nodes are available: 1 Insufficient cpu. ")
    assert going.events(key) == [("FailedScheduling", told.message, 1)]


def test_a_new_node_wakes_who_can_use_one():
    going = Going(node("n1", cpu="1"))
    key = add(going.cluster, pod("web", "2"))
    going.run(30)
    going.cluster.create(node("n2"))
    going.run()
    assert going.node_of(key) == "n2"


def test_what_cant_help_doesnt_wake():
    going = Going(node("n1", cpu="1"))
    key = add(going.cluster, pod("web", "2"))
    going.run(30)
    going.cluster.patch(Key("Node", "", "n1"), {"metadata": {"labels": {"disk": "ssd"}}})
    going.run(30)
    assert [count for _, _, count in going.events(key)] == [1]


def test_after_five_minutes_a_pod_is_tried_again():
    going = Going(node("n1", cpu="1"))
    key = add(going.cluster, pod("web", "2"))
    going.run(301)
    assert sum(count for _, _, count in going.events(key)) == 2


def test_the_important_pod_gets_the_last_place():
    going = Going()
    keys = [add(going.cluster, pod(name, "1", priority=priority)) for name, priority in (("low", 0), ("high", 9))]
    going.cluster.create(node("n1", cpu="1"))
    going.run()
    assert [going.node_of(key) for key in keys] == ["", "n1"]


def test_victims_leave_then_the_pod_comes():
    going = Going(node("n1", cpu="1"))
    old = place(going.cluster, pod("old", "1"), "n1")
    vip = add(going.cluster, pod("vip", "1", priority=9))
    going.run()
    assert going.cluster.read(vip).status.nominated_node_name == "n1"
    leaving = going.cluster.read(old)
    assert leaving.metadata.deletion_timestamp and leaving.status.condition("DisruptionTarget").status == "True"
    assert ("Preempted", f"Preempted by pod {going.cluster.read(vip).metadata.uid} on node n1", 1) in going.events(old)
    going.cluster.remove(old)
    going.run(2)
    assert going.node_of(vip) == "n1"
    assert going.cluster.read(vip).status.nominated_node_name == ""


def test_a_gated_pod_waits_until_its_gate_is_gone():
    going = Going(node("n1"))
    key = add(going.cluster, pod("web", schedulingGates=[{"name": "later"}]))
    going.run(400)
    assert going.node_of(key) == "" and going.events(key) == []
    assert going.cluster.read(key).status.condition("PodScheduled").reason == "SchedulingGated"
    ready = {name: part for name, part in going.cluster.require(key)["spec"].items() if name != "schedulingGates"}
    going.cluster.update({**going.cluster.require(key), "spec": ready})
    going.run()
    assert going.node_of(key) == "n1"


def test_a_pod_of_another_scheduler_isnt_touched():
    going = Going(node("n1"))
    key = add(going.cluster, pod("web", schedulerName="mine"))
    going.run(400)
    assert going.node_of(key) == ""


def test_two_profiles_serve_their_own_pods():
    going = Going(node("n1"), scheduler=Scheduler([Profile(), Profile(name="mine")]))
    key = add(going.cluster, pod("web", schedulerName="mine"))
    going.run()
    assert going.node_of(key) == "n1"


def test_a_claim_that_waits_gets_its_volume_reserved_where_the_pod_goes():
    local = {"kubernetes.io/hostname": "n2"}
    terms = [{"matchExpressions": [{"key": key, "operator": "In", "values": [value]} for key, value in local.items()]}]
    volume = {
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"},
        "spec": {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "late",
                 "nodeAffinity": {"required": {"nodeSelectorTerms": terms}}},
    }  # fmt: skip
    late = {
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "late"},
        "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer",
    }  # fmt: skip
    claim = {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "default"},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "late",
                 "resources": {"requests": {"storage": "1Gi"}}},
    }  # fmt: skip
    going = Going(node("n1"), node("n2"), late, volume, claim)
    key = add(going.cluster, pod("web", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]))
    going.run()
    assert going.node_of(key) == "n2"
    assert going.cluster.read(Key("PersistentVolume", "", "disk")).spec.claim_ref.name == "data"


def test_why_tells_the_world_as_it_was():
    going = Going(node("n1"), node("n2"))
    first, second = (add(going.cluster, pod(name, "1", "1Gi")) for name in ("first", "second"))
    going.run()
    going.cluster.remove(Key("Node", "", "n1"))
    why = going.scheduler.why(going.cluster, first)
    assert why.node == going.node_of(first) == "n1"
    assert going.scheduler.why(going.cluster, second).node == "n2"


def test_why_of_a_pod_that_named_its_node_itself():
    going = Going(node("n1"), node("n2"))
    key = add(going.cluster, pod("web", nodeName="n2"))
    going.run()
    rows = {row.node: row.verdict for row in going.scheduler.why(going.cluster, key).rows}
    assert rows == {"n2": "chosen", "n1": "NodeName: node(s) didn't match the requested node name"}


def test_a_fork_schedules_by_itself():
    going = Going(node("n1", cpu="1"))
    key = add(going.cluster, pod("web", "2"))
    going.run(5)
    twin = going.cluster.fork()
    loop = going.loop.fork(twin)
    twin.create(node("n2"))
    loop.run(twin.clock.now + 5)
    going.run(5)
    assert (twin.read(key).spec.node_name, going.node_of(key)) == ("n2", "")


def test_a_fork_waits_as_patiently_as_the_original():
    going = Going(node("n1", cpu="1"))
    key = add(going.cluster, pod("web", "2"))
    going.run(5)
    twin = going.cluster.fork()
    loop = going.loop.fork(twin)
    loop.run(400)
    going.run(395)
    assert [str(entry) for entry in twin.history] == [str(entry) for entry in going.cluster.history]
    assert sum(count for _, _, count in going.events(key)) == 2


@pytest.mark.parametrize("seconds", [0, 3])
def test_a_fork_of_the_past_takes_up_who_waited_then(seconds):
    going = Going()
    key = add(going.cluster, pod("web", "1"))
    going.run(5)
    going.cluster.create(node("n1"))
    going.run(5)
    assert going.node_of(key) == "n1"
    twin = going.cluster.at(seconds).fork()
    loop = going.loop.fork(twin)
    twin.create(node("other"))
    loop.run(twin.clock.now + 5)
    assert twin.read(key).spec.node_name == "other"
