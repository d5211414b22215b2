"""Whether a pod answers a connection, and why not."""

from __future__ import annotations

from typing import Any

from labkit import Lab
from labkit.kinds import Key
from labkit.kubelet import Timing
from labkit.kubelet.answering import refusal

POD = Key("Pod", "default", "web")


def served(*ports: int, **spec: Any) -> Lab:
    lab = Lab.kubernetes(nodes=1)
    container = {"name": "main", "image": "web:1", "ports": [{"containerPort": port} for port in ports]}
    meta = {"name": "web", "labels": {"app": "web"}}
    lab.apply({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}})
    return lab.run("30s")


def why(lab: Lab, port: int = 80) -> str:
    return refusal(lab.cluster, POD, port, Timing())


def test_a_running_pod_answers_on_the_ports_it_declares() -> None:
    lab = served(80, 443)
    assert why(lab) == why(lab, 443) == ""
    assert why(lab, 81) == "connection refused by web: it listens on 80, 443, not on 81"


def test_a_pod_that_declares_no_port_answers_on_all() -> None:
    assert why(served(), 12345) == ""


def test_an_application_answers_once_it_has_started_and_while_it_is_ready() -> None:
    lab = served(80)
    lab.behave("app=web", ready=False)
    assert why(lab) == "connection refused by web: its application doesn't answer"
    lab.behave("app=web", ready=True, starts_in="1m")
    assert "doesn't answer" in why(lab)
    assert why(lab.run("1m")) == ""


def test_a_container_that_has_ended_doesnt_answer() -> None:
    lab = served(80, restartPolicy="Never").behave("app=web", exits_after="40s").run("30s")
    assert "doesn't answer" in why(lab)


def test_silent_nodes_and_pods_that_are_gone_time_out() -> None:
    lab = served(80)
    lab.fail("node-1")
    assert why(lab) == "timed out: node-1, the node of web, doesn't answer"
    assert refusal(lab.cluster, Key("Pod", "default", "gone"), 80, Timing()) == "timed out: gone is gone"
