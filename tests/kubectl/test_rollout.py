"""`kubectl rollout`, on labs whose controllers run."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Lab

WEB = """
apiVersion: apps/v1
kind: {kind}
metadata: {{name: web}}
spec:
  {more}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "shop/web:1.0"}}]}}
"""
DONE = 'deployment "web" successfully rolled out'


def made(kind: str = "Deployment", more: str = "replicas: 3") -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(WEB.format(kind=kind, more=more))
    return lab.run("1m")


@pytest.fixture
def lab() -> Lab:
    return made()


def image(lab: Any) -> str:
    return str(lab.get("deployments", "web")["spec"]["template"]["spec"]["containers"][0]["image"])


def test_status_lets_time_pass_until_the_rollout_is_done(lab: Lab) -> None:
    lab.kubectl("set image deploy/web web=shop/web:2.0")
    before = lab.now
    lines = lab.kubectl("rollout status deploy/web").stdout.splitlines()
    assert lines[0] == 'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...'
    assert lines[-1] == DONE
    assert lab.now > before + 1


def test_status_without_watch_looks_once(lab: Lab) -> None:
    lab.kubectl("set image deploy/web web=shop/web:2.0")
    before = lab.now
    told = lab.kubectl("rollout status deploy/web --watch=false")
    assert told.stdout == "Waiting for deployment spec update to be observed...\n"
    assert (told.exit_code, lab.now) == (0, before)


def test_status_gives_up_after_its_timeout(lab: Lab) -> None:
    lab.kubectl("set image deploy/web web=shop/WEB:2.0")
    told = lab.kubectl("rollout status deploy/web --timeout=20s")
    assert told.stderr == "error: timed out waiting for the condition\n"
    assert told.exit_code == 1


def test_status_fails_once_the_progress_deadline_has_passed(lab: Lab) -> None:
    lab.kubectl("set image deploy/web web=shop/WEB:2.0")
    assert lab.kubectl("rollout status deploy/web").stderr == 'error: deployment "web" exceeded its progress deadline\n'


def test_status_of_another_revision_is_an_error(lab: Lab) -> None:
    told = lab.kubectl("rollout status deploy/web --revision=7")
    assert told.stderr == "error: desired revision (7) is different from the running revision (1)\n"


def test_undo_brings_the_old_image_back_under_a_new_number(lab: Lab) -> None:
    lab.kubectl("set image deploy/web web=shop/web:2.0")
    lab.run("1m")
    assert lab.kubectl("rollout undo deploy/web").stdout == "deployment.apps/web rolled back\n"
    lab.run("1m")
    assert image(lab) == "shop/web:1.0"
    assert lab.kubectl("rollout history deploy/web").stdout == (
        "deployment.apps/web \nREVISION  CHANGE-CAUSE\n2         <none>\n3         <none>\n\n"
    )


def test_undo_to_what_runs_is_skipped_and_to_what_is_unknown_an_error(lab: Lab) -> None:
    told = lab.kubectl("rollout undo deploy/web --to-revision=1").stdout
    assert told == "deployment.apps/web skipped rollback (current template already matches revision 1)\n"
    told = lab.kubectl("rollout undo deploy/web --to-revision=9").stderr
    assert told == "error: unable to find specified revision 9 in history\n"
    assert lab.kubectl("rollout undo deploy/web").stderr == 'error: no rollout history found for deployment "web"\n'


def test_a_paused_deployment_collects_changes(lab: Lab) -> None:
    assert lab.kubectl("rollout pause deploy/web").stdout == "deployment.apps/web paused\n"
    lab.kubectl("set image deploy/web web=shop/web:2.0")
    lab.run("1m")
    assert len(lab.get("replicasets")) == 1
    assert lab.kubectl("rollout undo deploy/web --to-revision=1").exit_code == 1
    lab.kubectl("rollout resume deploy/web")
    assert lab.run("1m").kubectl("rollout status deploy/web").stdout == f"{DONE}\n"
    assert len(lab.get("replicasets")) == 2


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("rollout resume deploy/web", 'error: deployments.apps "web" is not paused\n'),
        ("rollout pause deploy/nothing", 'Error from server (NotFound): deployments.apps "nothing" not found\n'),
        ("rollout status", "error: required resource not specified\n"),
        ("rollout status cm/kube-root-ca.crt", "error: no status viewer has been implemented for ConfigMap\n"),
        ("rollout history deploy/web --revision=5", "error: unable to find the specified revision\n"),
    ],
)
def test_what_cannot_be_done_is_told_in_the_real_words(lab: Lab, command: str, told: str) -> None:
    found = lab.kubectl(command)
    assert (found.stderr, found.exit_code) == (told, 1)


def test_restart_makes_every_pod_anew(lab: Lab) -> None:
    before = {pod["metadata"]["name"] for pod in lab.get("pods")}
    assert lab.kubectl("rollout restart deploy/web").stdout == "deployment.apps/web restarted\n"
    after = {pod["metadata"]["name"] for pod in lab.run("2m").get("pods")}
    assert len(after) == 3
    assert not before & after


def test_a_dry_run_changes_nothing(lab: Lab) -> None:
    version = lab.get("deployments", "web")["metadata"]["resourceVersion"]
    assert lab.kubectl("rollout restart deploy/web --dry-run=client").stdout.endswith("restarted (dry run)\n")
    assert lab.get("deployments", "web")["metadata"]["resourceVersion"] == version


def test_a_daemon_set_is_rolled_out_and_back() -> None:
    lab = made("DaemonSet", "minReadySeconds: 0")
    assert lab.kubectl("rollout status ds/web").stdout == 'daemon set "web" successfully rolled out\n'
    lab.kubectl("set image ds/web web=shop/web:2.0")
    assert lab.kubectl("rollout status ds/web").stdout.endswith('daemon set "web" successfully rolled out\n')
    assert "2         <none>" in lab.kubectl("rollout history ds/web").stdout
    assert lab.kubectl("rollout undo ds/web").stdout == "daemonset.apps/web rolled back\n"
    lab.run("2m")
    assert {pod["spec"]["containers"][0]["image"] for pod in lab.get("pods")} == {"shop/web:1.0"}


def test_a_stateful_set_tells_how_far_it_is() -> None:
    lab = made("StatefulSet", "replicas: 2\n  serviceName: web")
    lab.kubectl("rollout restart sts/web")
    lines = lab.kubectl("rollout status sts/web").stdout.splitlines()
    assert lines[-1] == "partitioned roll out complete: 2 new pods have been updated..."
