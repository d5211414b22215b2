"""How long a DaemonSet waits before it replaces a pod that failed once more on the same node.

What is remembered waits in the clock, as timers are what a fork carries along.
Source: pkg/controller/daemon/daemon_controller.go podsShouldBeOnNode, client-go util/flowcontrol/backoff.go, v1.36.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.kinds.registry import Key

FIRST, LONGEST = 1.0, 900.0
MOST = 11
"""From so many failures on the wait is the longest."""


class Waits(NamedTuple):
    """A timer: until it falls due no pod is replaced on the node."""

    owner: Key
    uid: str
    node: str


class Remembered(NamedTuple):
    """A timer: pods of that DaemonSet have failed so many times on the node; then it is forgotten."""

    waits: Waits
    times: int


class Again(NamedTuple):
    """A timer: the DaemonSet is looked at again."""

    owner: Key


def wait(times: int) -> float:
    """Seconds after the failure number `times`, from 1: 1, 2, 4 … 900."""
    return min(FIRST * 2.0 ** (times - 1), LONGEST)


def may_replace(cluster: Cluster, actor: str, node: Waits) -> bool:
    """Whether a failed pod of the node may be replaced now; if so, the wait for the next begins.

    If not, the DaemonSet is looked at again after the whole wait, counted from now: that is how the controller does it.
    """
    clock = cluster.clock
    times = next((times for times in range(1, MOST + 1) if clock.has((actor, Remembered(node, times)))), 0)
    if clock.has((actor, node)):
        clock.wake((actor, Again(node.owner)), wait(times))
        return False
    clock.cancel((actor, Remembered(node, times)))
    clock.wake((actor, Remembered(node, min(times + 1, MOST))), 2 * LONGEST)
    clock.wake((actor, node), wait(times + 1))
    return True
