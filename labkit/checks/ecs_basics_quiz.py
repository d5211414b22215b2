"""What lesson 24 asks: its predictions and its quiz."""

from __future__ import annotations

from typing import Any

from labkit.checks.ecs_answers import container
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.lab import Lab


def _registered() -> int:
    lab = Lab.ecs(instances=1, instance_type="m5.large", seed=1)
    names = lab.client.list_container_instances()["containerInstanceArns"]
    held = lab.client.describe_container_instances(containerInstances=names)["containerInstances"][0]
    return next(int(one["integerValue"]) for one in held["registeredResources"] if one["name"] == "MEMORY")


def _started(**behaviour: Any) -> tuple[Lab, str]:
    lab = Lab.ecs(instances=1, seed=1)
    lab.client.register_task_definition(family="web", containerDefinitions=[container("web"), container("setup")])
    if behaviour:
        lab.behave("family:web", container="setup", **behaviour)
    task: str = lab.client.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    return lab.run("1m"), task


def _after_setup() -> str:
    lab, task = _started(exits_after="20s", exit_code=0)
    status = lab.client.describe_tasks(tasks=[task])["tasks"][0]["lastStatus"]
    return "It stops" if status == "STOPPED" else "It runs on"


def _machine_off() -> str:
    lab, task = _started()
    lab.fail("a").run("30s")
    return str(lab.client.describe_tasks(tasks=[task])["tasks"][0]["lastStatus"])


PREDICTIONS = {
    "memory": Foresight(
        "An m5.large has 8 GiB of memory. How many MiB of it does ECS count with?",
        ("8192", "8000", "7680"),
        _registered,
        "The agent registers what the system reports, and that is less than what is on the label.",
    ),
    "setup": Foresight(
        "A task has two containers, web and setup. setup does its work for 20 s and ends with exit code 0. Nothing else"
        " was said. What does the task do?",
        ("It runs on", "It stops", "It starts setup again"),
        _after_setup,
        "Containers are essential unless told otherwise. When an essential one ends, the task stops.",
    ),
    "machine": Foresight(
        "A task runs, and its machine is switched off. What does describe-tasks say of it 30 seconds later?",
        ("RUNNING", "STOPPED", "UNKNOWN"),
        _machine_off,
        "lastStatus is what the agent last said. It takes minutes until ECS gives up a silent agent.",
    ),
}

QUIZ = (
    Item(
        "A service has desiredCount 2, and one of its two tasks is stopped. Who sees to it that two run again?",
        (
            wrong("The agent on the instance", "the task's instance knows the desired count"),
            right("The service's scheduler, in AWS's control plane", "It starts another; the old one stays stopped."),
            mistaken("Nobody, until you run run-task", "That is so for tasks without a service."),
        ),
    ),
    Item(
        "web:1 has a wrong port. How do you correct it?",
        (
            wrong("Update web:1", "a revision can be corrected"),
            right(
                "Register web again, and let the service use web:2",
                "A revision never changes; who uses it says which one.",
            ),
            wrong(
                "Register web again; the service takes it by itself",
                "services take the newest revision by themselves",
            ),
        ),
    ),
    Item(
        "A container has memory 1024 and memoryReservation 256. What is subtracted from its instance?",
        (
            wrong("1,024 MiB", "the reservation is the highest that may be used"),
            right("256 MiB", "And at 1,024 MiB the container is killed."),
            mistaken("1,280 MiB", "They are two limits of the same memory, not two amounts."),
        ),
    ),
    Item(
        "desiredStatus is STOPPED, lastStatus is RUNNING. What is going on?",
        (
            wrong("The task refuses to stop", "lastStatus is what was asked for"),
            right("It was asked to stop and hasn't ended yet", "Or its agent is silent, and nobody knows."),
            mistaken("The service starts it again", "A task that was asked to stop never runs again."),
        ),
    ),
    Item(
        "After SIGTERM a container needs 40 s to finish. Its stopTimeout isn't set. What happens?",
        (
            mistaken("It gets the 40 s", "Without stopTimeout it has 30 s on an instance."),
            right("After 30 s it is killed, exit code 137", "137 = 128 + 9, SIGKILL. A stopTimeout of 60 would help."),
            mistaken("It is killed at once, exit code 143", "First comes SIGTERM, and time to react to it."),
        ),
    ),
    Item(
        "On Fargate, what does list-container-instances show of your task's machine?",
        (
            wrong("An instance with Fargate's type", "Fargate's machines are on your list"),
            right("Nothing", "There's no instance in your cluster, and nothing to place on."),
            wrong("An instance as soon as the task runs", "Fargate's machines are on your list"),
        ),
    ),
    Item(
        "A service has desiredCount 3, and its task definition has two containers. How many containers does it run?",
        (
            wrong("3", "a task is a container"),
            right("6", "Three tasks of two containers each, and those two always on one instance."),
            mistaken("2", "desiredCount counts tasks, and there are three."),
        ),
    ),
    Item(
        "What stopped the task of seats?",
        (
            mistaken("Its container seats ended", "seats was stopped with the task: look at both exit codes."),
            right("Its container meter ended with code 1", "meter is essential, as by default. Should it be?"),
            wrong("It used too much memory", "an early end is for want of memory"),
        ),
    ),
    Item(
        "Why did stock never start?",
        (
            right("Its image doesn't exist", "CannotPullContainerError. Look closely at the tag: the letter O."),
            mistaken("No instance had room for it", "Then there would be no task, only a failure of run-task."),
            wrong("It has to be run again", "asking again repairs it"),
        ),
    ),
    Item(
        "Why is there no task of price?",
        (
            mistaken("It stopped, and an hour has passed", "Ten minutes have, and it never was there."),
            right("No instance has 8,192 MiB", "RESOURCE:MEMORY. An 8 GiB machine registers 7,680."),
            mistaken("The instances are full", "They are nearly empty: look at remainingResources."),
        ),
    ),
    Item(
        "The task of cart was told to stop five minutes ago. Why is its lastStatus RUNNING?",
        (
            wrong("It was killed, the list is old", "a silent agent stops its containers"),
            mistaken("It ignores SIGTERM", "Then it would have been killed after 30 s."),
            right("The agent of its instance is disconnected", "agentConnected is false: nobody hears the order."),
        ),
    ),
)
