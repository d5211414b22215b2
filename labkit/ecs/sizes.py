"""Task sizes: how cpu and memory are written, and which pairs Fargate has.

Source: ECS developer guide, "Fargate task sizes" (2026); botocore 1.44 ecs, RegisterTaskDefinition. The row of 32 vCPU,
new in 2026, is in the guide but not yet in the API's text: it is accepted here.
"""

from __future__ import annotations

import re

_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(vcpu|gb|mib)?\s*", re.IGNORECASE)

FARGATE: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
    32768: (61440, 122880, 249856),
}
"""CPU units and the MiB each goes with."""

WINDOWS = (1024, 2048, 4096)
"""The CPU units that Windows has on Fargate."""

EC2_CPU = (128, 196_608)
"""The least and the most CPU units a task on EC2 may have."""


def cpu_units(text: str) -> int | None:
    """CPU units of `512`, `.5 vCPU`, `2 vcpu`; None for what can't be read."""
    return _units(text, "vcpu")


def memory_mib(text: str) -> int | None:
    """MiB of `2048`, `2 GB`, `.5GB`; None for what can't be read."""
    return _units(text, "gb")


def _units(text: str, unit: str) -> int | None:
    found = _AMOUNT.fullmatch(text)
    if found is None or (found[2] or unit).lower() not in (unit, "mib"):
        return None
    if (found[2] or "").lower() == unit:
        return round(float(found[1]) * 1024)
    return int(found[1]) if found[1].isdigit() else None


def is_fargate(cpu: int | None, memory: int | None) -> bool:
    """Whether Fargate has that pair."""
    return cpu in FARGATE and memory in FARGATE[cpu]
