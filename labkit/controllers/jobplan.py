"""What a Job does next: whether it is over, which pods go and which come. All pure.

Source: pkg/controller/job/job_controller.go syncJob and manageJob, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from labkit.clock import Clock
from labkit.controllers import indexes, jobpolicies
from labkit.controllers.jobview import (
    FAILURES,
    IGNORED,
    Record,
    View,
    backoff_left,
    failure_count,
    finished_at,
    has_failed,
    index_of,
    too_many_restarts,
)
from labkit.kinds.pod import Pod

FAILING = "FailureTarget"
SUCCEEDING = "SuccessCriteriaMet"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


class Outcome(NamedTuple):
    """How a Job ends: the type of the condition that announces it, reason and message."""

    type: str
    reason: str
    message: str


class Plan(NamedTuple):
    """Pods to delete, indexes to make pods for (-1 without numbers), or seconds to wait before any are made.

    A wait of 0 is one whose end somebody else will tell.
    """

    delete: Sequence[Pod] = ()
    create: Sequence[int] = ()
    wait: float | None = None


COMPLETED = Outcome(SUCCEEDING, "CompletionsReached", "Reached expected number of succeeded pods")
_BACKOFF = Outcome(FAILING, "BackoffLimitExceeded", "Job has reached the specified backoff limit")
_DEADLINE = Outcome(FAILING, "DeadlineExceeded", "Job was active longer than specified deadline")
_MOST_INDEXES = "Job has exceeded the specified maximal number of failed indexes"
_SOME_INDEXES = Outcome(FAILING, "FailedIndexes", "Job has failed indexes")


def outcome(view: View) -> Outcome | None:
    """How the Job ends, if it ends now for another reason than that all completions are there."""
    for kind in (SUCCEEDING, FAILING):
        if told := view.job.status.condition(kind):
            return Outcome(kind, told.reason, told.message)
    return _failure(view) or _of_indexes(view)


def _failure(view: View) -> Outcome | None:
    spec, limit = view.job.spec, view.job.spec.most_failures
    failed = [pod for pod in view.pods if has_failed(spec, pod)]
    told = (jobpolicies.of_failure(spec.pod_failure_policy, pod).message for pod in failed)
    if why := next(filter(None, told), ""):
        return Outcome(FAILING, "PodFailurePolicy", why)
    if view.failed > limit or too_many_restarts(limit, spec.template.spec.restart_policy, view.pods):
        return _BACKOFF
    left = deadline_in(view)
    return _DEADLINE if left is not None and left <= 0 else None


def _of_indexes(view: View) -> Outcome | None:
    spec, failed, most = view.job.spec, len(view.failed_indexes), view.job.spec.max_failed_indexes
    if not spec.is_indexed:
        return None
    if failed and most is not None and failed > most:
        return Outcome(FAILING, "MaxFailedIndexesExceeded", _MOST_INDEXES)
    if failed and failed + len(view.succeeded_indexes) >= view.completions:
        return _SOME_INDEXES
    why = jobpolicies.of_success(spec.success_policy, view.completions, view.succeeded_indexes)
    return Outcome(SUCCEEDING, "SuccessPolicy", why) if why else None


def deadline_in(view: View) -> float | None:
    """Seconds until the Job has run too long; None without a deadline, before it started, or while it is suspended."""
    spec, started = view.job.spec, view.job.status.start_time
    if spec.active_deadline_seconds is None or started is None or spec.suspend:
        return None
    return view.clock.seconds(started) + spec.active_deadline_seconds - view.clock.now


def is_complete(view: View, active: int) -> bool:
    """Whether all that was wanted has succeeded and nothing runs any more."""
    wanted = view.job.spec.completions
    return not active and (view.succeeded > 0 if wanted is None else view.succeeded >= wanted)


def wanted_active(succeeded: int, active: int, parallelism: int, completions: int | None) -> int:
    """How many pods are to run; without completions nobody is added once one has succeeded."""
    if completions is None:
        return active if succeeded else parallelism
    return max(min(parallelism, completions - succeeded), 0)


def plan(view: View) -> Plan:
    """Pods to delete or else to make; never both in one sync."""
    spec, active = view.job.spec, len(view.active)
    want = 0 if spec.suspend else wanted_active(view.succeeded, active, spec.parallelism, spec.completions)
    surplus = surplus_pods(view, max(active - want, 0))
    if surplus or spec.suspend:
        return Plan(delete=surplus)
    missing = want - active - (len(view.leaving) if spec.only_replaces_failed else 0)
    if missing <= 0:
        return Plan()
    return _per_index(view, missing) if spec.backoff_limit_per_index is not None else _with_backoff(view, missing)


def _with_backoff(view: View, missing: int) -> Plan:
    if view.backoff > 0 or view.held_up:
        return Plan(wait=view.backoff)
    return Plan(create=pending_indexes(view, missing) if view.job.spec.is_indexed else [-1] * missing)


def _per_index(view: View, missing: int) -> Plan:
    """Each index waits for itself; who may start now does, else the first wait counts."""
    waits = {index: _index_wait(view, index) for index in pending_indexes(view, missing)}
    ready = [index for index, wait in waits.items() if not wait]
    return Plan(create=ready) if ready or not waits else Plan(wait=min(waits.values()))


def _index_wait(view: View, index: int) -> float:
    last = view.to_replace.get(index)
    if last is None:
        return 0.0
    record = Record(failure_count(last, FAILURES, IGNORED) + 1, finished_at(last, view.clock))
    return backoff_left(record, view.clock.now)


def pending_indexes(view: View, count: int) -> list[int]:
    """The lowest indexes nobody works at, that are neither done nor given up."""
    busy = [index_of(pod) for pod in view.active]
    if view.job.spec.only_replaces_failed:
        busy += [index_of(pod) for pod in view.leaving]
    return indexes.first_missing(count, view.completions, view.succeeded_indexes, view.failed_indexes, busy)


def surplus_pods(view: View, at_least: int) -> list[Pod]:
    """Pods that go: of an Indexed Job those without a valid index and doubles, then the least advanced."""
    doubles: list[Pod] = []
    left = view.active
    if view.job.spec.is_indexed:
        doubles, left = _doubles(view)
    more = max(at_least - len(doubles), 0)
    return doubles + sorted(left, key=lambda pod: advance(pod, view.clock))[:more]


def _doubles(view: View) -> tuple[list[Pod], list[Pod]]:
    goes, stays = [], []
    for index, group in groupby(sorted(view.active, key=index_of), key=index_of):
        pods = sorted(group, key=lambda pod: advance(pod, view.clock))
        keep = 1 if 0 <= index < view.completions else 0
        goes += pods[: len(pods) - keep]
        stays += pods[len(pods) - keep :]
    return goes, stays


def advance(pod: Pod, clock: Clock) -> tuple[float, ...]:
    """How far a pod has come: unassigned, pending, unready, ready for a short time, often restarted, young come first.

    Source: pkg/controller/controller_utils.go ActivePods, v1.36.
    """
    ready, made = pod.status.condition("Ready"), pod.metadata.creation_timestamp
    since = clock.seconds(ready.last_transition_time) if pod.is_ready and ready and ready.last_transition_time else 0.0
    restarts = max((one.restart_count for one in pod.status.container_statuses), default=0)
    place = (bool(pod.spec.node_name), _PHASES.get(pod.status.phase or "Pending", 0), pod.is_ready)
    return (*place, -since, -restarts, -clock.seconds(made) if made else 0.0)


def counts_of_replacement(view: View, index: int) -> dict[str, str]:
    """The annotations of an index's next pod: its failures so far, those that count and those that were ignored."""
    last = view.to_replace.get(index)
    if last is None:
        return {FAILURES: "0"}
    counts = jobpolicies.of_failure(view.job.spec.pod_failure_policy, last).counts
    failures, ignored = failure_count(last, FAILURES) + counts, failure_count(last, IGNORED) + (not counts)
    return {FAILURES: str(failures)} | ({IGNORED: str(ignored)} if ignored else {})
