"""The actors of ECS, in the order in which they act when several are due."""

from __future__ import annotations

from typing import Any

from labkit.ecs.agent import Agent
from labkit.ecs.balancing.actor import Targets
from labkit.ecs.eventbridge.actor import Rules
from labkit.ecs.scheduler.actor import ServiceScheduler
from labkit.ecs.waiting import WaitingTasks
from labkit.kubelet.timing import Timing


def actors(timing: Timing) -> list[Any]:
    """All of them; they cost nothing in a world without ECS."""
    return [WaitingTasks(), Agent(timing), Rules(), Targets(timing), ServiceScheduler()]
