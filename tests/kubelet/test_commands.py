"""What plain commands do, and that nothing is made up of others."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.kubelet.commands import of_container, words


@pytest.mark.parametrize(
    ("line", "after", "code", "logs"),
    [
        (("true",), "0.1s", "0", None),
        (("/bin/false",), "0.1s", "1", None),
        (("sleep", "20"), "20s", "0", None),
        (("sleep", "1m", "1.5"), "61.5s", "0", None),
        (("echo", "hello", "world"), "0.1s", "0", "hello world"),
        (("sh", "-c", "echo one; sleep 5; echo 'two three'; exit 3"), "5s", "3", "one\ntwo three"),
        (("/bin/sh", "-c", "false && echo never; echo still"), "0.1s", "0", "still"),
        (("bash", "-c", "sleep 2 && false"), "2s", "1", None),
        (("sh", "-c", "sleep 3\nexit"), "3s", "0", None),
    ],
)
def test_a_plain_command_ends_as_it_would(line: tuple[str, ...], after: str, code: str, logs: str | None) -> None:
    told = words(line)
    assert (told["exits-after"], told["exit-code"], told.get("logs")) == (after, code, logs)


@pytest.mark.parametrize(
    "line",
    [
        ("nginx", "-g", "daemon off;"), ("sleep", "infinity"), ("sleep",), ("sleep", "soon"), ("sh",),
        ("echo", "-e", "x"), ("sh", "-c", "while true; do date; sleep 5; done"), ("sh", "-c", "echo $HOME"),
        ("sh", "-c", "echo a > /tmp/x"),
        ("sh", "-c", "echo 'open"), ("sh", "-c", ""), ("exit", "x"),
    ],
)  # fmt: skip
def test_of_others_nothing_is_known(line: tuple[str, ...]) -> None:
    assert words(line) == {}


def test_what_was_written_before_an_unknown_command_stays() -> None:
    assert words(("sh", "-c", "echo starting; exec serve")) == {"logs": "starting"}


def test_arguments_alone_are_a_command_where_the_image_has_none() -> None:
    assert of_container("busybox:1.36", (), ("sleep", "5"))["exits-after"] == "5s"
    assert of_container("docker.io/library/busybox", (), ("sleep", "5"))["exits-after"] == "5s"
    assert of_container("shop/web:1.0", (), ("sleep", "5")) == {}
    assert of_container("shop/web:1.0", ("sleep",), ("5",))["exits-after"] == "5s"


def test_a_job_made_by_a_command_completes_and_its_log_can_be_read() -> None:
    lab = Lab.kubernetes(nodes=1)
    lab.kubectl("create job hello --image=busybox -- sh -c 'echo hello; sleep 10'")
    lab.run("30s")
    assert lab.get("jobs")[0]["status"]["succeeded"] == 1
    assert str(lab.kubectl("logs job/hello")).strip() == "hello"


def test_what_is_declared_goes_before_the_command() -> None:
    lab = Lab.kubernetes(nodes=1)
    lab.behave("job-name=slow", exits_after="5m", exit_code=0)
    lab.kubectl("create job slow --image=busybox -- true")
    assert "succeeded" not in lab.run("2m").get("jobs")[0]["status"]
    assert lab.run("4m").get("jobs")[0]["status"]["succeeded"] == 1


def test_a_task_of_ecs_ends_with_its_command_too() -> None:
    lab = Lab.ecs(1)
    container = {"name": "main", "image": "busybox", "memory": 64, "command": ["sleep", "20"]}
    lab.client.register_task_definition(family="nap", containerDefinitions=[container])
    other = {"containerOverrides": [{"name": "main", "command": ["false"]}]}
    lab.client.run_task(taskDefinition="nap")
    lab.client.run_task(taskDefinition="nap", overrides=other)
    arns = lab.run("1m").client.list_tasks(desiredStatus="STOPPED")["taskArns"]
    ended = lab.client.describe_tasks(tasks=arns)["tasks"]
    assert sorted(task["containers"][0]["exitCode"] for task in ended) == [0, 1]
