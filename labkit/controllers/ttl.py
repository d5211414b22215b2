"""Finished Jobs that are to go after a while."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.controllers.watching import alive
from labkit.kinds.registry import Key
from labkit.kinds.workloads import Job


def expires_at(job: Job) -> tuple[str, int] | None:
    """When a Job ended and how many seconds it may stay; None if it hasn't ended or may stay for good."""
    seconds = job.spec.ttl_seconds_after_finished
    ended = job.status.condition("Complete") or job.status.condition("Failed")
    if seconds is None or ended is None or ended.last_transition_time is None:
        return None
    return ended.last_transition_time, seconds


class TTLAfterFinishedController:
    """Deletes Jobs ttlSecondsAfterFinished after they have ended.

    Does: deletes the Job in the foreground, so that its pods go first.
    Reads: Job. Writes: its deletion.
    Runs again: when the Job changes, and when its time is over.
    Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go, v1.36. Left out: nothing.
    """

    name = "ttl-after-finished-controller"
    kind = "Job"

    def __init__(self) -> None:
        self.watches = {"Job": alive}

    def reconcile(self, cluster: Cluster, key: Key) -> float | None:
        """Delete the Job, or come again when it is time."""
        job = cluster.read(key)
        if job is None or job.metadata.deletion_timestamp is not None:
            return None
        found = expires_at(job)
        if found is None:
            return None
        left = cluster.clock.seconds(found[0]) + found[1] - cluster.clock.now
        if left > 0:
            return left
        cluster.delete(key, propagation="Foreground")
        return None
