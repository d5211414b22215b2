"""DynamicResources: devices claimed through ResourceClaims, of which labkit's pods have none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.scheduler.coded import Ints
from labkit.scheduler.decision import Decision, Evictions
from labkit.scheduler.plugin import Cycle, Prepared

NOTHING_TO_FREE = "no new claims to deallocate"
"""What its PostFilter says of a pod without claims."""

NOT_PREPARED = "not found"
"""What it says where an earlier plugin refused the pod as a whole, so that its own state was never made."""


class DynamicResources:
    """Scores devices; without claims every node gets 0.

    Does: nothing but be there, since its 0 and its words are part of what the real scheduler answers.
    Reads: nothing.
    Writes: nothing.
    Runs again when: never.
    Source: plugins/dynamicresources/dynamicresources.go, v1.36.
    Left out: ResourceClaims.
    """

    name = "DynamicResources"

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Note that it was asked."""
        return Prepared(state=True)

    def postfilter(self, cycle: Cycle, failed: Decision, filters: Sequence[Any]) -> Evictions:
        """Nothing to free; where it was never asked, it fails, and no other PostFilter plugin gets its turn."""
        asked = self.name in cycle.states
        return Evictions(NOTHING_TO_FREE) if asked else Evictions(NOT_PREPARED, stop=True)

    def score(self, cycle: Cycle, rows: Ints) -> Ints:
        """0 for every node."""
        return np.zeros(len(rows), np.int64)

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """That there is nothing to count."""
        return ["no resource claims: 0"]
