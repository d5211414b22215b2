"""Which exercises the learner has solved, kept in one small file.

The file is `.labkit/progress.json` in the folder above the notebook's, or what the variable LABKIT_PROGRESS names.
"""

from __future__ import annotations

import json
import os
from pathlib import Path


def path() -> Path:
    """Where progress is kept."""
    return Path(os.environ.get("LABKIT_PROGRESS") or Path.cwd().parent / ".labkit" / "progress.json")


def passed() -> frozenset[str]:
    """The exercises solved so far, as `lesson/exercise`; none where the file is missing or unreadable."""
    try:
        return frozenset(json.loads(path().read_text("utf-8"))["passed"])
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def note(lesson: str, exercise: str) -> None:
    """Remember that an exercise was solved; a folder that can't be written to is no reason to fail a learner."""
    solved = sorted(passed() | {f"{lesson}/{exercise}"})
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        path().write_text(json.dumps({"passed": solved}, indent=1), "utf-8")
    except OSError:
        return
