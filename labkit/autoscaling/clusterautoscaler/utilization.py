"""How much of a node is asked for, as a scale-down sees it: requests, never use.

Source: cluster-autoscaler simulator/utilization/info.go, 1.36. Left out: GPUs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

LONG_TERMINATING = 30.0
"""Seconds after its grace period from which a pod that is being deleted no longer counts."""


class Held(NamedTuple):
    """A pod on a node: requests in millicores and bytes, who runs it, and how long it has been overdue (seconds)."""

    cpu: int
    memory: int
    is_daemon: bool = False
    is_mirror: bool = False
    overdue: float = 0.0


class Utilization(NamedTuple):
    """Shares from 0 to 1; the larger one counts."""

    cpu: float
    memory: float

    @property
    def resource(self) -> str:
        """Which of them counts; memory if they are equal."""
        return "cpu" if self.cpu > self.memory else "memory"

    @property
    def share(self) -> float:
        """What is compared with the threshold."""
        return max(self.cpu, self.memory)


def utilization(
    cpu: int, memory: int, pods: Iterable[Held], skip_daemons: bool = False, skip_mirrors: bool = False
) -> Utilization:
    """The asked share of a node that has `cpu` millicores and `memory` bytes to give.

    Skipped pods are taken from the node instead of being counted.
    """
    held = list(pods)
    skipped = [pod for pod in held if (pod.is_daemon and skip_daemons) or (pod.is_mirror and skip_mirrors)]
    counted = [pod for pod in held if pod not in skipped and pod.overdue <= LONG_TERMINATING]
    return Utilization(
        _share(sum(pod.cpu for pod in counted), cpu - sum(pod.cpu for pod in skipped)),
        _share(sum(pod.memory for pod in counted), memory - sum(pod.memory for pod in skipped)),
    )


def _share(asked: int, room: int) -> float:
    # Daemons may leave nothing of a node; what is asked of nothing is all too much.
    if not room:
        return math.inf if asked else math.nan
    return asked / room
