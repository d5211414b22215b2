"""kubectl logs: what a container was declared to write."""

from __future__ import annotations

import pytest

from labkit import Lab

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - {name: main, image: "nginx:1"}
  - {name: log, image: "log:1"}
"""


@pytest.fixture
def lab() -> Lab:
    lab = Lab.kubernetes(nodes=1)
    lab.apply(POD)
    return lab.behave("app=web", container="main", logs=["one", "two", "three"]).run("20s")


def test_the_lines_of_the_first_container_are_printed(lab: Lab) -> None:
    answer = lab.kubectl("logs web")
    assert answer.stdout == "one\ntwo\nthree\n"
    assert answer.stderr == 'Defaulted container "main" out of: main, log\n'
    assert lab.kubectl("logs web -c main --tail=1").stdout == "three\n"
    assert lab.kubectl("logs web log").stdout == ""


def test_the_run_before_is_asked_for_with_p(lab: Lab) -> None:
    missing = lab.kubectl("logs web -c main -p").stderr
    assert missing == 'Error from server (BadRequest): previous terminated container "main" in pod "web" not found\n'
    lab.behave("app=web", container="main", crashes_after="1s").run("2s")
    assert lab.kubectl("logs web -c main -p").stdout == "one\ntwo\nthree\n"
    lab.behave("app=web", logs="afresh", crashes_after="never").run("30s")
    assert lab.kubectl("logs web -c main").stdout == "afresh\n"


def test_a_container_that_is_not_there_or_waits_is_refused(lab: Lab) -> None:
    assert lab.kubectl("logs web -c nobody").stderr == "error: container nobody is not valid for pod web\n"
    lab.apply(POD.replace("name: web,", "name: new,"))
    waits = 'Error from server (BadRequest): container "main" in pod "new" is waiting to start: ContainerCreating\n'
    assert lab.run("0.3s").kubectl("logs new -c main").stderr == waits


def test_a_silent_node_gives_no_logs(lab: Lab) -> None:
    assert "connect: no route to host" in lab.fail("node-1").kubectl("logs web -c main").stderr


def test_an_evicted_pod_has_no_logs_any_more(lab: Lab) -> None:
    lab.behave("app=web", disk="95Gi").run("15s")
    assert lab.get("pods", "web")["status"]["reason"] == "Evicted"
    gone = 'Error from server (BadRequest): container "main" in pod "web" is not available\n'
    assert lab.kubectl("logs web -c main").stderr == gone
