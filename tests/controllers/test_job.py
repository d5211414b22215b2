from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.controllers import indexes
from labkit.controllers.jobplan import wanted_active
from labkit.controllers.jobpods import stem
from labkit.controllers.jobview import INDEX, Record, backoff_left, backoff_wait
from labkit.kinds import Key


def job(world: Any, code: int = 0, runs: str = "1s", **spec: Any) -> None:
    told = {"labkit.dev/exits-after": runs, "labkit.dev/exit-code": str(code)}
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "job:1"}]}
    template = {"metadata": {"annotations": told}, "spec": pod}
    spec = {"parallelism": 1, "completions": 1, **spec, "template": template}
    world.create("batch/v1", "Job", "work", spec=spec)


def status(world: Any) -> dict[str, Any]:
    return world.get("Job", "work")["status"]


def conditions(world: Any) -> list[tuple[str, str]]:
    return [(one["type"], one["reason"]) for one in status(world).get("conditions") or ()]


def most_active(world: Any, since: int) -> int:
    worlds = (world.cluster.as_of(index) for index in range(since, len(world.cluster.history), 3))
    return max(sum(pod.is_active for pod in one.items("Pod")) for one in worlds)


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 10), (2, 20), (3, 40), (6, 320), (7, 600), (2000, 600)])
def test_the_pause_doubles_from_ten_seconds_to_ten_minutes(failures: int, seconds: float) -> None:
    assert backoff_wait(failures) == seconds


def test_a_success_forgets_the_failures_before_it() -> None:
    record = Record().after([], [5.0, 9.0])
    assert record == Record(2, 9.0)
    assert record.after([12.0], [11.0, 14.0]) == Record(1, 14.0)
    assert backoff_left(Record(1, 14.0), 20.0) == 4.0


def test_no_more_pods_run_than_are_still_needed() -> None:
    assert wanted_active(succeeded=3, active=2, parallelism=4, completions=5) == 2
    assert wanted_active(succeeded=1, active=2, parallelism=4, completions=None) == 2


@given(st.frozensets(st.integers(0, 40)))
def test_indexes_are_read_as_they_are_written(numbers: frozenset[int]) -> None:
    assert indexes.parse(indexes.write(numbers), 100) == numbers


def test_rows_of_three_are_written_as_spans() -> None:
    assert indexes.write([7, 1, 3, 4, 5, 9, 10]) == "1,3-5,7,9,10"
    assert indexes.parse("0-3,x,9", completions=3) == {0, 1, 2}


def test_a_long_name_makes_room_for_the_index() -> None:
    assert stem("work", 3) == "work-3-"
    assert len(stem("w" * 60, 12)) == 58


def test_five_completions_two_at_a_time(world: Any) -> None:
    job(world, completions=5, parallelism=2)
    begun = len(world.cluster.history)
    world.run(60)
    assert most_active(world, begun) == 2
    assert len(world.names("Pod")) == 5
    assert conditions(world) == [("SuccessCriteriaMet", "CompletionsReached"), ("Complete", "CompletionsReached")]
    assert world.events("work", "Completed") == ["Job completed"]
    assert not any(pod["metadata"].get("finalizers") for pod in world.cluster.list("Pod"))


def test_a_job_that_keeps_failing_gives_up_after_its_backoff_limit(world: Any) -> None:
    job(world, 1, backoffLimit=2)
    world.run(120)
    assert len(world.names("Pod")) == 3
    assert conditions(world) == [("FailureTarget", "BackoffLimitExceeded"), ("Failed", "BackoffLimitExceeded")]
    assert status(world)["failed"] == 3


def test_each_pod_of_an_indexed_job_knows_its_number(world: Any) -> None:
    job(world, completionMode="Indexed", completions=3, parallelism=2)
    world.run(60)
    pods = world.cluster.list("Pod")
    assert [pod["metadata"]["annotations"][INDEX] for pod in pods] == ["0", "1", "2"]
    assert [pod["spec"]["hostname"] for pod in pods] == ["work-0", "work-1", "work-2"]
    assert pods[0]["spec"]["containers"][0]["env"][0]["name"] == "JOB_COMPLETION_INDEX"
    assert status(world)["completedIndexes"] == "0-2"


def test_each_index_has_failures_of_its_own(world: Any) -> None:
    limits = {"backoffLimitPerIndex": 1, "maxFailedIndexes": 5}
    job(world, 1, completionMode="Indexed", completions=2, parallelism=2, **limits)
    world.run(60)
    assert len(world.names("Pod")) == 4
    assert status(world)["failedIndexes"] == "0,1"
    assert conditions(world)[-1] == ("Failed", "FailedIndexes")


def test_a_deadline_ends_a_job_with_everything_that_runs(world: Any) -> None:
    job(world, runs="1h", activeDeadlineSeconds=30)
    world.run(100)
    assert conditions(world)[-1] == ("Failed", "DeadlineExceeded")
    assert world.names("Pod") == []
    assert status(world)["failed"] == 1


def test_a_suspended_job_runs_nothing_until_it_is_resumed(world: Any) -> None:
    job(world, runs="1h", suspend=True)
    assert world.run(5).names("Pod") == []
    assert "startTime" not in status(world)
    world.change("Job", "work", {"spec": {"suspend": False}})
    world.run(5)
    assert len(world.names("Pod")) == 1
    assert conditions(world) == [("Suspended", "JobResumed")]
    world.change("Job", "work", {"spec": {"suspend": True}})
    world.run(60)
    assert world.names("Pod") == []
    assert "failed" not in status(world)


def test_a_pod_failure_policy_can_end_the_job_at_once(world: Any) -> None:
    rule = {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}
    job(world, 42, podFailurePolicy={"rules": [rule]})
    world.run(30)
    assert conditions(world)[-1] == ("Failed", "PodFailurePolicy")
    assert "exit code 42 matching FailJob rule at index 0" in status(world)["conditions"][-1]["message"]


def test_a_success_policy_ends_the_job_before_all_indexes_are_done(world: Any) -> None:
    policy = {"rules": [{"succeededIndexes": "0"}]}
    job(world, completionMode="Indexed", completions=5, successPolicy=policy)
    world.run(30)
    assert conditions(world) == [("SuccessCriteriaMet", "SuccessPolicy"), ("Complete", "SuccessPolicy")]
    assert status(world)["succeeded"] == 1


def test_a_deleted_job_leaves_no_pods_behind(world: Any) -> None:
    job(world, runs="1h", parallelism=3, completions=3)
    world.run(10)
    world.delete("Job", "work")
    assert world.run(60).names("Pod") == []


def test_a_finished_job_goes_with_its_pods_after_its_ttl(world: Any) -> None:
    job(world, ttlSecondsAfterFinished=30)
    assert world.run(20).names("Job") == ["work"]
    assert world.run(40).names("Job") == world.names("Pod") == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    parallelism=st.integers(0, 4),
    completions=st.one_of(st.none(), st.integers(1, 5)),
    code=st.integers(0, 1),
    lost=st.lists(st.integers(0, 9), max_size=5),
)
def test_a_job_never_exceeds_its_parallelism(
    worlds: Any, parallelism: int, completions: int | None, code: int, lost: list[int]
) -> None:
    world = worlds()
    begun = len(world.cluster.history)
    job(world, code, parallelism=parallelism, completions=completions)
    for pick in lost:
        world.run(3)
        pods = world.names("Pod")
        if pods:
            world.cluster.delete(Key("Pod", "default", pods[pick % len(pods)]))
    world.run(30)
    assert most_active(world, begun) <= parallelism
