"""Crash loops and image pulls: how long a kubelet waits before it tries again. All pure.

Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go doBackOff, client-go util/flowcontrol/backoff.go,
pkg/kubelet/container/helpers.go ShouldContainerBeRestarted, v1.36.
"""

from __future__ import annotations

FIRST = 10.0
LONGEST = 300.0


def next_wait(previous: float | None, ran: float) -> float:
    """Seconds to wait before a container that ran for `ran` seconds is started again.

    `previous` is what was waited before that run; None means that it was the first. The first time, and after a run
    of more than twice the longest wait, it is started at once; then 10, 20, 40 … 300 s.
    """
    if previous is None or ran > 2 * LONGEST:
        return 0.0
    return min(max(previous * 2, FIRST), LONGEST)


def snapped(seconds: float) -> float:
    """The wait of the series 0, 10, 20 … 300 that was meant by a measured pause: stamps are whole seconds."""
    series = (300.0, 160.0, 80.0, 40.0, 20.0, 10.0)
    return next((wait for wait in series if seconds >= wait - 1), 0.0)


def pull_wait(attempt: int) -> float:
    """Seconds from the failed pull number `attempt` (from 1) to the next."""
    return min(FIRST * 2.0 ** (attempt - 1), LONGEST)


def restarts(pod_policy: str, exit_code: int, container_policy: str = "") -> bool:
    """Whether a container that ended is started again; its own policy goes before the pod's."""
    policy = container_policy or pod_policy
    return policy == "Always" or (policy == "OnFailure" and exit_code != 0)
