"""Adapters of the tables job and job_sync: labkit.controllers.job and what it decides by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labkit.clock import Clock
from labkit.cluster import Cluster
from labkit.controllers import indexes, jobpolicies, jobview
from labkit.controllers.job import JobController
from labkit.kinds import Key
from labkit.kinds.pod import Pod
from labkit.kinds.workloads import PodFailurePolicy, SuccessPolicy

Row = dict[str, Any]

_NOW = 1_000_000.0
_KEY = Key("Job", "default", "work")
_PER_POD = ("SuccessfulCreate", "SuccessfulDelete")
_ENDING = ("FailureTarget", "SuccessCriteriaMet")
_FIELDS = (
    "parallelism", "completions", "backoffLimit", "backoffLimitPerIndex", "maxFailedIndexes", "activeDeadlineSeconds",
    "completionMode", "suspend", "podFailurePolicy", "podReplacementPolicy",
)  # fmt: skip


def remaining_time(row: Row) -> float:
    """Seconds of back-off that are left."""
    record = jobview.Record(row["failures"], _NOW - row["seconds_since_last_failure"])
    return round(jobview.backoff_left(record, _NOW), 6)


def records(row: Row) -> list[Row]:
    """The back-off's record after each sync."""
    record, shown = jobview.Record(), []
    for sync in row["syncs"]:
        record = record.after(sync["newly_succeeded_finished_at"], sync["newly_failed_finished_at"])
        shown.append({"failuresAfterLastSuccess": record.failures, "lastFailureTime": record.last})
    return shown


def succeeded_indexes(row: Row) -> Row:
    """The indexes that are done after a sync, as text."""
    new = {index for index in row["newly_succeeded"] if 0 <= index < row["completions"]}
    found = indexes.parse(row["previous"], row["completions"]) | new
    return {"count": len(found), "indexes": indexes.write(found)}


def pending_indexes(row: Row) -> list[int]:
    """The indexes that get pods next."""
    taken = [indexes.parse(row[name], row["completions"]) for name in ("succeeded", "failed")]
    return indexes.first_missing(row["count"], row["completions"], *taken, row["active"])


def failure_policy(row: Row) -> Row:
    """What a pod failure policy makes of a pod."""
    namespace, _, name = row["pod"].partition("/")
    conditions = [{"type": "DisruptionTarget", "status": "True"}] if row["disruption_target"] else []
    held = [(_ended(one["name"], one["exit_code"]), one.get("init", False)) for one in row["containers"]]
    status = {"phase": "Failed", "conditions": conditions, "containerStatuses": [one for one, init in held if not init]}
    status["initContainerStatuses"] = [one for one, init in held if init]
    pod = msgspec.convert({"metadata": {"name": name, "namespace": namespace}, "status": status}, Pod)
    match = jobpolicies.of_failure(msgspec.convert({"rules": row["rules"]}, PodFailurePolicy), pod)
    return {
        "action": match.action or None,
        "counts_towards_backoffLimit": match.counts,
        "message": match.message or None,
    }


def _ended(name: str, code: int | None, finished: str = "") -> Row:
    ended = {"exitCode": code} | ({"finishedAt": finished} if finished else {})
    return {"name": name, "state": {"running": {}} if code is None else {"terminated": ended}}


def success_policy(row: Row) -> Row:
    """Whether a success policy is met."""
    policy = msgspec.convert({"rules": row["rules"]}, SuccessPolicy)
    done = indexes.parse(row["succeeded"], row["completions"])
    message = jobpolicies.of_success(policy, row["completions"], done)
    return {"message": message, "met": bool(message)}


def past_backoff_limit(row: Row) -> bool:
    """Whether containers were restarted too often."""
    pods = [
        {"status": {"phase": one["phase"], "containerStatuses": _restarted(one["restarts"])}} for one in row["pods"]
    ]
    structs = msgspec.convert(pods, list[Pod])
    return jobview.too_many_restarts(row["backoffLimit"], row["restartPolicy"], structs)


def _restarted(counts: list[int]) -> list[Row]:
    return [{"name": f"c{number}", "restartCount": count} for number, count in enumerate(counts)]


def sync(row: Row) -> Row:
    """One sync of a Job, and the status after the next one, when all its pods are gone."""
    cluster, controller = _world(row), JobController()
    given = set(cluster.keys("Pod"))
    _synced(cluster, controller)
    made = [key for key in cluster.keys("Pod") if key not in given]
    before = {one["name"] for one in row["pods"] if one.get("deleting")}
    living = {key.name for key in given if "deletionTimestamp" not in (cluster.get(key) or _GONE)["metadata"]}
    answer: Row = {"created": len(made), "status": _status(cluster)}
    answer["deleted"] = [one["name"] for one in row["pods"] if one["name"] not in living | before]
    if row["completionMode"] == "Indexed":
        answer["created_indexes"] = sorted(jobview.index_of(cluster.read(key)) for key in made)
    if answer["status"]["terminating"] and any(one["type"] in _ENDING for one in answer["status"]["conditions"]):
        for key in cluster.keys("Pod"):
            cluster.remove(key)
        _synced(cluster, controller)
        answer["status_after_pods_gone"] = _status(cluster)
    events = [f"{one['type']} {one['reason']} {one['message']}" for one in cluster.list("Event")]
    return answer | {"events": [one for one in events if one.split()[1] not in _PER_POD]}


def _synced(cluster: Cluster, controller: JobController) -> None:
    """One sync, all of it: it stops between writes that others are to see, and asks to go on at once."""
    while controller.reconcile(cluster, _KEY) == 0.0:
        continue


_GONE: Row = {"metadata": {"deletionTimestamp": ""}}


def _world(row: Row) -> Cluster:
    cluster = Cluster()
    cluster.clock.advance(_NOW)
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "work:1"}]}}
    spec = {name: row[name] for name in _FIELDS if row[name] is not None} | {"template": template}
    meta = {"name": "work", "namespace": "default"}
    job = cluster.create({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec})
    status = {name: value for name, value in (row.get("status") or {}).items() if value is not None}
    if row["started_ago_s"] is not None:
        status["startTime"] = cluster.clock.stamp(_NOW - row["started_ago_s"])
    cluster.set_status(_KEY, status)
    for number, pod in enumerate(row["pods"]):
        _pod(cluster, job, pod, _NOW - 1000 + number)
    return cluster


def _pod(cluster: Cluster, job: Row, pod: Row, made: float) -> None:
    key, meta = Key("Pod", "default", pod["name"]), job["metadata"]
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "work", "uid": meta["uid"], "controller": True}
    notes = {jobview.INDEX: pod.get("index"), jobview.FAILURES: pod.get("job_index_failure_count")}
    metadata: Row = {"name": pod["name"], "namespace": "default", "finalizers": [jobview.TRACKING]}
    metadata |= {"ownerReferences": [owner], "labels": job["spec"]["template"]["metadata"]["labels"]}
    metadata["annotations"] = {name: str(value) for name, value in notes.items() if value is not None}
    spec = {"nodeName": "n1", "containers": [{"name": "main", "image": "work:1"}]}
    now, cluster.clock.now = cluster.clock.now, made
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    cluster.clock.now = now
    cluster.set_status(key, _pod_status(pod, cluster.clock))
    if pod.get("deleting"):
        # Long enough ago that no back-off is left.
        cluster.clock.now = now - 100
        cluster.delete(key, grace=30)
        cluster.clock.now = now


def _pod_status(pod: Row, clock: Clock) -> Row:
    ready = {"type": "Ready", "status": "True" if pod.get("ready") else "False"}
    status: Row = {"phase": pod["phase"], "conditions": [ready]}
    if pod.get("exit_code") is not None:
        finished = clock.stamp(_NOW - pod["finished_ago_s"])
        status["containerStatuses"] = [_ended("main", pod["exit_code"], finished)]
    return status


def _status(cluster: Cluster) -> Row:
    status = cluster.require(_KEY)["status"]
    counts = {name: status.get(name, 0) for name in ("active", "failed", "succeeded", "ready", "terminating")}
    texts = {name: status[name] for name in ("completedIndexes", "failedIndexes") if name in status}
    told = ("type", "status", "reason", "message")
    return {
        **counts,
        **texts,
        "conditions": [{name: one[name] for name in told} for one in status.get("conditions") or ()],
        "startTime_set": "startTime" in status,
        "completionTime_set": "completionTime" in status,
    }


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("job", "getRemainingTimeForFailuresCount"): remaining_time,
    ("job", "newBackoffRecord"): records,
    ("job", "calculateSucceededIndexes"): succeeded_indexes,
    ("job", "firstPendingIndexes"): pending_indexes,
    ("job", "matchPodFailurePolicy"): failure_policy,
    ("job", "matchSuccessPolicy"): success_policy,
    ("job", "pastBackoffLimitOnFailure"): past_backoff_limit,
    ("job_sync", "syncJob"): sync,
}
