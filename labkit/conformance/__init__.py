"""Replays recordings of the real control plane and says how far labkit agrees.

    report = replay(["tests/conformance/scheduler/taints.jsonl.gz"])
    print(report); report.exit_status

A recording's form is told by what is in it: decisions of the scheduler, rows of golden tables, answers of the API
server, outputs of kubectl, traces of controllers. Nothing here knows a single case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from labkit.conformance.forms import files, read
from labkit.conformance.report import Outcome, Report

__all__ = ["Outcome", "Report", "outcomes", "replay"]

REPLAYERS = {
    "decisions": "decisions",
    "functions": "functions",
    "errors": "errors",
    "kubectl": "commands",
    "controllers": "traces",
}
"""Form of a recording → the module here that replays it, imported when it is needed."""


def replay(paths: Iterable[str | Path]) -> Report:
    """Replay files, or every recording in folders. ManifestError for a file that can't be read."""
    return Report.of(outcome for path in files(paths) for outcome in outcomes(path))


def outcomes(path: str | Path) -> Iterator[Outcome]:
    """What came of each case of one file."""
    recording = read(Path(path))
    if recording.form not in REPLAYERS:
        name = recording.path.name
        yield Outcome.unsimulated(name, str(recording.path), f"{recording.path}: no form of recording labkit knows")
        return
    try:
        yield from import_module(f"{__name__}.{REPLAYERS[recording.form]}").replay(recording)
    except Exception as error:  # a recording that labkit stumbles over must not hide the others
        words = [f"labkit fails: {type(error).__name__}: {error}"]
        yield Outcome.compared(recording.form, recording.path.name, words)
