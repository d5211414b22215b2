from __future__ import annotations

from typing import Any

import pytest

from labkit.controllers.job import Progress, backoff_wait, wanted_active


def job(world: Any, code: int = 0, **spec: Any) -> None:
    told = {"labkit.dev/exits-after": "1s", "labkit.dev/exit-code": str(code)}
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "job:1"}]}
    template = {"metadata": {"annotations": told}, "spec": pod}
    world.create("batch/v1", "Job", "work", spec={"parallelism": 1, "completions": 1, **spec, "template": template})


def conditions(world: Any) -> list[tuple[str, str]]:
    return [(one["type"], one["reason"]) for one in world.get("Job", "work")["status"]["conditions"]]


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 10), (2, 20), (3, 40), (6, 320), (7, 600), (20, 600)])
def test_the_pause_doubles_from_ten_seconds_to_ten_minutes(failures: int, seconds: float) -> None:
    assert backoff_wait(failures) == seconds


def test_no_more_pods_run_than_are_still_needed() -> None:
    assert wanted_active(Progress(2, 3, 0), parallelism=4, completions=5) == 2
    assert wanted_active(Progress(2, 1, 0), parallelism=4, completions=None) == 2


def test_five_completions_two_at_a_time(world: Any) -> None:
    job(world, completions=5, parallelism=2)
    begun = len(world.cluster.history)
    world.run(60)
    for index in range(begun, len(world.cluster.history), 3):
        assert sum(one.is_active for one in world.cluster.as_of(index).items("Pod")) <= 2
    assert len(world.names("Pod")) == 5
    assert conditions(world) == [("SuccessCriteriaMet", "CompletionsReached"), ("Complete", "CompletionsReached")]
    assert world.events("work", "Completed") == ["Job completed"]


def test_a_job_that_keeps_failing_gives_up_after_its_backoff_limit(world: Any) -> None:
    job(world, 1, backoffLimit=2)
    world.run(120)
    assert len(world.names("Pod")) == 3
    assert conditions(world) == [("FailureTarget", "BackoffLimitExceeded"), ("Failed", "BackoffLimitExceeded")]
    assert world.get("Job", "work")["status"]["failed"] == 3


def test_a_finished_job_goes_with_its_pods_after_its_ttl(world: Any) -> None:
    job(world, ttlSecondsAfterFinished=30)
    assert world.run(20).names("Job") == ["work"]
    assert world.run(40).names("Job") == world.names("Pod") == []
