"""What containers are declared to do: probes, memory, crashes, logs."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import FieldError, Lab
from labkit.kubelet import behaviour

CART = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart}
spec:
  replicas: 2
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      containers:
      - name: main
        image: shop/cart:1
        resources: {limits: {memory: 128Mi}}
        ports: [{name: http, containerPort: 8080}]
        PROBES
"""
READINESS = "readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 5}"
LIVENESS = "livenessProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 10, failureThreshold: 3}"
STARTUP = "startupProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 5, failureThreshold: 4}"


def cart(probes: str = "") -> Lab:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(CART.replace("PROBES", probes))
    return lab


def ready(lab: Lab) -> int:
    return sum(lab.cluster.read(key).is_ready for key in lab.cluster.keys("Pod"))


def containers(lab: Lab) -> list[Any]:
    return [pod["status"]["containerStatuses"][0] for pod in lab.get("pods")]


def told(lab: Lab, reason: str) -> set[str]:
    return {one["message"] for one in lab.cluster.list("Event") if one["reason"] == reason}


def test_pods_to_come_behave_as_declared_too() -> None:
    lab = cart(READINESS).behave("app=cart", starts_in="30s")
    assert ready(lab.run("20s")) == 0
    assert ready(lab.run("30s")) == 2
    lab.kubectl("scale deployment cart --replicas=3")
    assert ready(lab.run("20s")) == 2
    assert ready(lab.run("30s")) == 3


def test_a_slow_start_shows_as_refused_connections() -> None:
    lab = cart(READINESS).behave("app=cart", starts_in="12s").run("30s")
    (first,) = {pod["status"]["podIP"] for pod in lab.get("pods")[:1]}
    refused = f"dial tcp {first}:8080: connect: connection refused"
    assert f'Readiness probe failed: Get "http://{first}:8080/ready": {refused}' in told(lab, "Unhealthy")


def test_pods_that_are_no_longer_ready_leave_after_three_probes_and_come_back() -> None:
    lab = cart(READINESS).run("60s").behave("app=cart", ready=False)
    assert ready(lab.run("9s")) == 2
    assert ready(lab.run("8s")) == 0
    assert "Readiness probe failed: HTTP probe failed with statuscode: 503" in told(lab, "Unhealthy")
    assert ready(lab.behave("app=cart", ready=True).run("6s")) == 2
    assert {one["restartCount"] for one in containers(lab)} == {0}


def test_a_failed_liveness_probe_restarts_the_container() -> None:
    lab = cart(LIVENESS).behave("app=cart", live="45s").run("60s")
    assert {one["restartCount"] for one in containers(lab)} == {0}
    lab.run("20s")
    assert {one["restartCount"] for one in containers(lab)} == {1}
    assert "Container main failed liveness probe, will be restarted" in told(lab, "Killing")
    assert ready(lab) == 2


def test_a_container_that_outlives_its_grace_period_is_killed() -> None:
    lab = cart(LIVENESS).behave("app=cart", live=False, stops_in="1m").run("65s")
    assert containers(lab)[0]["lastState"]["terminated"]["exitCode"] == 137


def test_a_startup_probe_gives_up_after_its_threshold_and_a_longer_one_does_not() -> None:
    lab = cart(STARTUP).behave("app=cart", starts_in="25s").run("30s")
    assert "Container main failed startup probe, will be restarted" in told(lab, "Killing")
    patient = cart(STARTUP.replace("4", "10")).behave("app=cart", starts_in="25s").run("30s")
    assert ready(patient) == 2
    assert told(patient, "Killing") == set()


def test_liveness_waits_for_the_startup_probe() -> None:
    lab = cart(STARTUP.replace("4", "20") + "\n        " + LIVENESS).behave("app=cart", starts_in="50s").run("80s")
    assert {one["restartCount"] for one in containers(lab)} == {0}
    assert not any(message.startswith("Liveness") for message in told(lab, "Unhealthy"))


def test_memory_above_the_limit_is_out_of_memory() -> None:
    lab = cart().run("20s").behave("app=cart", memory="100Mi").run("5s")
    assert {one["restartCount"] for one in containers(lab)} == {0}
    lab.behave("app=cart", memory="200Mi").run("2s")
    ended = containers(lab)[0]["lastState"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (137, "OOMKilled")
    assert "CrashLoopBackOff" in str(lab.run("10s").kubectl("get pods"))
    assert ready(lab.behave("app=cart", memory="64Mi").run("30s")) == 2


def test_crashes_and_their_exit_codes() -> None:
    lab = cart().behave("app=cart", crashes_after="10s", exit_code=3).run("20s")
    assert containers(lab)[0]["lastState"]["terminated"]["exitCode"] == 3
    assert ready(lab.behave("app=cart", crashes_after="never").run("2m")) == 2


def test_a_later_word_about_the_end_counts() -> None:
    lab = cart().behave("app=cart", crashes_after="30s").run("10s").behave("app=cart", crashes_after="60s").run("40s")
    assert {one["restartCount"] for one in containers(lab)} == {0}
    assert {one["restartCount"] for one in containers(lab.run("30s"))} == {1}


def test_annotations_say_the_same_for_one_container_of_a_pod() -> None:
    lab = cart().run("10s")
    pod = lab.get("pods")[0]["metadata"]["name"]
    lab.kubectl(f"annotate pod {pod} labkit.dev/memory.main=1Gi")
    assert {one["restartCount"] for one in containers(lab.run("2s"))} == {0, 1}


def test_what_was_declared_is_forked_and_looked_back_at() -> None:
    lab = cart(READINESS).run("30s").behave("app=cart", ready=False)
    twin = lab.fork()
    assert ready(twin.run("30s")) == 0
    assert ready(lab.at("20s").fork().run("60s")) == 2


def test_what_requests_cost_is_declared_in_words_or_numbers() -> None:
    lab = cart().behave("app=cart", cost=0.005, latency="30ms", timeout=2, memory_per_request="1Mi")
    told = behaviour.of(lab.cluster, lab.run("1s").cluster.read(lab.cluster.keys("Pod")[0]), "main")
    assert (told.cost, told.latency, told.timeout, told.memory_per_request) == (0.005, 0.03, 2, 2**20)


WRONG = [{"cost": "cheap"}, {"memory": "much"}, {"starts_in": "soon"}, {"exit_code": 300}, {"cpu": True}]


@pytest.mark.parametrize("word", WRONG)
def test_words_that_mean_nothing_are_refused(word: dict[str, Any]) -> None:
    with pytest.raises(FieldError):
        cart().behave("app=cart", **word)
    with pytest.raises(TypeError, match="can't be told 'sings'"):
        cart().behave("app=cart", sings=True)


def test_a_flood_of_failed_probes_is_thinned_out() -> None:
    lab = cart(READINESS).behave("app=cart", ready=False).run("24h")
    counts = [one["count"] for one in lab.cluster.list("Event") if one["reason"] == "Unhealthy"]
    assert max(counts) < 25 + 24 * 12 + 2


def test_a_pre_stop_hook_takes_its_time_out_of_the_grace_period() -> None:
    hook = 'lifecycle: {preStop: {exec: {command: [sh, -c, "sleep 8"]}}}'
    lab = cart(hook).run("20s")
    lab.kubectl("delete deployment cart --wait=false")
    assert len(lab.run("7s").get("pods")) == 2
    assert lab.run("3s").get("pods") == []
