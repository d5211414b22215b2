"""The pause between starts of tasks that never reach RUNNING. Pure.

Source: ECS developer guide, "Amazon ECS service throttle logic": the pause grows up to 27 minutes; how it grows isn't
published. labkit's choice: from 5 seconds, doubling. Tasks that fail once they have run are never held back.
"""

from __future__ import annotations

FIRST = 5.0
MOST = 27 * 60.0


def pause(failures: int) -> float:
    """Seconds to wait after so many failed attempts in a row."""
    return 0.0 if failures < 1 else min(FIRST * 2.0 ** min(failures - 1, 20), MOST)
