"""A Job and its pods at one moment, and what follows from them. All pure.

Source: pkg/controller/job/{job_controller,indexed_job_utils,backoff_utils}.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from labkit.clock import Clock
from labkit.controllers import indexes, jobpolicies
from labkit.controllers.indexes import Indexes
from labkit.kinds.pod import Pod
from labkit.kinds.workloads import Job, JobSpec

TRACKING = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count"

FIRST_WAIT = 10.0
LONGEST_WAIT = 600.0


class Record(NamedTuple):
    """Failures since the last success, and the time of the last one in seconds."""

    failures: int = 0
    last: float | None = None

    def after(self, succeeded: Iterable[float], failed: Iterable[float]) -> Record:
        """The record after pods have ended at these times."""
        won, lost = sorted(succeeded), sorted(failed)
        if not won:
            return Record(self.failures + len(lost), lost[-1]) if lost else self
        later = [at for at in lost if at > won[-1]]
        return Record(len(later), later[-1] if later else None)


def backoff_wait(failures: int) -> float:
    """Seconds from the last failure until the next pod: 10, 20, 40 … 600."""
    return min(FIRST_WAIT * 2.0 ** min(failures - 1, 10), LONGEST_WAIT) if failures > 0 else 0.0


def backoff_left(record: Record, now: float) -> float:
    """Seconds until the next pod may be made."""
    if not record.failures or record.last is None:
        return 0.0
    return max(backoff_wait(record.failures) - (now - record.last), 0.0)


def index_of(pod: Pod) -> int:
    """The pod's completion index, -1 if it has none."""
    text = pod.metadata.annotations.get(INDEX, "")
    return int(text) if text.isdigit() else -1


def has_failed(spec: JobSpec, pod: Pod) -> bool:
    """Whether a pod counts as failed: by its phase or, where leaving pods are replaced at once, by its deletion."""
    if pod.status.phase == "Failed":
        return True
    leaving = pod.metadata.deletion_timestamp is not None
    return leaving and pod.status.phase != "Succeeded" and not spec.only_replaces_failed


def too_many_restarts(limit: int, restart_policy: str, pods: Iterable[Pod]) -> bool:
    """Whether the containers of unfinished pods were restarted too often; only with restart policy OnFailure."""
    if restart_policy != "OnFailure":
        return False
    living = [pod for pod in pods if pod.status.phase in ("Running", "Pending")]
    held = [one for pod in living for one in (*pod.status.container_statuses, *pod.status.init_container_statuses)]
    return sum(one.restart_count for one in held) >= max(limit, 1)


def finished_at(pod: Pod, clock: Clock) -> float:
    """When a pod ended: its last container, else when it stopped being ready, was deleted, or was made."""
    sidecars = {one.name for one in pod.spec.init_containers if one.is_sidecar}
    held = [
        *pod.status.container_statuses,
        *(one for one in pod.status.init_container_statuses if one.name in sidecars),
    ]
    ends = [(one.state.get("terminated") or {}).get("finishedAt") for one in held]
    if ends and all(ends):
        return max(clock.seconds(end) for end in ends if end)
    ready, meta = pod.status.condition("Ready"), pod.metadata
    if ready is not None and ready.status == "False" and ready.last_transition_time:
        return clock.seconds(ready.last_transition_time)
    if meta.deletion_timestamp is not None:
        return clock.seconds(meta.deletion_timestamp) - (meta.deletion_grace_period_seconds or 0)
    return clock.seconds(meta.creation_timestamp) if meta.creation_timestamp else clock.now


def failure_count(pod: Pod, *annotations: str) -> int:
    """Failures of a pod's index before it, as its annotations count them."""
    return sum(int(text) for name in annotations if (text := pod.metadata.annotations.get(name, "")).isdigit())


@dataclass(frozen=True)
class View:
    """What one sync sees. `held_up`: a back-off from before is not over, even if the pods it came from are gone."""

    job: Job
    pods: Sequence[Pod]
    clock: Clock
    held_up: bool = False

    @cached_property
    def completions(self) -> int:
        """How many indexes there are; 0 without completions."""
        return self.job.spec.completions or 0

    @cached_property
    def active(self) -> list[Pod]:
        """Pods that have not ended and are not leaving."""
        return [pod for pod in self.pods if pod.is_active]

    @cached_property
    def leaving(self) -> list[Pod]:
        """Pods that are being deleted and have not ended."""
        return [pod for pod in self.pods if pod.metadata.deletion_timestamp is not None and not pod.is_terminal]

    @cached_property
    def uncounted(self) -> list[Pod]:
        """Pods that the status doesn't count yet: those that still carry the tracking finalizer."""
        return [pod for pod in self.pods if TRACKING in pod.metadata.finalizers]

    def is_valid(self, pod: Pod) -> bool:
        """Whether a pod is one of the Job's numbers, if it has numbers."""
        return not self.job.spec.is_indexed or 0 <= index_of(pod) < self.completions

    @cached_property
    def new_successes(self) -> list[Pod]:
        """Pods that have succeeded since the last sync."""
        return [pod for pod in self.uncounted if self.is_valid(pod) and pod.status.phase == "Succeeded"]

    @cached_property
    def new_failures(self) -> list[Pod]:
        """Pods that have failed since the last sync."""
        return [pod for pod in self.uncounted if self.is_valid(pod) and has_failed(self.job.spec, pod)]

    @cached_property
    def failed(self) -> int:
        """Failures that count, all told; an ignored one doesn't."""
        policy = self.job.spec.pod_failure_policy
        return self.job.status.failed + sum(jobpolicies.of_failure(policy, pod).counts for pod in self.new_failures)

    @cached_property
    def succeeded(self) -> int:
        """Successes, all told; of an Indexed Job each index once."""
        if self.job.spec.is_indexed:
            return len(self.succeeded_indexes)
        return self.job.status.succeeded + len(self.new_successes)

    @cached_property
    def succeeded_indexes(self) -> Indexes:
        """The indexes that are done."""
        before = indexes.parse(self.job.status.completed_indexes, self.completions)
        return before | {index_of(pod) for pod in self.new_successes}

    @cached_property
    def failed_indexes(self) -> Indexes:
        """The indexes that are given up; always none without backoffLimitPerIndex."""
        if self.job.spec.backoff_limit_per_index is None:
            return frozenset()
        before = indexes.parse(self.job.status.failed_indexes or "", self.completions)
        return before | {index_of(pod) for pod in self.new_failures if self._gives_up(pod)}

    def _gives_up(self, pod: Pod) -> bool:
        match = jobpolicies.of_failure(self.job.spec.pod_failure_policy, pod)
        spent = failure_count(pod, FAILURES) >= (self.job.spec.backoff_limit_per_index or 0)
        return match.action == "FailIndex" or (match.counts and spent)

    @cached_property
    def to_replace(self) -> dict[int, Pod]:
        """For each index that is to be tried again, its last failed pod: it keeps the count until it is replaced."""
        if self.job.spec.backoff_limit_per_index is None:
            return {}
        over = self.succeeded_indexes | self.failed_indexes | {index_of(pod) for pod in self.active}
        last: dict[int, Pod] = {}
        for pod in self.new_failures:
            index = index_of(pod)
            if index not in over and (index not in last or self._is_later(pod, last[index])):
                last[index] = pod
        return last

    def _is_later(self, pod: Pod, than: Pod) -> bool:
        more = failure_count(pod, FAILURES, IGNORED) >= failure_count(than, FAILURES, IGNORED)
        return more and finished_at(pod, self.clock) >= finished_at(than, self.clock)

    @cached_property
    def record(self) -> Record:
        """The failures since the last success, as far as the pods are still there."""
        valid = [pod for pod in self.pods if self.is_valid(pod)]
        won = [finished_at(pod, self.clock) for pod in valid if pod.status.phase == "Succeeded"]
        lost = [finished_at(pod, self.clock) for pod in valid if has_failed(self.job.spec, pod)]
        return Record().after(won, lost)

    @cached_property
    def backoff(self) -> float:
        """Seconds until a failure is made up for; each index of a Job with backoffLimitPerIndex waits for itself."""
        per_index = self.job.spec.backoff_limit_per_index is not None
        return 0.0 if per_index else backoff_left(self.record, self.clock.now)
