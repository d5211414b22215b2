"""The front door: apply, let time pass, ask, look back, branch."""

import os
import subprocess
import sys

import pytest

from labkit import ApiError, FieldError, Lab, LabError, ManifestError

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "shop/web:1.0", resources: {requests: {cpu: 250m, memory: 64Mi}}}
"""


@pytest.fixture
def lab() -> Lab:
    return Lab.kubernetes(nodes=3, seed=1)


def ready(lab: Lab) -> int:
    return sum(lab.cluster.read(key).is_ready for key in lab.cluster.keys("Pod"))


def test_a_lab_begins_with_its_nodes_ready_and_its_namespaces(lab):
    assert [node["metadata"]["name"] for node in lab.get("nodes")] == ["node-1", "node-2", "node-3"]
    assert all(node.is_ready for node in lab.cluster.items("Node"))
    names = {each["metadata"]["name"] for each in lab.get("namespaces")}
    assert names == {"default", "kube-system", "kube-public", "kube-node-lease"}
    assert repr(lab) == "<Lab at 0 s: 3 nodes, 0 pods>"


def test_nothing_happens_until_time_passes(lab):
    assert str(lab.apply(WEB)) == "deployment.apps/web created"
    assert lab.get("pods") == []
    assert ready(lab.run("1m")) == 3
    assert lab.now == 60


def test_applying_again_changes_only_what_is_new(lab):
    lab.apply(WEB)
    assert str(lab.apply(WEB)) == "deployment.apps/web unchanged"
    assert str(lab.apply(WEB.replace("replicas: 3", "replicas: 5"))) == "deployment.apps/web configured"
    assert ready(lab.run("1m")) == 5


def test_all_or_nothing(lab):
    before = len(lab.history)
    with pytest.raises(ApiError, match='unknown field "spec.template.spec.containers\\[0\\].imge"'):
        lab.apply(WEB + "---" + WEB.replace("name: web}", "name: other}").replace("image:", "imge:"))
    assert len(lab.history) == before


def test_a_namespace_may_come_after_what_is_in_it(lab):
    space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    applied = lab.apply(WEB.replace("{name: web}", "{name: web, namespace: shop}") + "---\n" + space)
    assert applied.lines == ("namespace/shop created", "deployment.apps/web created")


def test_what_is_not_simulated_is_kept_and_said_once(lab):
    dated = WEB.replace("    spec:\n", "    spec:\n      shareProcessNamespace: true\n")
    assert any("shareProcessNamespace" in note for note in lab.apply(dated).unsimulated)
    assert lab.get("deploy", "web")["spec"]["template"]["spec"]["shareProcessNamespace"] is True
    assert not lab.apply(dated).unsimulated


def test_a_missing_file_is_named(lab):
    with pytest.raises(ManifestError, match='the path "nowhere.yaml" does not exist'):
        lab.apply("nowhere.yaml")


def test_a_bad_quantity_for_the_nodes_is_refused():
    with pytest.raises((FieldError, ApiError), match="quantities must match"):
        Lab.kubernetes(nodes=1, cpu="four")


def test_a_number_of_nodes_below_zero_is_refused():
    with pytest.raises(FieldError, match="nodes: -1: must be 0 or more"):
        Lab.kubernetes(nodes=-1)


def test_get_takes_any_spelling_names_namespaces_and_selectors(lab):
    lab.apply(WEB)
    lab.run("1m")
    assert len(lab.get("po")) == len(lab.get("Pod", namespace=None)) == 3
    assert lab.get("deploy", "web")["kind"] == "Deployment"
    assert lab.get("pods", namespace="kube-system") == []
    assert len(lab.get("pods", selector="app in (web)")) == len(lab.get("pods", selector={"app": "web"})) == 3
    with pytest.raises(ApiError, match='pods "nothing" not found'):
        lab.get("pods", "nothing")
    with pytest.raises(LabError, match='doesn\'t have a resource type "podd"'):
        lab.get("podd")


def test_run_until_stops_at_the_moment(lab):
    lab.apply(WEB)
    lab.run(until=lambda lab: ready(lab) == 3)
    assert 0 < lab.now < 60


def test_step_tells_what_was_written(lab):
    lab.apply(WEB)
    assert {entry.key.kind for entry in lab.step()} & {"ReplicaSet", "Event", "Deployment"}


def test_settle_ends_when_nothing_changes_any_more(lab):
    lab.apply(WEB)
    lab.settle()
    assert ready(lab) == 3
    assert lab.now < 300


def test_why_tells_the_chosen_node_and_its_terms(lab):
    lab.apply(WEB)
    lab.run("1m")
    why = lab.why("web")
    pod = lab.get("pods")[0]
    assert pod["spec"]["nodeName"] in str(why)
    assert "(4000-" in str(why)
    assert "<table" in why._repr_html_()


def test_why_is_the_same_in_the_past_and_in_forks(lab):
    lab.apply(WEB)
    lab.run("2m")
    told = str(lab.why("web"))
    past = lab.at("1m")
    assert [str(each.why("web")) for each in (past, lab.fork(), past.fork())] == [told] * 3


def test_why_tells_what_refused_a_pending_pod(lab):
    lab.apply(WEB.replace("cpu: 250m", 'cpu: "64"'))
    lab.run("10s")
    assert "Insufficient cpu" in str(lab.why("web"))


def test_the_past_is_there_to_look_at_and_to_go_on_from(lab):
    lab.apply(WEB)
    lab.run("1m")
    past = lab.at("1s")
    assert ready(past) == 0
    with pytest.raises(LabError, match="a moment of the past"):
        past.apply(WEB.replace("replicas: 3", "replicas: 1"))
    again = past.fork().run("1m")
    assert ready(again) == 3
    with pytest.raises(LabError, match="still to come"):
        lab.at("2m")


def test_the_past_and_its_forks_keep_the_scheduler_and_the_cloud():
    quiet = {"schedulerName": "quiet", "plugins": {"score": {"disabled": [{"name": "*"}]}}}
    version = "kubescheduler.config.k8s.io/v1"
    configuration = {"apiVersion": version, "kind": "KubeSchedulerConfiguration", "profiles": [quiet]}
    lab = Lab.kubernetes(nodes=2, seed=1, scheduler=configuration, cloud="5s").run("1m")
    again = lab.at("30s").fork()
    again.apply(WEB.replace("    spec:\n", "    spec:\n      schedulerName: quiet\n"))
    again.kubectl("create service loadbalancer edge --tcp=80:8080")
    assert ready(again.run("1m")) == 3
    assert again.get("services", "edge")["status"]["loadBalancer"]["ingress"]


def test_forks_go_their_own_ways(lab):
    lab.apply(WEB)
    lab.run("1m")
    twin = lab.fork()
    twin.kubectl("scale deployment web --replicas=7")
    assert (ready(twin.run("1m")), ready(lab.run("1m"))) == (7, 3)


def test_diff_names_what_changed(lab):
    lab.run("10s").apply(WEB)
    lab.run("1m")
    assert any(str(change).startswith("+ Pod default/web-") for change in lab.diff("5s"))
    assert lab.diff(lab, lab) == []


def test_one_seed_gives_one_history_to_the_byte():
    def play(seed: int) -> str:
        lab = Lab.kubernetes(nodes=3, seed=seed)
        lab.apply(WEB)
        lab.run("2m").kubectl("delete pods --all")
        return repr(list(lab.run("2m").history))

    assert play(3) == play(3)
    assert play(3) != play(4)


PLAY = """
from labkit import Lab
lab = Lab.kubernetes(nodes=3, seed=5)
lab.kubectl("create deployment web --image=shop/web:1.0 --replicas=5")
lab.run("1m").kubectl("taint nodes node-2 repair=now:NoExecute")
print([*lab.run("2m").history], lab.show()._repr_html_(), lab.why("web"))
"""


def test_another_process_with_another_hash_seed_plays_the_same():
    runs = [subprocess.run([sys.executable, "-c", PLAY], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True)
            for seed in ("1", "2")]  # fmt: skip
    assert runs[0].returncode == 0, runs[0].stderr
    assert runs[0].stdout == runs[1].stdout


def test_a_fork_replays_as_the_original_would(lab):
    lab.apply(WEB)
    lab.run("3s")
    twin = lab.fork()
    assert repr(list(twin.run("2m").history)) == repr(list(lab.run("2m").history))


def test_the_graph_reads_as_sentences_and_cannot_be_written(lab):
    lab.apply(WEB)
    lab.run("1m")
    sentences = {(source.kind, relation, target.kind) for source, target, relation in lab.graph.edges(keys=True)}
    assert {
        ("Deployment", "owns", "ReplicaSet"),
        ("ReplicaSet", "owns", "Pod"),
        ("Pod", "runs-on", "Node"),
    } <= sentences
    with pytest.raises(Exception, match="Frozen graph"):
        lab.graph.add_node("x")


def test_a_refusal_names_file_and_object_and_says_what_to_do(lab, tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(WEB + "---" + WEB.replace("name: web}", "name: other}").replace("replicas: 3", "replicas: three"))
    with pytest.raises(ApiError) as refusal:
        lab.apply(path)
    assert "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas" in str(refusal.value)
    assert "shop.yaml, document 2, line 14, Deployment other. Nothing was applied" in str(refusal.value)
