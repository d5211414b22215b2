"""Jobs: pods that are to end, so many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.controllers.ownership import Adoption, adopt, claimed, is_active, pod_from
from labkit.controllers.replicaset import is_namespace_ending
from labkit.controllers.watching import claimant_of, itself
from labkit.errors import ApiError
from labkit.kinds.conditions import condition, find_condition
from labkit.kinds.registry import Key, key_of

Dict = dict[str, Any]

FIRST_WAIT = 10.0
LONGEST_WAIT = 600.0

_REACHED = ("CompletionsReached", "Reached expected number of succeeded pods")
_BACKOFF = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
_DEADLINE = ("DeadlineExceeded", "Job was active longer than specified deadline")


class Progress(NamedTuple):
    """How far a Job is: pods by what became of them."""

    active: int
    succeeded: int
    failed: int


def backoff_wait(failures_since_success: int) -> float:
    """Seconds after the last failure until the next pod: 10, 20, 40 … 600."""
    if failures_since_success <= 0:
        return 0.0
    return min(FIRST_WAIT * 2.0 ** (failures_since_success - 1), LONGEST_WAIT)


def wanted_active(done: Progress, parallelism: int, completions: int | None) -> int:
    """How many pods are to run now; without completions nobody is added once one has succeeded."""
    if completions is None:
        return done.active if done.succeeded else parallelism
    return min(parallelism, max(completions - done.succeeded, 0))


class JobController:
    """Runs a Job's pods until enough have succeeded, or too many failed.

    Does: keeps min(parallelism, what is left) pods active, backs off after failures, ends the Job as Complete or
    Failed (backoffLimit, activeDeadlineSeconds), suspends it, deletes it after its TTL.
    Reads: Job, its pods. Writes: Pod, status; events SuccessfulCreate, SuccessfulDelete, Completed,
    BackoffLimitExceeded, DeadlineExceeded.
    Runs again: when the Job or a pod of it changes; when a back-off, the deadline or the TTL is over.
    Source: pkg/controller/job/job_controller.go, v1.36.
    Left out: Indexed completion (run as NonIndexed), policies for pod failure and success, the 1 s batching of status.
    """

    name = "job-controller"
    kind = "Job"

    def __init__(self) -> None:
        self.watches = {"Job": itself, "Pod": claimant_of("Job")}

    def reconcile(self, cluster: Cluster, key: Key | Adoption) -> float | None:
        """One sync, or an orphan that may be adopted: that wakes the owner."""
        if isinstance(key, Adoption):
            adopt(cluster, key)
            return None
        job = cluster.get(key)
        if job is None or "deletionTimestamp" in job["metadata"]:
            return None
        if ended := find_condition(job, "Complete") or find_condition(job, "Failed"):
            return self._expire(cluster, key, job, ended)
        pods = claimed(cluster, key, "Pod")
        active = [pod for pod in pods if is_active(cluster.require(pod))]
        done = Progress(len(active), _ended(cluster, pods, "Succeeded"), _ended(cluster, pods, "Failed"))
        outcome = self._outcome(cluster, job, pods, done)
        if outcome:
            return self._end(cluster, key, active, done, outcome)
        wait = self._manage(cluster, key, job, pods, active, done)
        self._report(cluster, key, pods, done, [])
        return min((one for one in (wait, _deadline_in(cluster, job)) if one is not None), default=None)

    def _outcome(self, cluster: Cluster, job: Dict, pods: Sequence[Key], done: Progress) -> tuple[str, str, str] | None:
        spec = job["spec"]
        left = _deadline_in(cluster, job)
        restarts = sum(one.restart_count for pod in pods for one in cluster.read(pod).status.container_statuses)
        tries = done.failed + (restarts if spec["template"]["spec"].get("restartPolicy") == "OnFailure" else 0)
        if tries > spec.get("backoffLimit", 6):
            return ("Failed", *_BACKOFF)
        if left is not None and left <= 0:
            return ("Failed", *_DEADLINE)
        completions = spec.get("completions")
        met = done.succeeded > 0 and not done.active if completions is None else done.succeeded >= completions
        return ("Complete", *_REACHED) if met else None

    def _manage(
        self, cluster: Cluster, key: Key, job: Dict, pods: Sequence[Key], active: list[Key], done: Progress
    ) -> float | None:
        """Create or delete pods; seconds to wait when a back-off is in the way."""
        spec = job["spec"]
        want = 0 if spec.get("suspend") else wanted_active(done, spec.get("parallelism", 1), spec.get("completions"))
        for pod in active[want:]:
            cluster.delete(pod)
            cluster.record(key, "Normal", "SuccessfulDelete", f"Deleted pod: {pod.name}", self.name)
        if len(active) >= want:
            return None
        wait = _backoff_left(cluster, pods)
        if wait > 0:
            return wait
        created = all(self._create(cluster, key, job) for _ in range(want - len(active)))
        return None if created else FIRST_WAIT

    def _create(self, cluster: Cluster, key: Key, job: Dict) -> bool:
        try:
            pod = key_of(cluster.create(pod_from(job["spec"]["template"], job)))
        except ApiError as error:
            if not is_namespace_ending(error):
                cluster.record(key, "Warning", "FailedCreate", f"Error creating: {error.message}", self.name)
            return False
        cluster.record(key, "Normal", "SuccessfulCreate", f"Created pod: {pod.name}", self.name)
        return True

    def _end(
        self, cluster: Cluster, key: Key, active: list[Key], done: Progress, outcome: tuple[str, str, str]
    ) -> float | None:
        kind, reason, message = outcome
        for pod in active:
            cluster.delete(pod)
            cluster.record(key, "Normal", "SuccessfulDelete", f"Deleted pod: {pod.name}", self.name)
        stamp, first = cluster.clock.stamp(), "SuccessCriteriaMet" if kind == "Complete" else "FailureTarget"
        added = [condition(type_, "True", reason, message, stamp) for type_ in (first, kind)]
        failed = done.failed + (len(active) if kind == "Failed" else 0)
        self._report(cluster, key, [], Progress(0, done.succeeded, failed), added)
        if kind == "Complete":
            cluster.record(key, "Normal", "Completed", "Job completed", self.name)
        else:
            cluster.record(key, "Warning", reason, message, self.name)
        return None

    def _report(self, cluster: Cluster, key: Key, pods: Sequence[Key], done: Progress, added: list[Dict]) -> None:
        job = cluster.require(key)
        old = job.get("status") or {}
        living = [pod for pod in pods if cluster.get(pod) is not None]
        active = sum(is_active(cluster.require(pod)) for pod in claimed(cluster, key, "Pod")) if not added else 0
        counts = {"active": active, "succeeded": done.succeeded, "failed": done.failed}
        status: Dict = {name: count for name, count in counts.items() if count}
        ready = sum(cluster.read(pod).is_ready for pod in living)
        status |= {"ready": ready, "terminating": 0, "uncountedTerminatedPods": {}}
        if not job["spec"].get("suspend"):
            status["startTime"] = old.get("startTime", cluster.clock.stamp())
        conditions = [*(old.get("conditions") or []), *added]
        if any(one["type"] == "Complete" for one in added):
            status["completionTime"] = cluster.clock.stamp()
        cluster.set_status(key, status | ({"conditions": conditions} if conditions else {}))

    def _expire(self, cluster: Cluster, key: Key, job: Dict, ended: Dict) -> float | None:
        ttl = job["spec"].get("ttlSecondsAfterFinished")
        if ttl is None:
            return None
        left = cluster.clock.seconds(ended["lastTransitionTime"]) + ttl - cluster.clock.now
        if left > 0:
            return float(left)
        cluster.delete(key, propagation="Background")
        return None


def _ended(cluster: Cluster, pods: Sequence[Key], phase: str) -> int:
    """Pods of that phase; one that is deleted before it ended counts as failed."""
    ended = 0
    for pod in pods:
        obj = cluster.require(pod)
        now = (obj.get("status") or {}).get("phase")
        lost = phase == "Failed" and now != "Succeeded" and "deletionTimestamp" in obj["metadata"]
        ended += now == phase or lost
    return ended


def _backoff_left(cluster: Cluster, pods: Sequence[Key]) -> float:
    """Seconds until the next pod may be made: counted from the last failure, by failures since the last success."""
    ended = [pod for pod in pods if cluster.read(pod).is_terminal]
    finished = sorted((_finished_at(cluster, pod), cluster.read(pod).status.phase) for pod in ended)
    failures = 0
    for _, phase in reversed(finished):
        if phase == "Succeeded":
            break
        failures += 1
    return finished[-1][0] + backoff_wait(failures) - cluster.clock.now if failures else 0.0


def _finished_at(cluster: Cluster, pod: Key) -> float:
    states = [one.state.get("terminated") or {} for one in cluster.read(pod).status.container_statuses]
    stamps = [cluster.clock.seconds(one["finishedAt"]) for one in states if one.get("finishedAt")]
    return max(stamps, default=cluster.clock.seconds(cluster.read(pod).metadata.creation_timestamp))


def _deadline_in(cluster: Cluster, job: Dict) -> float | None:
    seconds, started = job["spec"].get("activeDeadlineSeconds"), (job.get("status") or {}).get("startTime")
    if seconds is None or started is None or job["spec"].get("suspend"):
        return None
    return float(cluster.clock.seconds(started) + seconds - cluster.clock.now)
