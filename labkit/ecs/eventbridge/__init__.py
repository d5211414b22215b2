"""Rules of Amazon EventBridge that run tasks of ECS on a schedule."""

from __future__ import annotations

from labkit.ecs.eventbridge.rules import OPERATIONS

__all__ = ["OPERATIONS"]
