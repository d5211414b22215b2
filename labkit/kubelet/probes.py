"""When a container's probes pass. All pure.

Source: pkg/kubelet/prober/worker.go, v1.36. The first probe comes after initialDelaySeconds, the next ones each period;
without jitter, which the real kubelet only has after its own restart.
"""

from __future__ import annotations

import math

from labkit.kinds.pod import Container, Probe


def at_once(container: Container, is_init: bool) -> tuple[bool, bool]:
    """(ready, started) of a container the moment it runs: what has no probe passes at once."""
    if is_init and not container.is_sidecar:
        return False, False
    started = container.startup_probe is None
    return started and container.readiness_probe is None, started


def ready_after(container: Container, answers: float) -> float:
    """Seconds from a container's start to its being ready, when the application answers after `answers`."""
    started = passes_at(container.startup_probe, answers) if container.startup_probe else 0.0
    if container.readiness_probe is None:
        return started
    return passes_at(container.readiness_probe, answers, not_before=started)


def passes_at(probe: Probe, answers: float, not_before: float = 0.0) -> float:
    """When a probe has passed successThreshold times in a row, in seconds from the container's start."""
    first, period = float(probe.initial_delay_seconds), float(probe.period_seconds or 10)
    failures = max(math.ceil((max(answers, not_before) - first) / period), 0)
    return first + (failures + max(probe.success_threshold, 1) - 1) * period
