"""`kubectl set`."""

from __future__ import annotations

import pytest

from labkit.kinds import Key


def container(lab):
    return lab.cluster.require(Key("Deployment", "default", "web"))["spec"]["template"]["spec"]["containers"][0]


def test_images_change_and_nothing_is_said_where_they_do_not(lab):
    say = [
        lab.kubectl(f"set image deploy/web {word}").stdout for word in ("c=shop/web:2", "c=shop/web:2", "*=shop/web:3")
    ]
    assert say == ["deployment.apps/web image updated\n", "", "deployment.apps/web image updated\n"]
    assert container(lab)["image"] == "shop/web:3"


def test_resources_are_laid_over_what_is_there(lab):
    for flags in ("--requests=cpu=100m", "--requests=memory=64Mi --limits=cpu=200m"):
        assert lab.kubectl(f"set resources deploy web {flags}").stdout.endswith("resource requirements updated\n")
    asked = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "200m"}}
    assert container(lab)["resources"] == asked


def test_what_the_server_refuses_is_told_with_what_was_tried(lab):
    done = lab.kubectl("set resources deploy web --requests=cpu=2 --limits=cpu=1")
    start = 'error: failed to patch resources update to pod template Deployment.apps "web" is invalid: '
    assert done.stderr.startswith(start) and done.exit_code == 1


def test_variables_are_set_listed_and_removed(lab):
    lab.kubectl("set env deploy/web A=1 B=2")
    assert lab.kubectl("set env deploy/web A=3 B- C=4").stdout == "deployment.apps/web env updated\n"
    assert lab.kubectl("set env deploy/web --list").stdout == "# Deployment web, container c\nA=3\nC=4\n"
    assert lab.kubectl("set env deploy/web A=9 --overwrite=false").stderr == (
        "error: 'A' already has a value, and --overwrite is false\n"
    )


def test_variables_can_come_from_a_config_map(lab):
    lab.kubectl("set env deploy/web --from=cm/settings --prefix=X_")
    found = {each["name"]: each["valueFrom"] for each in container(lab)["env"]}
    assert found["X_LEVEL"] == {"configMapKeyRef": {"key": "LEVEL", "name": "settings"}}
    text = lab.kubectl("set env deploy/web --list").stdout
    assert "# X_LEVEL from configmap settings, key LEVEL\n" in text


def test_a_service_selects_other_pods(lab):
    lab.kubectl("expose deploy web --port=80")
    assert lab.kubectl("set selector svc web app=x,tier=y").stdout == "service/web selector updated\n"
    assert lab.cluster.require(Key("Service", "default", "web"))["spec"]["selector"] == {"app": "x", "tier": "y"}


def test_pods_run_as_another_service_account(lab):
    assert lab.kubectl("set serviceaccount deploy web robot").stdout == "deployment.apps/web serviceaccount updated\n"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("set image deploy/web", "error: at least one image update is required\n"),
        ("set image deploy/web nginx=x", 'error: unable to find container named "nginx"\n'),
        ("set image deploy nothing c=x", 'Error from server (NotFound): deployments.apps "nothing" not found\n'),
        (
            "set resources deploy web",
            "error: you must specify an update to requests or limits (in the form of --requests/--limits)\n",
        ),
        (
            "set resources deploy web --limits=cpu",
            "error: Invalid argument syntax cpu, expected <resource>=<value>\n",
        ),
        ("set env deploy/web", "error: at least one environment variable must be provided\n"),
    ],
)
def test_lines_that_make_no_sense_are_refused(lab, command, error):
    done = lab.kubectl(command)
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)


def test_a_dry_run_changes_nothing(lab):
    assert (
        lab.kubectl("set image deploy/web c=x --dry-run=client").stdout
        == "deployment.apps/web image updated (dry run)\n"
    )
    assert container(lab)["image"] == "shop/web:1"
