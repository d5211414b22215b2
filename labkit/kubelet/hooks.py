"""Lifecycle hooks: how long they take. All pure.

Whether they succeed is declared, as what containers do is (see `behaviour`): here they always end.
Source: pkg/kubelet/lifecycle/handlers.go, pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer,
executePreStopHook, v1.36. What a hook does beside sleeping takes no time.
"""

from __future__ import annotations

import re
from typing import Any

from labkit.kinds.pod import Container

_SLEEP = re.compile(r"\bsleep\s+(\d+(?:\.\d+)?)")


def hook(container: Container, name: str) -> dict[str, Any] | None:
    """The container's hook postStart or preStop, None if it has none."""
    found: dict[str, Any] | None = (container.lifecycle or {}).get(name)
    return found


def seconds(container: Container, name: str) -> float:
    """Seconds that the hook takes: what it sleeps, natively or by a command."""
    held = hook(container, name) or {}
    if "sleep" in held:
        return float(held["sleep"].get("seconds", 0))
    found = _SLEEP.search(" ".join(map(str, (held.get("exec") or {}).get("command") or ())))
    return float(found[1]) if found else 0.0
