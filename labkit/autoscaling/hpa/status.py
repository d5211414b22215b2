"""An autoscaler's status as a sync builds it, and its events; written once, at the end, if it has changed.

Source: pkg/controller/podautoscaler/horizontal.go setStatus, setConditionInList, updateStatusIfNeeded, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.kinds.registry import Key

Dict = dict[str, Any]
Told = tuple[dict[str, tuple[bool, str, str]], Dict | None]
"""What a sync has said: conditions by type, and the sizes."""

KEPT = ("lastScaleTime", "currentReplicas", "desiredReplicas", "currentMetrics")


class Status:
    """The status of one autoscaler during a sync."""

    def __init__(self, cluster: Cluster, key: Key, held: Dict, source: str) -> None:
        self._cluster, self._key, self._held, self._source = cluster, key, held, source
        self._conditions: dict[str, tuple[bool, str, str]] = {}
        self._sizes: Dict | None = None

    @property
    def desired(self) -> int:
        """The size that was wanted last."""
        return int(self._held.get("desiredReplicas", 0))

    def condition(self, kind: str, is_true: bool, reason: str, message: str) -> None:
        """Set a condition where it stands, or at the end; its time changes with its status only."""
        self._conditions[kind] = (is_true, reason, message)

    def sizes(self, current: int, desired: int, metrics: list[Dict], rescaled: bool = False) -> None:
        """The size as it is, as it is to be, and the metrics' statuses."""
        since = self._cluster.clock.stamp() if rescaled else self._held.get("lastScaleTime")
        sizes: Dict = {"currentReplicas": current, "desiredReplicas": desired, "currentMetrics": metrics or None}
        self._sizes = {"lastScaleTime": since} | sizes

    def event(self, severity: str, reason: str, message: str) -> None:
        """Record an event about the autoscaler."""
        self._cluster.record(self._key, severity, reason, message, self._source)

    def write(self, before: Told | None = None) -> Told:
        """Write it, if anything has changed; `before`: what the last sync said, if the status is still of that."""
        told = (self._conditions, self._sizes)
        if told != before:
            new = {**self._shown_sizes(), "conditions": self._shown_conditions()}
            if new != self._held:
                self._cluster.set_status(self._key, new)
        return told

    def _shown_sizes(self) -> Dict:
        if self._sizes is None:
            return {name: self._held[name] for name in KEPT if name in self._held}
        return {name: one for name, one in self._sizes.items() if one is not None}

    def _shown_conditions(self) -> list[Dict]:
        """Those that were held, as they are now, and the new ones."""
        now, shown = self._cluster.clock.stamp(), {one["type"]: one for one in self._held.get("conditions") or ()}
        for kind, (is_true, reason, message) in self._conditions.items():
            status, old = "True" if is_true else "False", shown.get(kind)
            since = old["lastTransitionTime"] if old is not None and old["status"] == status else now
            words = {"reason": reason, "message": message}
            shown[kind] = {"type": kind, "status": status, "lastTransitionTime": since} | words
        return list(shown.values())
