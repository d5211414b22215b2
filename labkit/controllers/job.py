"""Jobs: pods that are to end, so many times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from labkit.cluster import Cluster
from labkit.controllers.jobplan import (
    COMPLETED,
    Outcome,
    Plan,
    counts_of_replacement,
    deadline_in,
    is_complete,
    outcome,
    plan,
)
from labkit.controllers.jobpods import new_pod
from labkit.controllers.jobstatus import Counts, flushed, settled, suspension, tally
from labkit.controllers.jobview import TRACKING, View
from labkit.controllers.ownership import Adoption, adopt, claimed, controlled
from labkit.controllers.replicaset import is_namespace_ending
from labkit.controllers.watching import claimant_of
from labkit.errors import ApiError
from labkit.history import Entry
from labkit.kinds.conditions import find_condition
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key, key_of

Dict = dict[str, Any]

BATCH = 1.0
"""Seconds that changes of pods are gathered before the Job is looked at again."""

RETRY = 10.0
_claimant = claimant_of("Job")


class Later(NamedTuple):
    """A Job that is to be looked at in a second."""

    job: Key


class Pause(NamedTuple):
    """The back-off of a Job after a failure; it waits in the clock and outlives the pod that failed."""

    job: Key
    uid: str


def changed(cluster: Cluster, entry: Entry) -> Iterable[Key | Later]:
    """The Job at once if its spec changed, in a second if only its status did."""
    old, new = entry.old, entry.new
    same = (
        old is not None and new is not None and old["metadata"].get("generation") == new["metadata"].get("generation")
    )
    return (Later(entry.key) if same else entry.key,)


def of_pod(cluster: Cluster, entry: Entry) -> Iterable[Later | Adoption]:
    """The pod's Job in a second; an orphan at once."""
    return [one if isinstance(one, Adoption) else Later(one) for one in _claimant(cluster, entry)]


class JobController:
    """Runs a Job's pods until enough have succeeded, or too many failed.

    Does: keeps min(parallelism, what is left) pods active, one for each index of an Indexed Job; backs off after
    failures; ends the Job as Complete or Failed by completions, backoffLimit, backoffLimitPerIndex, deadline, pod
    failure and success policy; suspends and resumes it.
    Reads: Job, its pods. Writes: Pod, its tracking finalizer, status; events SuccessfulCreate, SuccessfulDelete,
    FailedCreate, Suspended, Resumed, Completed, TooManySucceededPods and the reasons of failure.
    Runs again: when the spec changes; a second after a pod or the status changed; when a back-off or the deadline is
    over.
    Source: pkg/controller/job/job_controller.go, v1.36.
    Left out: the limit of 500 pods made or deleted in one sync, other controllers by managedBy; failures of pods that
    are gone don't double the next back-off.
    """

    name = "job-controller"
    kind = "Job"

    def __init__(self) -> None:
        self.watches = {"Job": changed, "Pod": of_pod}

    def reconcile(self, cluster: Cluster, key: Key | Later | Pause | Adoption) -> float | None:
        """One sync, a sync to come, the end of a back-off, or an orphan that may be adopted: that wakes the owner."""
        if isinstance(key, Adoption):
            adopt(cluster, key)
        elif isinstance(key, Later | Pause):
            cluster.clock.wake((self.name, key.job), BATCH if isinstance(key, Later) else 0.0)
        elif (job := cluster.get(key)) is None:
            _free_orphans(cluster, key)
        elif not is_over(job):
            return self._sync(cluster, key, job)
        return None

    def _sync(self, cluster: Cluster, key: Key, job: Dict) -> float | None:
        view, deleting = self._view(cluster, key, job), "deletionTimestamp" in job["metadata"]
        end = outcome(view)
        if end is not None and view.uncounted and view.job.status.condition(end.type):  # announced a moment ago
            self._settle(cluster, key, view, job["status"], view.uncounted, end)
            return None
        todo = Plan(delete=view.active) if end else Plan() if deleting else plan(view)
        self._delete(cluster, key, todo.delete, free=end is None)
        made = self._create(cluster, key, job, view, todo.create)
        counts = _counts(view, todo, made)
        status = {**(job.get("status") or {}), "startTime": view.job.status.start_time}
        if end is None and not deleting:
            end = COMPLETED if is_complete(view, counts.active) else None
            if end is None:
                status = self._suspend(cluster, key, status, view.job.spec.suspend)
        if self._account(cluster, key, view, status, counts, end, deleting):
            return 0.0
        self._pause(cluster, key, view, end)
        refused = RETRY if made < len(todo.create) else None
        waits = (todo.wait, refused, None if end else deadline_in(view))
        return min((wait for wait in waits if wait is not None and wait > 0), default=None)

    def _view(self, cluster: Cluster, key: Key, job: Dict) -> View:
        held = cluster.read(key)
        if held.status.start_time is None and not held.spec.suspend:
            held = replace(held, status=replace(held.status, start_time=cluster.clock.stamp()))
        # Orphans announce themselves; they are looked for only before the first status.
        pods = controlled(cluster, key, "Pod") if job.get("status") else claimed(cluster, key, "Pod")
        held_up = cluster.clock.has((self.name, Pause(key, held.metadata.uid)))
        return View(held, [cluster.read(pod) for pod in pods], cluster.clock, held_up)

    def _pause(self, cluster: Cluster, key: Key, view: View, end: Outcome | None) -> None:
        """Set the back-off anew after a failure; drop it after a success or at the end."""
        call = (self.name, Pause(key, view.job.metadata.uid))
        if end is not None or view.backoff > 0 or view.new_successes:
            cluster.clock.cancel(call)
        if end is None and view.backoff > 0:
            cluster.clock.wake(call, view.backoff)

    def _suspend(self, cluster: Cluster, key: Key, status: Dict, suspend: bool) -> Dict:
        status, news = suspension(status, suspend, cluster.clock.stamp())
        if news:
            cluster.record(key, "Normal", news, f"Job {news.lower()}", self.name)
        return status

    def _delete(self, cluster: Cluster, key: Key, pods: Sequence[Pod], free: bool) -> None:
        """Delete pods; with `free` they are not to be counted as failed."""
        for pod in pods:
            one = Key("Pod", key.namespace, pod.metadata.name)
            if free:
                _release(cluster, one)
            cluster.delete(one)
            cluster.record(key, "Normal", "SuccessfulDelete", f"Deleted pod: {one.name}", self.name)

    def _create(self, cluster: Cluster, key: Key, job: Dict, view: View, numbers: Sequence[int]) -> int:
        """How many pods were made, until one was refused."""
        counted = view.job.spec.backoff_limit_per_index is not None
        for made, index in enumerate(numbers):
            notes = counts_of_replacement(view, index) if counted else {}
            try:
                pod = key_of(cluster.create(new_pod(job, index, notes)))
            except ApiError as error:
                if not is_namespace_ending(error):
                    cluster.record(key, "Warning", "FailedCreate", f"Error creating: {error.message}", self.name)
                return made
            cluster.record(key, "Normal", "SuccessfulCreate", f"Created pod: {pod.name}", self.name)
        return len(numbers)

    def _account(
        self, cluster: Cluster, key: Key, view: View, old: Dict, counts: Counts, end: Outcome | None, deleting: bool
    ) -> bool:
        """Write the status with what is being counted, then count it.

        True: it has just been written that the Job is about to end; others see that before it does.
        """
        counting = tally(view, end, deleting)
        before = flushed(view, old, counts, counting, end)
        told = old.get("conditions") or []
        cluster.set_status(key, before)
        if end is not None and before["conditions"] != told:
            return True
        self._settle(cluster, key, view, before, counting.freed, end)
        return False

    def _settle(
        self, cluster: Cluster, key: Key, view: View, before: Dict, freed: Sequence[Pod], end: Outcome | None
    ) -> None:
        """Let go of what is counted, and write its number; tell when the Job is over."""
        for pod in freed:
            _release(cluster, Key("Pod", key.namespace, pod.metadata.name))
        done = cluster.set_status(key, settled(view, before, end))
        if end is not None and is_over(done):
            self._tell(cluster, key, done, end)

    def _tell(self, cluster: Cluster, key: Key, job: Dict, end: Outcome) -> None:
        if find_condition(job, "Failed"):
            cluster.record(key, "Warning", end.reason, end.message, self.name)
            return
        wanted = job["spec"].get("completions")
        if wanted is not None and job["status"].get("succeeded", 0) > wanted:
            why = "Too many succeeded pods running after completion count reached"
            cluster.record(key, "Warning", "TooManySucceededPods", why, self.name)
        cluster.record(key, "Normal", "Completed", "Job completed", self.name)


def is_over(job: Dict) -> bool:
    """Whether a Job is Complete or Failed."""
    found = (find_condition(job, kind) for kind in ("Complete", "Failed"))
    return any(one is not None and one["status"] == "True" for one in found)


def _counts(view: View, todo: Plan, made: int) -> Counts:
    """The pods after the plan; while a back-off holds new pods up, the real controller reports none as active."""
    gone = len(todo.delete)
    active = 0 if todo.wait is not None else len(view.active) - gone + made
    ready = sum(pod.is_ready for pod in view.active) - sum(pod.is_ready for pod in todo.delete)
    return Counts(active, ready, len(view.leaving) + gone)


def _release(cluster: Cluster, pod: Key) -> None:
    """Take the tracking finalizer off a pod, if it is there and has it."""
    obj = cluster.get(pod)
    finalizers = (obj or {"metadata": {}})["metadata"].get("finalizers") or []
    if TRACKING in finalizers:
        cluster.patch(pod, {"metadata": {"finalizers": [one for one in finalizers if one != TRACKING] or None}})


def _free_orphans(cluster: Cluster, job: Key) -> None:
    for pod in cluster.out(job, "owns"):
        if pod.kind == "Pod":
            _release(cluster, pod)
