"""What learners often believe of tasks, task definitions and services of ECS, each with what is true instead."""

from __future__ import annotations

ECS: dict[str, str] = {
    "containers of a task start in the order they are written": (
        "All containers of a task start as soon as their images are there, whatever their order in the list. Who"
        " must wait says so with dependsOn."
    ),
    "START waits for the end": (
        "The condition START is met as soon as the other container runs. COMPLETE waits for its end, SUCCESS for"
        " its end with exit code 0."
    ),
    "COMPLETE means that it went well": (
        "COMPLETE is met by any end, whatever the exit code. SUCCESS is the one that wants exit code 0."
    ),
    "a container that has done its work stops quietly": (
        "Containers are essential unless told otherwise, and the end of an essential one ends the task, even with"
        " exit code 0. Set essential to false where an end is no harm."
    ),
    "memory is what a container usually takes": (
        "memory is the hard limit: a container that passes it is killed, exit code 137. What it usually takes is"
        " memoryReservation, and that is what is subtracted from the instance."
    ),
    "a hard limit costs nothing": (
        "Where memory stands alone, all of it is subtracted from the instance for each task. Give memoryReservation"
        " as well: then only that much is."
    ),
    "the reservation is the highest that may be used": (
        "memoryReservation is what is kept for the container; it may use more. Keep what it usually takes, and let"
        " the peaks share what is free."
    ),
    "registering a task definition starts something": (
        "A task definition is a plan. Tasks come from run-task, or from a service."
    ),
    "a definition made for Fargate runs on Fargate": (
        "Where a task runs is said when it is started: --launch-type FARGATE. Without that it goes to an EC2"
        " instance if the definition allows it."
    ),
    "Fargate sizes come in whole vCPUs": (
        "Fargate begins at 256 units, a quarter of a vCPU, and you pay for what you ask for. Take the smallest size"
        " that has what the task needs."
    ),
    "on Fargate a container takes what it needs": (
        "The size at the task's level is the cap for all of its containers together. Nothing grows by itself."
    ),
    "run-task keeps a task alive": (
        "run-task starts tasks once. When one of them ends nobody starts another: that is what a service does."
    ),
    "services take the newest revision by themselves": (
        "A service keeps the revision it was given. It takes another one when update-service names it; the family's"
        " name alone means the newest."
    ),
    "desiredCount is set once and for all": (
        "desiredCount is a wish that can be changed at any time: update-service --desired-count."
    ),
    "asking again repairs it": (
        "Another task of the same revision meets the same end. Read why the first one stopped, then register a"
        " revision without that fault."
    ),
    "an early end is for want of memory": (
        "A container that passed its memory limit has exit code 137 and the reason OutOfMemoryError. Any other exit"
        " code is the program's own."
    ),
    "a restart policy saves an essential container": (
        "A restart is tried only if the container has run for restartAttemptPeriod, 60 s at least. One that ends"
        " sooner stays ended, and if it is essential its task ends too."
    ),
    "essential belongs to the helper": (
        "Essential is the container without which the task is worth nothing. Its end must end the task, or nobody"
        " learns that it is gone."
    ),
    "a task is a container": (
        "A task is one or several containers that are placed, started and stopped together, like a pod. The service"
        " keeps a number of tasks, not of containers."
    ),
    "the task's instance knows the desired count": (
        "The service, in the control plane, holds the desired count. The agent only starts and stops what it is"
        " told for its own instance."
    ),
    "a silent agent stops its containers": (
        "The containers go on running; only nobody hears of them, and no new task is placed there. ECS learns of an"
        " end when the agent is connected again."
    ),
    "a revision can be corrected": (
        "A revision never changes. Register again under the same family: that makes the next revision."
    ),
    "lastStatus is what was asked for": (
        "desiredStatus is what ECS wants, lastStatus what it last heard. Between the two lie the seconds, or"
        " minutes, in which it happens."
    ),
    "Fargate's machines are on your list": (
        "Fargate's machines are AWS's own. list-container-instances shows only instances that have registered with"
        " your cluster."
    ),
}
