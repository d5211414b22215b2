"""Usage over time of an ECS cluster: what tasks held, their states, services' wishes."""

from __future__ import annotations

from labkit.lab import Lab
from labkit.views import plot, usage


def test_held_units_and_running_tasks_follow_the_cluster() -> None:
    lab = Lab.ecs(2, seed=1)
    container = {"name": "web", "image": "shop/web:1.0", "cpu": 256, "memory": 512}
    lab.client.register_task_definition(family="web", containerDefinitions=[container])
    lab.run("1m").client.run_task(taskDefinition="web", count=3)
    frame = usage(lab.run("1m"))
    assert frame["cpu_units"].sum(axis=1).iloc[0] == 0
    assert frame["cpu_units"].sum(axis=1).iloc[-1] == 3 * 256
    assert frame["mib"].sum(axis=1).iloc[-1] == 3 * 512
    assert (frame["tasks"]["RUNNING"].iloc[-1], frame["running"]["web"].iloc[-1]) == (3, 3)


def test_what_a_service_wants_is_drawn_behind_what_runs() -> None:
    lab = Lab.ecs(2, seed=1)
    container = {"name": "web", "image": "shop/web:1.0", "cpu": 256, "memory": 512}
    lab.client.register_task_definition(family="web", containerDefinitions=[container])
    lab.client.create_service(serviceName="front", taskDefinition="web", desiredCount=2)
    assert usage(lab.run("10s"))["desired"]["front"].iloc[-1] == 2
    drawn = plot(lab)
    assert "CPU units held by tasks" in drawn.alt and "Tasks by last status" in drawn.alt
