"""A Job's status: which pods are counted in a sync, and what is written before and after. All pure.

The status is written twice: first with the uids of what is being counted, then, when the pods have lost their
tracking finalizer, with the counts. So nothing is counted twice if the controller stops between.
Source: pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers, enactJobFinished, v1.36.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.controllers import indexes, jobpolicies
from labkit.controllers.jobplan import FAILING, SUCCEEDING, Outcome
from labkit.controllers.jobview import View, has_failed, index_of
from labkit.kinds.conditions import condition, in_place
from labkit.kinds.pod import Pod

Dict = dict[str, Any]


class Counts(NamedTuple):
    """Pods after what the sync did: active, of those ready, and being deleted."""

    active: int
    ready: int
    terminating: int


class Tally(NamedTuple):
    """Pods that lose their finalizer in this sync, and which of them count as succeeded or failed."""

    freed: list[Pod]
    succeeded: list[Pod]
    failed: list[Pod]


def tally(view: View, end: Outcome | None, deleting: bool) -> Tally:
    """Sort the pods that are not counted yet."""
    free_all = deleting or end is not None
    freed = [pod for pod in view.uncounted if free_all or _is_counted(view, pod)]
    won = [pod for pod in freed if pod.status.phase == "Succeeded"]
    # When a Job fails, whatever still runs has failed with it.
    broken = end is not None and end.type == FAILING
    policy = view.job.spec.pod_failure_policy
    lost = [pod for pod in freed if pod.status.phase != "Succeeded" and (broken or has_failed(view.job.spec, pod))]
    lost = [pod for pod in lost if view.is_valid(pod) and jobpolicies.of_failure(policy, pod).counts]
    return Tally(freed, [] if view.job.spec.is_indexed else won, lost)


def _is_counted(view: View, pod: Pod) -> bool:
    if pod.status.phase == "Succeeded":
        return True
    kept = view.to_replace.get(index_of(pod))
    return has_failed(view.job.spec, pod) and (kept is None or kept.metadata.uid != pod.metadata.uid)


def flushed(view: View, old: Dict, counts: Counts, counting: Tally, end: Outcome | None) -> Dict:
    """The status before the finalizers go; `old` has the conditions and times that are to stay."""
    spec, status = view.job.spec, {name: old[name] for name in ("conditions", "startTime") if old.get(name)}
    succeeded = len(view.succeeded_indexes) if spec.is_indexed else old.get("succeeded", 0)
    numbers = {"active": counts.active, "succeeded": succeeded, "failed": old.get("failed", 0)}
    status |= {name: number for name, number in numbers.items() if number}
    status |= {"ready": counts.ready, "terminating": counts.terminating}
    status["uncountedTerminatedPods"] = _uids(counting)
    if spec.is_indexed and view.succeeded_indexes:
        status["completedIndexes"] = indexes.write(view.succeeded_indexes)
    if spec.backoff_limit_per_index is not None:
        status["failedIndexes"] = indexes.write(view.failed_indexes)
    if end is not None:
        status["conditions"] = _with(status, end.type, end, view)
    return status


def _uids(counting: Tally) -> Dict:
    groups = {"succeeded": counting.succeeded, "failed": counting.failed}
    return {name: [pod.metadata.uid for pod in pods] for name, pods in groups.items() if pods}


def settled(view: View, status: Dict, end: Outcome | None) -> Dict:
    """The status after the finalizers went; the Job is over when it has an outcome and no pod is left that is leaving.

    `status` is what `flushed` gave.
    """
    counting = status["uncountedTerminatedPods"]
    sums = {name: status.get(name, 0) + len(counting.get(name, ())) for name in ("succeeded", "failed")}
    done = {**status, **{name: number for name, number in sums.items() if number}, "uncountedTerminatedPods": {}}
    if end is None or status["terminating"]:
        return done
    kind = "Complete" if end.type == SUCCEEDING else "Failed"
    done["conditions"] = _with(done, kind, end, view)
    return done | ({"completionTime": view.clock.stamp()} if kind == "Complete" else {})


def _with(status: Dict, kind: str, end: Outcome, view: View) -> list[Dict]:
    stamp = view.clock.stamp()
    new = condition(kind, "True", end.reason, end.message, stamp) | {"lastProbeTime": stamp}
    held = next((one for one in status.get("conditions") or () if one["type"] == kind), None)
    return in_place(status.get("conditions") or (), held or new)


def suspension(status: Dict, suspend: bool, stamp: str) -> tuple[Dict, str]:
    """The status with the condition Suspended as it should be, and "Suspended" or "Resumed" if that is news.

    A suspended Job has not started; a resumed one starts anew, so that its deadline doesn't run in between.
    """
    conditions = status.get("conditions") or []
    held = next((one["status"] for one in conditions if one["type"] == "Suspended"), "False")
    if suspend == (held == "True"):
        return status, ""
    word = "Suspended" if suspend else "Resumed"
    new = condition("Suspended", str(suspend), f"Job{word}", f"Job {word.lower()}", stamp) | {"lastProbeTime": stamp}
    started = {name: value for name, value in status.items() if name != "startTime"}
    return started | ({} if suspend else {"startTime": stamp}) | {"conditions": in_place(conditions, new)}, word
