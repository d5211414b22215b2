from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labkit.errors import FieldError
from labkit.fields import durations
from labkit.kubelet.backoff import next_wait, pull_wait, restarts, snapped
from labkit.kubelet.images import with_default_tag

GOLDEN = Path(__file__).parents[1] / "conformance" / "functions" / "crashloop.json"
ROWS = [row for row in json.loads(GOLDEN.read_text()) if row["fn"] != "pullImage"]
PULLS = [row for row in json.loads(GOLDEN.read_text()) if row["fn"] == "pullImage" and row["in"]["sync_every_s"] == 1]


def crash_loop(row: dict[str, Any]) -> list[dict[str, Any]]:
    now, previous, found = 0.0, None, []
    for ran in row["container_run_seconds"]:
        now += ran
        previous = next_wait(previous, ran)
        entry = {"exited_at": now, "restarted_at": now + previous, "wait": previous}
        if previous:
            text = f"back-off {durations.format_go(previous)} restarting failed container=main pod=web_default(u1)"
            entry["waiting_message"] = text
        found.append(entry)
        now += previous
    return found


def restarted(row: dict[str, Any]) -> bool:
    if row["state"] != "exited":
        return row["state"] != "running"
    return restarts(row["restartPolicy"], row["exit_code"], row.get("container_restartPolicy", ""))


FUNCTIONS = {
    "doBackOff": crash_loop,
    "ShouldContainerBeRestarted": restarted,
    "applyDefaultImageTag": lambda row: with_default_tag(row["image"]),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_row_of_the_golden_table_agrees(row: dict[str, Any]) -> None:
    if "error" in row:
        with pytest.raises(FieldError) as caught:
            FUNCTIONS[row["fn"]](row["in"])
        assert str(caught.value) == row["error"]
    else:
        assert FUNCTIONS[row["fn"]](row["in"]) == row["out"]


@pytest.mark.parametrize("row", PULLS, ids=lambda row: row["id"])
def test_pulls_are_tried_again_at_the_recorded_times(row: dict[str, Any]) -> None:
    attempts, now, limit, success = [], 0.0, row["in"]["until_s"], row["in"]["succeeds_from_s"]
    while now < limit:
        attempts.append(now)
        if 0 <= success <= now:
            break
        now += pull_wait(len(attempts))
    assert attempts == row["out"]["pull_attempts_at"]


@pytest.mark.parametrize(("measured", "meant"), [(0, 0), (1, 0), (9, 10), (11, 10), (20, 20), (299, 300), (301, 300)])
def test_a_measured_pause_is_one_of_the_series(measured: float, meant: float) -> None:
    assert snapped(measured) == meant
