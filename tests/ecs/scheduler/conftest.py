"""Services to look at: a lab with definitions that do well and badly, and short questions about a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from labkit import Lab
from tests.ecs.conftest import container


class Shop(NamedTuple):
    """A lab and its service `shop`."""

    lab: Lab

    def define(self, **fields: Any) -> str:
        """A new revision of `web`."""
        made = self.lab.client.register_task_definition(family="web", containerDefinitions=[container(**fields)])
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def create(self, count: int | None = 2, **more: Any) -> Shop:
        """Make the service; `count` None for a daemon."""
        counted = {} if count is None else {"desiredCount": count}
        asked = {"serviceName": "shop", "taskDefinition": "web", **counted, **more}
        self.lab.client.create_service(**asked)
        return self

    def update(self, **more: Any) -> Shop:
        """Change the service."""
        self.lab.client.update_service(service="shop", **more)
        return self

    def run(self, duration: str) -> Shop:
        """Let time pass."""
        self.lab.run(duration)
        return self

    @property
    def service(self) -> dict[str, Any]:
        """The service as described."""
        return dict(self.lab.client.describe_services(services=["shop"])["services"][0])

    @property
    def messages(self) -> list[str]:
        """Its events, newest first."""
        return [one["message"] for one in self.service["events"]]

    @property
    def rollouts(self) -> list[tuple[str, str, int]]:
        """Status, rolloutState and runningCount of each deployment."""
        return [(one["status"], one["rolloutState"], one["runningCount"]) for one in self.service["deployments"]]

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        """Its tasks by desired status."""
        arns = self.lab.client.list_tasks(serviceName="shop", desiredStatus=status)["taskArns"]
        return list(self.lab.client.describe_tasks(tasks=arns)["tasks"]) if arns else []


@pytest.fixture
def shop() -> Shop:
    """Four m5.large in three zones, and web:1."""
    made = Shop(Lab.ecs(seed=1))
    made.define()
    return made


@pytest.fixture
def on() -> Callable[..., Shop]:
    """The same with other instances."""

    def make(**fields: Any) -> Shop:
        made = Shop(Lab.ecs(seed=1, **fields))
        made.define()
        return made

    return make
