"""ReplicationControllers, from the manifest to the command line."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.errors import ApiError

OLD = """
apiVersion: v1
kind: ReplicationController
metadata: {name: web}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "shop/web:1.0"}]}
"""


@pytest.fixture
def lab() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(OLD)
    return lab.run("1m")


def test_it_selects_by_its_templates_labels_and_keeps_so_many_pods(lab: Lab) -> None:
    web = lab.get("rc", "web")
    assert web["spec"]["selector"] == web["metadata"]["labels"] == {"app": "web"}
    assert web["status"] == {
        "replicas": 3, "fullyLabeledReplicas": 3, "readyReplicas": 3, "availableReplicas": 3, "observedGeneration": 1,
    }  # fmt: skip
    assert len({pod["spec"]["nodeName"] for pod in lab.get("pods")}) == 3
    told = lab.kubectl("describe rc web").stdout
    assert "Replicas:     3 current / 3 desired" in told
    assert "replication-controller  Created pod: web-" in told


def test_a_lost_pod_comes_back_and_an_orphan_is_taken_up(lab: Lab) -> None:
    first = lab.get("pods")[0]["metadata"]["name"]
    lab.kubectl(f"delete pod {first} --wait=false")
    assert len(lab.run("1m").get("pods")) == 3
    lab.kubectl("delete rc web --cascade=orphan")
    assert len(lab.run("1m").get("pods")) == 3
    lab.apply(OLD)
    assert len(lab.run("1m").get("pods")) == 3
    assert lab.get("pods")[0]["metadata"]["ownerReferences"][0]["uid"] == lab.get("rc", "web")["metadata"]["uid"]


def test_it_is_scaled_and_takes_its_pods_along(lab: Lab) -> None:
    assert lab.kubectl("scale rc/web --replicas=1").stdout == "replicationcontroller/web scaled\n"
    assert len(lab.run("1m").get("pods")) == 1
    lab.kubectl("delete rc web")
    assert lab.run("1m").get("pods") == []


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("status", "error: no status viewer has been implemented for ReplicationController"),
        ("history", 'error: no history viewer has been implemented for "ReplicationController"'),
        ("undo", 'error: no rollbacker has been implemented for "ReplicationController"'),
        ("restart", "error: replicationcontrollers \"web\" restarting is not supported"),
        ("pause", "error: replicationcontrollers \"web\" pausing is not supported"),
    ],
)  # fmt: skip
def test_it_has_no_rollouts(lab: Lab, words: str, refusal: str) -> None:
    assert lab.kubectl(f"rollout {words} rc/web").stderr.strip() == refusal


def test_a_budget_and_an_autoscaler_may_cover_it(lab: Lab) -> None:
    lab.kubectl("create poddisruptionbudget web --selector=app=web --max-unavailable=1")
    assert lab.run("10s").get("pdb", "web")["status"]["disruptionsAllowed"] == 1


def test_a_selector_that_misses_the_template_is_refused() -> None:
    with pytest.raises(ApiError, match="`selector` does not match template `labels`"):
        Lab.kubernetes(nodes=1).apply(OLD.replace("replicas: 3", "selector: {app: cart}"))
