"""What all tests share: the same examples in every run, and a learner who has solved nothing yet.

What a test measures it hands to `record_property("measured", "...")`; it is told at the end of the run.
"""

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what tests have measured, those that failed too."""
    reports = [report for verdict in ("passed", "failed") for report in terminalreporter.getreports(verdict)]
    measured = [value for report in reports for name, value in report.user_properties if name == "measured"]
    if measured:
        terminalreporter.section("measured", "-")
        terminalreporter.write_line("\n".join(map(str, measured)))
