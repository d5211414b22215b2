"""Target groups of Elastic Load Balancing, as far as services of ECS need them, and the health of their targets."""

from __future__ import annotations

from labkit.ecs.balancing.targetgroups import OPERATIONS

__all__ = ["OPERATIONS"]
