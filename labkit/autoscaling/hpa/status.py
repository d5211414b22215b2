"""An autoscaler's status as a sync builds it, and its events; written once, at the end, if it has changed.

Source: pkg/controller/podautoscaler/horizontal.go setStatus, setConditionInList, updateStatusIfNeeded, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.kinds.registry import Key

Dict = dict[str, Any]


class Status:
    """The status of one autoscaler during a sync."""

    def __init__(self, cluster: Cluster, key: Key, held: Dict, source: str) -> None:
        self._cluster, self._key, self._source = cluster, key, source
        self._held = held
        self._conditions: list[Dict] = list(held.get("conditions") or ())
        self._sizes: Dict | None = None

    @property
    def desired(self) -> int:
        """The size that was wanted last."""
        return int(self._held.get("desiredReplicas", 0))

    def condition(self, kind: str, is_true: bool, reason: str, message: str) -> None:
        """Set a condition where it stands, or at the end; its time changes with its status only."""
        status = "True" if is_true else "False"
        for at, old in enumerate(self._conditions):
            if old["type"] == kind:
                if (old["status"], old["reason"], old["message"]) != (status, reason, message):
                    since = old["lastTransitionTime"] if old["status"] == status else self._cluster.clock.stamp()
                    self._conditions[at] = _condition(kind, status, since, reason, message)
                return
        self._conditions.append(_condition(kind, status, self._cluster.clock.stamp(), reason, message))

    def sizes(self, current: int, desired: int, metrics: list[Dict], rescaled: bool = False) -> None:
        """The size as it is, as it is to be, and the metrics' statuses."""
        since = self._cluster.clock.stamp() if rescaled else self._held.get("lastScaleTime")
        sizes: Dict = {"currentReplicas": current, "desiredReplicas": desired, "currentMetrics": metrics or None}
        self._sizes = {"lastScaleTime": since} | sizes

    def event(self, severity: str, reason: str, message: str) -> None:
        """Record an event about the autoscaler."""
        self._cluster.record(self._key, severity, reason, message, self._source)

    def write(self) -> None:
        """Write it, if anything has changed."""
        kept = {name: self._held[name] for name in KEPT if name in self._held}
        sizes = kept if self._sizes is None else {name: one for name, one in self._sizes.items() if one is not None}
        new = {**sizes, "conditions": self._conditions}
        if new != self._held:
            self._cluster.set_status(self._key, new)


KEPT = ("lastScaleTime", "currentReplicas", "desiredReplicas", "currentMetrics")


def _condition(kind: str, status: str, since: str, reason: str, message: str) -> Dict:
    return {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
