"""Nodes: taints follow conditions and cordoning, labels keep their old names."""

from labkit import Lab
from labkit.controllers.nodelifecycle import no_execute, no_schedule, old_labels
from labkit.founding import machine


def test_cordoning_taints_and_uncordoning_takes_the_taint_away():
    lab = Lab.kubernetes(nodes=1)
    lab.kubectl("cordon node-1")
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    assert lab.run("1s").get("nodes", "node-1")["spec"]["taints"] == [taint]
    lab.kubectl("uncordon node-1")
    assert "taints" not in lab.run("1s").get("nodes", "node-1")["spec"]


def test_a_condition_brings_its_taint_and_leaves_others_alone():
    other = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}
    pressed = {"key": "node.kubernetes.io/memory-pressure", "effect": "NoSchedule"}
    assert no_schedule({"MemoryPressure": "True"}, False, [other]) == [other, pressed]
    assert no_schedule({"MemoryPressure": "False"}, False, [other, pressed]) == [other]


def test_a_node_that_is_not_ready_gets_a_dated_taint_that_evicts():
    (taint,) = no_execute("False", [], "2026-01-05T09:00:00Z")
    assert (taint["key"], taint["effect"]) == ("node.kubernetes.io/not-ready", "NoExecute")
    assert taint["timeAdded"] == "2026-01-05T09:00:00Z"
    assert no_execute("False", [taint], "later") == [taint]
    assert no_execute("True", [taint], "later") == []


def test_os_and_architecture_keep_their_old_names_beside_the_new():
    assert old_labels({"kubernetes.io/os": "linux"}) == {"beta.kubernetes.io/os": "linux"}
    assert old_labels({"kubernetes.io/os": "linux", "beta.kubernetes.io/os": "linux"}) == {}
    labels = Lab.kubernetes(nodes=1).get("nodes", "node-1")["metadata"]["labels"]
    assert labels["beta.kubernetes.io/arch"] == labels["kubernetes.io/arch"] == "amd64"


def test_a_node_that_comes_later_is_tainted_until_its_kubelet_is_up():
    lab = Lab.kubernetes(nodes=1).run("10s")
    lab.apply(machine("late"))
    keys = [one["key"] for one in lab.get("nodes", "late")["spec"]["taints"]]
    assert keys == ["node.kubernetes.io/not-ready"]
    lab.run("0.5s")
    assert "late     NotReady" in str(lab.kubectl("get nodes"))
    lab.run("10s")
    assert "late     Ready" in str(lab.kubectl("get nodes"))
    assert "taints" not in lab.get("nodes", "late")["spec"]
    assert "Node late status is now: NodeReady" in str(lab.events)


def test_the_nodes_a_lab_begins_with_are_ready_and_without_taints():
    for node in Lab.kubernetes(nodes=2).get("nodes"):
        assert "taints" not in node["spec"]
        assert node["status"]["conditions"][-1]["reason"] == "KubeletReady"
