"""Probes: when they come, what they find, and in which words they fail.

The first comes initialDelaySeconds after the container's start, the next ones each period; without jitter, which the
real kubelet only has after its own restart. A probe that passes rests until what the container does changes.
Source: pkg/kubelet/prober/{worker,prober}.go, pkg/probe/{http,tcp,exec}, v1.36; client-go tools/record/events_cache.go,
which thins out a flood of equal events.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from labkit.kinds.pod import Container, Probe
from labkit.kubelet.behaviour import Behaviour

STARTUP, LIVENESS, READINESS = "startup", "liveness", "readiness"

BURST, REFILL = 25, 300.0
"""So many equal events are recorded at once, and then one in so many seconds."""


def probe_of(container: Container, kind: str) -> Probe | None:
    """The container's probe of that kind."""
    found: Probe | None = getattr(container, f"{kind}_probe")
    return found


def at_once(container: Container, is_init: bool) -> tuple[bool, bool]:
    """(ready, started) of a container the moment it runs: what has no probe passes at once."""
    if is_init and not container.is_sidecar:
        return False, False
    started = container.startup_probe is None
    return started and container.readiness_probe is None, started


def turn(probe: Probe, since: float) -> int:
    """Which probe, counted from 0, comes `since` seconds after the container's start; -1 before the first."""
    return max(math.floor((since - probe.initial_delay_seconds + 1e-6) / _period(probe)), -1)


def moment(probe: Probe, number: int) -> float:
    """When that probe comes, in seconds after the container's start."""
    return probe.initial_delay_seconds + number * _period(probe)


def next_moment(probe: Probe, since: float) -> float:
    """When the next probe comes, `since` seconds after the container's start or later."""
    ahead = math.ceil((since - probe.initial_delay_seconds - 1e-6) / _period(probe))
    return moment(probe, max(ahead, 0))


def _period(probe: Probe) -> float:
    return float(probe.period_seconds or 10)


def passes(kind: str, told: Behaviour, answers_after: float, since: float) -> bool:
    """Whether a probe passes, of a container that does what is `told`, so long after its start."""
    alive = answers_after <= since < told.live_for
    return alive and (kind != READINESS or told.ready)


def in_a_row(probe: Probe, number: int, result: Callable[[int], bool]) -> int:
    """How many probes in a row, up to this one, had the same result; counting ends where it no longer matters."""
    enough = max(probe.failure_threshold, probe.success_threshold, BURST) + 1
    count = 1
    while count < enough and number - count >= 0 and result(number - count) == result(number):
        count += 1
    return count


def pause(probe: Probe, failures: int, ahead: float = math.inf) -> float:
    """Seconds to the next probe after so many failures in a row, of which the one `ahead` seconds on may pass.

    Probes whose events are left out are left out too.
    """
    period = _period(probe)
    rest = REFILL if failures >= BURST else period
    return max(math.ceil((min(rest, ahead) - 1e-6) / period), 1) * period


def failure(kind: str, probe: Probe, container: Container, address: str, answers: bool) -> str:
    """The message of the event Unhealthy; `answers`: the application does answer, but badly."""
    return f"{kind.capitalize()} probe failed: {_output(probe, container, address, answers)}"


def _output(probe: Probe, container: Container, address: str, answers: bool) -> str:
    if probe.exec is not None:
        return ""
    if probe.grpc is not None:
        target = f"{address}:{probe.grpc.get('port')}"
        refused = (
            f'timeout: failed to connect service "{target}" within {probe.timeout_seconds}s: context deadline exceeded'
        )
        return 'service unhealthy (responded with "NOT_SERVING")' if answers else f"error: {refused}"
    action = probe.http_get or probe.tcp_socket or {}
    target = f"{address}:{_port(action.get('port'), container)}"
    refused = f"dial tcp {target}: connect: connection refused"
    if probe.http_get is None:
        return refused
    if answers:
        return "HTTP probe failed with statuscode: 503"
    scheme = str(action.get("scheme") or "HTTP").lower()
    path = "/" + str(action.get("path") or "/").lstrip("/")
    return f'Get "{scheme}://{target}{path}": {refused}'


def _port(port: Any, container: Container) -> Any:
    return next((one.container_port for one in container.ports if one.name == port), port)
