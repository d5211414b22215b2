"""The recorded sessions of commands, replayed whole.

What a lab has no controller or no command for yet is not counted; everything else must agree.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labkit.conformance import commands
from labkit.conformance.forms import Recording
from labkit.conformance.report import AGREED, DIFFERS

FOLDER = Path(__file__).parents[1] / "conformance/kubectl"
ELSEWHERE = {
    "read": ("get all", "get hpa"),  # an autoscaler's status
}
"""Commands whose output depends on controllers that are tested with them, not here."""


def outcomes(name):
    path = FOLDER / f"{name}.json"
    return commands.replay(Recording(path, "kubectl", json.loads(path.read_text())))


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("apply", 20),
        ("edit", 36),
        ("delete", 15),
        ("taint", 21),
        ("create", 33),
        ("drain", 14),
        ("rollout", 32),
        ("read", 105),
        ("quota", 8),
    ],
)
def test_recorded_changes_agree(name, least):
    found = [each for each in outcomes(name) if not any(words in each.case for words in ELSEWHERE.get(name, ()))]
    assert [(each.case, each.words) for each in found if each.verdict == DIFFERS] == []
    assert sum(each.verdict == AGREED for each in found) >= least
