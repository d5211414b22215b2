"""What all tests share: the same examples in every run, and a learner who has solved nothing yet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("labkit", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("labkit")

# Kernels that nbval starts inherit it: what they solve is not noted, so no notebook sees what another one did.
os.environ["LABKIT_PROGRESS"] = os.devnull


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the clone."""
    return Path(__file__).parents[1]
