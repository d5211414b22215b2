"""Adapters of the table cron: labkit.controllers.schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from labkit.cluster import Cluster
from labkit.controllers import schedule
from labkit.controllers.cronjob import CronJobController, surplus
from labkit.controllers.ownership import controller_ref
from labkit.errors import FieldError
from labkit.kinds import Key
from labkit.manifests import schedule as syntax

Row = dict[str, Any]

_WORK: Row = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "work:1"}]}}}
_NEVER = -9223372036.854776  # how the table writes the pause until no time at all


def runs(row: Row) -> Iterator[str]:
    """The times of the following starts, without end."""
    zone, text = schedule.zoned(row["schedule"], row["timeZone"])
    if why := syntax.error(text):
        raise FieldError(why)
    plan, at = schedule.parse(text), _time(row["from"])
    while (coming := schedule.following(plan, at, zone)) is not None:
        yield _stamp(at := coming)
    yield "never"


def location(row: Row) -> str:
    """Whether a time zone is known."""
    try:
        schedule.zone_of(row["timeZone"])
    except FieldError as error:
        return error.message
    return "ok"


def due(row: Row) -> Row:
    """Which start is due."""
    plan, now = schedule.parse(row["schedule"]), _time(row["now"])
    since = _time(row["lastScheduleTime"] or row["created"])
    wait = schedule.next_in(plan, since, now)
    answer: Row = {"events": [], "missed": "none", "requeue_after_s": _NEVER if wait is None else wait}
    deadline = row["startingDeadlineSeconds"]
    begin = since if deadline is None else max(since, now - timedelta(seconds=deadline))
    try:
        found = schedule.due(plan, begin, now)
    except schedule.ScheduleError as error:
        return answer | {"err": error.message, "start_at": None}
    many = [f"Warning TooManyMissedTimes {schedule.TOO_MANY}"] if found.missed == "many" else []
    answer |= {"missed": found.missed, "events": many, "start_at": found.start and _stamp(found.start)}
    return answer | ({"job_name": schedule.job_name("cj", found.start)} if found.start else {})


def cleaned(row: Row) -> list[str]:
    """The finished Jobs that the history limits let go."""
    limits = (row["successfulJobsHistoryLimit"], row["failedJobsHistoryLimit"])
    successes, failures = (len(row["jobs"]) if limit is None else limit for limit in limits)
    return [f"delete {job['metadata']['name']}" for job in surplus(list(map(_job, row["jobs"])), successes, failures)]


def _job(one: Row) -> Row:
    kinds = {"complete": "Complete", "failed": "Failed"}
    conditions = [{"type": kinds[one["state"]], "status": "True"}] if one["state"] in kinds else []
    start = {"startTime": f"{one['start_min']:09}"} if one.get("start_min") is not None else {}
    return {"metadata": {"name": one["name"]}, "status": {"conditions": conditions} | start}


def sync(row: Row) -> Row:
    """One sync of a CronJob over the row's Jobs."""
    cluster, key = _world(row), Key("CronJob", "default", row["name"])
    before, begun = cluster.require(key)["status"], len(cluster.history)
    wait = CronJobController().reconcile(cluster, key)
    changes = [cluster.history[number] for number in range(begun, len(cluster.history))]
    jobs = [one for one in changes if one.key.kind == "Job" and one.verb in ("create", "delete")]
    status = cluster.require(key)["status"]
    return {
        "actions": [f"{one.verb} {one.key.name}" for one in jobs],
        "active": [one["name"] for one in status.get("active") or ()],
        "events": [f"{one['type']} {one['reason']} {one['message']}" for one in cluster.list("Event")],
        "lastScheduleTime": status.get("lastScheduleTime"),
        "lastSuccessfulTime": status.get("lastSuccessfulTime"),
        "requeue_after_s": wait,
        "update_status": status != before,
    }


def _world(row: Row) -> Cluster:
    cluster, key = Cluster(), Key("CronJob", "default", row["name"])
    cluster.clock.advance(cluster.clock.seconds(row["now"]) - 7200)
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    spec = {name: row[name] for name in ("schedule", "concurrencyPolicy", "startingDeadlineSeconds", "suspend")}
    spec |= {"successfulJobsHistoryLimit": 100, "failedJobsHistoryLimit": 100, "jobTemplate": {"spec": _WORK}}
    spec = {name: value for name, value in spec.items() if value is not None}
    owner = cluster.create({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": _named(key.name), "spec": spec})
    made = [_made(cluster, owner, one) for one in row["jobs"]]
    active = [ref for ref, one in zip(made, row["jobs"], strict=True) if one["in_status_active"]]
    status = {"active": active, "lastScheduleTime": row["lastScheduleTime"]}
    cluster.set_status(key, {name: value for name, value in status.items() if value})
    cluster.clock.advance(cluster.clock.seconds(row["now"]))
    return cluster


def _named(name: str) -> Row:
    return {"name": name, "namespace": "default"}


def _made(cluster: Cluster, owner: Row, one: Row) -> Row:
    """A Job in its state; what the CronJob's status says of it."""
    named = _named(one["name"])
    if one["state"] == "gone":
        return named | {"uid": one["name"]}
    meta = named | {"ownerReferences": [controller_ref(owner)]}
    job = cluster.create({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": _WORK})
    done = {"completionTime": one["completed"]} if one.get("completed") else {}
    status = _job(one)["status"] | {"startTime": one["start"]} | done
    cluster.set_status(Key("Job", "default", one["name"]), status)
    return named | {"uid": job["metadata"]["uid"]}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("cron", "next"): runs,
    ("cron", "LoadLocation"): location,
    ("cron", "nextScheduleTime"): due,
    ("cron", "cleanupFinishedJobs"): cleaned,
    ("cron", "syncCronJob"): sync,
}
