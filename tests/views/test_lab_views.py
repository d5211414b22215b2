"""What a whole lab looks like: picture, graph, usage and reasons of a small shop."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Lab
from labkit.kinds import Key
from labkit.views import draw, explain, plot, show, usage
from labkit.views.film import Film
from labkit.views.snapshot import picture

SHOP = """
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
      - {name: main, image: nginx, resources: {requests: {cpu: 500m, memory: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: big}
spec:
  containers:
  - {name: main, image: nginx, envFrom: [{configMapRef: {name: settings}}], resources: {requests: {cpu: "8"}}}
"""


@pytest.fixture(scope="module")
def lab() -> Any:
    """Three nodes, a Deployment of three behind a Service, and a pod too big that reads a missing ConfigMap."""
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(SHOP)
    return lab.run("60s")


def test_the_picture_adds_up_requests_and_names_owners(lab: Any) -> None:
    shown = picture(lab.cluster)
    assert [gauge.used for gauge in shown.nodes[0].gauges] == [500, 1 << 30, 1]
    assert shown.owners == ["Deployment/default/web"]
    assert [node.zone for node in shown.nodes] == ["a", "b", "c"]


def test_a_pending_pod_carries_the_schedulers_words(lab: Any) -> None:
    (waiting,) = picture(lab.cluster).pending
    assert waiting.name == "big"
    assert waiting.reason.startswith("0/3 nodes are available: 3 Insufficient cpu.")
    assert "3 Insufficient cpu" in show(lab).alt


def test_the_past_can_be_shown(lab: Any) -> None:
    assert "2 min" not in show(lab.at("1s")).svg
    assert show(lab.at("1s")).alt.startswith("A cluster of 3 nodes with 4 pods, 0 of them ready, after 1 s.")


def test_two_labs_of_one_seed_look_the_same(lab: Any) -> None:
    again = Lab.kubernetes(nodes=3, seed=1)
    again.apply(SHOP)
    again.run("60s")
    assert show(again)._repr_html_() == show(lab)._repr_html_()
    assert draw(again).svg == draw(lab).svg


def test_a_films_last_picture_is_the_present(lab: Any) -> None:
    film = Film(lab.cluster)
    assert film.picture(-1) == picture(lab.cluster)
    assert film.picture(0).pods == []


def test_each_coming_and_binding_of_a_pod_is_a_moment_of_its_own(lab: Any) -> None:
    film = Film(lab.cluster)
    waiting = [len(film.picture(place).pending) for place in range(len(film))]
    assert max(waiting) > 1
    assert waiting[-1] == 1
    assert [moment.time for moment in film.moments] == sorted(moment.time for moment in film.moments)


def test_the_graph_shows_relations_as_words_and_what_is_missing(lab: Any) -> None:
    drawn = draw(lab)
    sentences = {(row[0].split()[0], row[1], row[2].split()[0]) for row in drawn.tables[0].rows}
    assert ("Deployment", "owns", "ReplicaSet") in sentences
    assert ("Service", "selects", "Pod") in sentences
    assert ("Pod", "runs-on", "Node") in sentences
    assert "Missing: ConfigMap settings." in drawn.alt


def test_the_graph_can_be_narrowed(lab: Any) -> None:
    assert repr(draw(lab, kinds=["Deployment", "ReplicaSet"])) == "<graph: 2 objects, 1 relation>"
    assert repr(draw(lab, namespace="elsewhere")) == "<graph: 0 objects, 0 relations>"


def test_usage_is_a_frame_of_requests_phases_and_replicas(lab: Any) -> None:
    frame = usage(lab)
    assert frame["cpu"].iloc[-1].tolist() == [0.5, 0.5, 0.5]
    assert frame["memory"].iloc[-1].sum() == 3
    assert frame["ready"]["Deployment/default/web"].iloc[[0, -1]].fillna(0).tolist() == [0, 3]
    assert frame["pods"]["Running"].iloc[-1] == 3
    assert frame.index[-1] == lab.now


def test_usage_keeps_to_the_points_asked_for(lab: Any) -> None:
    assert list(usage(lab, points=3).index)[-1] == lab.now
    assert len(usage(lab, points=3)) == 3


def test_a_plot_is_the_same_bytes_each_time_and_has_its_table(lab: Any) -> None:
    drawn = plot(lab)
    assert drawn.svg == plot(lab).svg
    assert "1.5 at last" in drawn.alt
    assert drawn.tables[0].columns[:2] == ("Seconds", "cpu node-1")


def test_many_nodes_are_plotted_as_a_band() -> None:
    assert "least to most of 12" in plot(Lab.kubernetes(nodes=12)).svg


def test_reasons_mark_the_winner_and_its_ties() -> None:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.cluster.patch(Key("Node", "", "node-2"), {"spec": {"unschedulable": True}})
    lab.apply(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "one"},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        }
    )
    lab.run("1s")
    why = explain(lab.why("one"))
    page = why._repr_html_()
    assert page.count("★ chosen") == 1
    assert page.count(">tie<") == 1
    assert "NodeUnschedulable: node(s) were unschedulable" in page
    assert repr(why).startswith("<why: one → node-")


def test_reasons_of_a_waiting_pod_name_who_refused(lab: Any) -> None:
    page = explain(lab.why("big"))._repr_html_()
    assert page.count("✗ refused") == 3
    assert "NodeResourcesFit: Insufficient cpu" in page
