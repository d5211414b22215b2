"""The commands that answers to exercises on ECS are written with."""

from __future__ import annotations

import json
from typing import Any

Container = dict[str, Any]


def register(family: str, *containers: Container, more: str = "") -> str:
    """The command that registers a revision of a family."""
    return (
        f"aws ecs register-task-definition --family {family} {more} --container-definitions '{json.dumps(containers)}'"
    )


def container(name: str, memory: int = 256, **fields: Any) -> Container:
    """A container of shop/<name>:1.0 with 128 CPU units."""
    return {"name": name, "image": f"shop/{name}:1.0", "cpu": 128, "memory": memory, **fields}


def run(family: str, count: int = 1, more: str = "") -> str:
    """The command that runs tasks of a family."""
    return f"aws ecs run-task --task-definition {family} --count {count} {more}"
