"""The part of the front door that puts load on Services: `lab.load`."""

from __future__ import annotations

from typing import Any, Self

from labkit.cluster import Cluster
from labkit.metrics import declared


class Loading:
    """What a lab does with load; `Lab` is one."""

    cluster: Cluster

    def load(self, target: str, rps: Any = None, *, namespace: str = "default") -> Self:
        """Send requests to a Service from now on: `lab.load("service/web", rps=50)`; `rps=0` or None ends it.

        `rps`: requests a second, as a number, its text, a pattern of `labkit.load` (`step`, `steps`, `ramp`, `sine`,
        `day`, `flash`, `recorded`, `random`), a list of (seconds, rate), or the path of a CSV file of those. A new load
        takes the place of the last. What a request costs its pod is declared with `lab.behave(..., cost="10ms")`; the
        formulas are in labkit.metrics.model. Raises ApiError NotFound, FieldError.
        """
        declared.declare(self.cluster, declared.target_of(target, namespace), rps)
        return self
