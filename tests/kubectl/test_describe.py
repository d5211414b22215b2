"""`kubectl describe`: columns, and what is said of each kind. Recordings: test_change_recordings.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.kinds import Key
from labkit.kubectl.describe import DESCRIBERS, describe
from labkit.kubectl.describe.environment import field
from labkit.kubectl.describe.generic import label
from labkit.kubectl.describe.placement import taint
from labkit.kubectl.describe.podresources import limits, requests
from labkit.kubectl.describe.pods import qos_class
from labkit.kubectl.describe.probes import probe
from labkit.kubectl.describe.writer import Writer, aligned

LINES = st.lists(st.lists(st.text("ab", max_size=4), min_size=1, max_size=4), min_size=1, max_size=8)


def test_adjacent_lines_share_the_width_of_a_column():
    assert aligned("a:\t1\nlonger:\t2\n\nb:\t3\n") == "a:      1\nlonger:  2\n\nb:  3\n".replace(
        "a:      1", "a:       1"
    )


def test_a_line_without_the_column_ends_the_block():
    assert aligned("Containers:\n  c:\n    Image:\tx\n  d:\n    Port:\ty\n").count("Image:  x") == 1


@given(LINES)
def test_lining_up_only_adds_spaces(lines):
    text = "".join("\t".join(cells) + "\n" for cells in lines)
    assert aligned(text).replace(" ", "") == text.replace("\t", "")


@given(LINES)
def test_neighbours_start_their_cells_at_the_same_place(lines):
    shown = aligned("".join("\t".join(cells) + "\n" for cells in lines)).split("\n")
    for (one, first), (two, second) in zip(
        zip(lines, shown, strict=False), zip(lines[1:], shown[1:], strict=False), strict=False
    ):
        if len(one) > 1 and len(two) > 1:
            widest = max(len(one[0]), len(two[0])) + 2
            assert first[: len(one[0])] == one[0] and not first[len(one[0]) : widest].strip()
            assert second[: len(two[0])] == two[0] and not second[len(two[0]) : widest].strip()


def test_a_list_has_a_line_for_each_value():
    w = Writer()
    w.listed("Labels", ["a=1", "b=2"])
    w.listed("Taints", [])
    assert w.text() == "Labels:  a=1\n         b=2\nTaints:  <none>\n"


def test_a_pod_is_described(lab):
    text = lab.kubectl("describe pod web-1").stdout
    assert text.startswith("Name:             web-1\nNamespace:        default\n")
    assert "Node:             node-1/\n" in text
    assert [line.split() for line in text.splitlines() if line.startswith("QoS")] == [["QoS", "Class:", "BestEffort"]]
    assert text.endswith("<none>\n")


def test_several_are_separated_by_two_empty_lines(lab):
    text = lab.kubectl("describe pods -l app=web").stdout
    assert "\n\n\nName:" in text


def test_a_name_that_is_not_there_is_the_beginning_of_one(lab):
    assert lab.kubectl("describe pod hun").stdout.startswith("Name:             hungry\n")
    refused = lab.kubectl("describe pod nothing")
    assert refused.stderr == 'Error from server (NotFound): pods "nothing" not found\n'
    assert refused.exit_code == 1


def test_nothing_is_said_to_be_nothing(lab):
    assert lab.kubectl("describe svc").stderr == "No resources found in default namespace.\n"


def test_events_are_counted_with_their_ages(lab):
    about = Key("Pod", "default", "web-1")
    lab.cluster.record(about, "Warning", "Failed", "it failed", "kubelet")
    lab.cluster.clock.advance(lab.cluster.clock.now + 30)
    lab.cluster.record(about, "Warning", "Failed", "it failed", "kubelet")
    lab.cluster.clock.advance(lab.cluster.clock.now + 5)
    text = lab.kubectl("describe pod web-1").stdout
    assert "  Warning  Failed  5s (x2 over 35s)  kubelet  it failed\n" in text
    assert "it failed" not in lab.kubectl("describe pod web-1 --show-events=false").stdout


def test_events_of_an_object_before_it_are_not_shown(lab):
    about = Key("Pod", "default", "web-1")
    lab.cluster.record(about, "Normal", "Old", "of the former pod", "kubelet")
    pod = lab.cluster.require(about)
    lab.cluster.remove(about)
    lab.add("Pod", "web-1", spec=pod["spec"])
    assert "of the former pod" not in lab.kubectl("describe pod web-1").stdout


def test_a_node_tells_what_its_pods_take(lab):
    spec = {
        "containers": [{"name": "c", "image": "x", "resources": {"requests": {"cpu": "250m"}}}],
        "nodeName": "node-1",
    }
    lab.add("Pod", "big", spec=spec)
    text = lab.kubectl("describe node node-1").stdout
    assert "(3 in total)\n" in text
    row = next(line for line in text.splitlines() if " big " in line)
    assert row.split() == ["default", "big", "250m", "(25%)", "0", "(0%)", "0", "(0%)", "0", "(0%)", "0s"]
    sums = next(line for line in text.splitlines() if line.startswith("  cpu   "))
    assert sums.split() == ["cpu", "250m", "(25%)", "0", "(0%)"]


@pytest.mark.parametrize("kind", sorted(DESCRIBERS))
def test_every_describer_copes_with_an_object_that_says_little(kind, lab):
    spec = {"NetworkPolicy": {"podSelector": {}}, "Service": {"ports": []}}.get(kind, {"template": {}})
    obj = {
        "kind": kind,
        "metadata": {"name": "x", "namespace": "default", "creationTimestamp": lab.cluster.clock.stamp()},
    }
    text = describe({**obj, "apiVersion": "v1", "spec": spec}, lab.cluster)
    assert text.startswith("Name:") and "x" in text


def test_a_kind_without_describer_shows_every_field(lab):
    meta = {"name": "x", "namespace": "ops"}
    spec = {"leaseDurationSeconds": 40, "flags": [True, {"a": 1}]}
    lease = {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "metadata": meta, "spec": spec}
    text = describe(lease, lab.cluster)
    assert "API Version:  coordination.k8s.io/v1" in text
    assert "  Lease Duration Seconds:  40" in text and "    true" in text


def test_field_names_become_words():
    assert [label(name) for name in ("apiVersion", "podCIDRs", "x.y/z")] == ["API Version", "Pod CID Rs", "x.y/z"]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ({"exec": {"command": ["cat", "/x"]}}, "exec [cat /x]"),
        ({"httpGet": {"port": 80, "path": "/a b"}}, "http-get http://:80/a%20b"),
        ({"tcpSocket": {"port": "sql"}}, "tcp-socket :sql"),
        ({"grpc": {"port": 9}}, "grpc <pod>:9 "),
    ],
)
def test_probes_are_told_in_one_line(found, text):
    assert probe(found) == f"{text} delay=0s timeout=1s period=10s #success=1 #failure=3"


def test_fields_of_the_metadata_are_resolved_others_are_not():
    pod = {"metadata": {"name": "web", "labels": {"a/b": "c"}}, "spec": {"nodeName": "node-1"}}
    assert [field(pod, path) for path in ("metadata.name", "metadata.labels['a/b']", "spec.nodeName")] == [
        "web",
        "c",
        "",
    ]


def test_taints_are_written_with_value_and_effect():
    assert taint({"key": "a", "value": "b", "effect": "NoSchedule"}) == "a=b:NoSchedule"
    assert [taint({"key": "a", "effect": "NoExecute"}), taint({"key": "a"})] == ["a:NoExecute", "a"]


def container(**amounts):
    return {"name": "c", "resources": {"requests": amounts, "limits": amounts}}


def test_init_containers_count_only_where_they_need_more():
    pod = {"spec": {"containers": [container(cpu="1"), container(cpu="500m")], "initContainers": [container(cpu="2")]}}
    assert str(requests(pod)["cpu"]) == "2"
    sidecar = container(cpu="1") | {"restartPolicy": "Always"}
    pod["spec"]["initContainers"] = [sidecar, container(cpu="1")]
    assert str(requests(pod)["cpu"]) == "2500m"
    pod["spec"]["overhead"] = {"cpu": "250m", "memory": "1Mi"}
    assert {name: str(value) for name, value in requests(pod).items()} == {"cpu": "2750m", "memory": "1Mi"}
    assert {name: str(value) for name, value in limits(pod).items()} == {"cpu": "2750m"}


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ([container(cpu="1", memory="1Gi")], "Guaranteed"),
        ([container(cpu="1")], "Burstable"),
        ([container(cpu="1", memory="1Gi"), container()], "Burstable"),
        ([container()], "BestEffort"),
    ],
)
def test_the_class_of_service_follows_from_requests_and_limits(containers, expected):
    assert qos_class({"spec": {"containers": containers}}) == expected
