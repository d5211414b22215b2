"""The part of the front door that puts load on Services and values on metrics: `lab.load`, `lab.metric`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from labkit.autoscaling.hpa.explaining import SizeWhy, explain
from labkit.cluster import Cluster
from labkit.kinds import Key
from labkit.metrics import declared


class Loading:
    """What a lab does with load and metrics; `Lab` is one."""

    cluster: Cluster

    def load(self, target: str, rps: Any = None, *, namespace: str = "default") -> Self:
        """Send requests to a Service from now on: `lab.load("service/web", rps=50)`; `rps=0` or None ends it.

        Where there is no such Service it is the service of ECS, whose cluster is `namespace`.
        `rps`: requests a second, as a number, its text, a pattern of `labkit.load` (`step`, `steps`, `ramp`, `sine`,
        `day`, `flash`, `recorded`, `random`), a list of (seconds, rate), or the path of a CSV file of those. A new load
        takes the place of the last. What a request costs its pod is declared with `lab.behave(..., cost="10ms")`; the
        formulas are in labkit.metrics.model. Raises ApiError NotFound, FieldError.
        """
        declared.declare(self.cluster, declared.target_of(target, namespace), rps)
        return self

    def metric(
        self,
        name: str,
        value: Any,
        *,
        on: str = "",
        labels: Mapping[str, str] | None = None,
        namespace: str = "default",
    ) -> Self:
        """Give a metric a value from now on, for autoscalers: `lab.metric("queue_length", 120)`; None ends it.

        Without `on` it is an external metric, with `labels` if wanted. `on="pods"` makes it one of every pod of the
        namespace, `on="app=web"` of the pods with these labels, `on="ingress/main"` one of that object. `value` may
        be a pattern, as for `load`. Raises FieldError for a value that can't be read.
        """
        declared.declare_value(self.cluster, name, value, on, dict(labels or {}), namespace)
        return self

    def why_size(self, autoscaler: str, namespace: str = "default") -> SizeWhy:
        """Why a HorizontalPodAutoscaler wants the size it wants now: each metric's arithmetic, what holds it back.

        Raises ApiError NotFound.
        """
        return explain(self.cluster, Key("HorizontalPodAutoscaler", namespace, autoscaler))
