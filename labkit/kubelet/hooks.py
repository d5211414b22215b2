"""Lifecycle hooks: how long they take. All pure.

Source: pkg/kubelet/lifecycle/handlers.go, pkg/kubelet/kuberuntime/kuberuntime_container.go executePreStopHook, v1.36.
Left out: hooks that fail; what a hook does beside sleeping takes no time.
"""

from __future__ import annotations

import re

from labkit.kinds.pod import Container

_SLEEP = re.compile(r"\bsleep\s+(\d+(?:\.\d+)?)")


def pre_stop(container: Container) -> float:
    """Seconds that the container's preStop hook takes: what it sleeps, natively or by a command."""
    hook = (container.lifecycle or {}).get("preStop") or {}
    if "sleep" in hook:
        return float(hook["sleep"].get("seconds", 0))
    found = _SLEEP.search(" ".join(map(str, (hook.get("exec") or {}).get("command") or ())))
    return float(found[1]) if found else 0.0
