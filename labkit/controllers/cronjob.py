"""CronJobs: a Job at every time of a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from labkit.clock import EPOCH, Clock
from labkit.cluster import Cluster
from labkit.controllers import schedule
from labkit.controllers.job import is_over
from labkit.controllers.ownership import controlled, controller_ref
from labkit.controllers.replicaset import is_namespace_ending
from labkit.controllers.watching import controller_of, itself
from labkit.errors import ApiError, FieldError
from labkit.kinds.conditions import find_condition
from labkit.kinds.registry import Key
from labkit.manifests import schedule as syntax

Dict = dict[str, Any]

STARTED = "batch.kubernetes.io/cronjob-scheduled-timestamp"
_ACTIVE = "Not starting job because prior execution is running and concurrency policy is Forbid"


class Timetable(NamedTuple):
    """A CronJob's schedule with its zone and the times that matter."""

    plan: schedule.Schedule
    zone: tzinfo
    since: datetime
    now: datetime
    deadline: int | None

    def due(self) -> schedule.Due:
        """The start that is due; with a deadline nothing before it is looked at."""
        begin = self.since
        if self.deadline is not None:
            begin = max(begin, self.now - timedelta(seconds=self.deadline))
        return schedule.due(self.plan, begin, self.now, self.zone)

    def next_in(self) -> float | None:
        """Seconds until the next start."""
        return schedule.next_in(self.plan, self.since, self.now, self.zone)


def timetable(cronjob: Dict, clock: Clock) -> Timetable:
    """The timetable of a CronJob; FieldError if its zone or schedule can't be read."""
    spec = cronjob["spec"]
    zone, text = schedule.zoned(spec["schedule"], spec.get("timeZone"))
    if why := syntax.error(text):
        raise FieldError(why)
    since = (cronjob.get("status") or {}).get("lastScheduleTime") or cronjob["metadata"]["creationTimestamp"]
    now = EPOCH + timedelta(seconds=clock.now)
    begin = EPOCH + timedelta(seconds=clock.seconds(since))
    return Timetable(schedule.parse(text), zone, begin, now, spec.get("startingDeadlineSeconds"))


def surplus(jobs: Sequence[Dict], successes: int, failures: int) -> list[Dict]:
    """The finished Jobs that the history limits let go, oldest first: the successful ones, then the failed ones."""
    found: list[Dict] = []
    for kind, limit in (("Complete", successes), ("Failed", failures)):
        ended = sorted((job for job in jobs if find_condition(job, kind)), key=_started)
        found += ended[: max(len(ended) - limit, 0)]
    return found


def _started(job: Dict) -> tuple[bool, str, str]:
    start = (job.get("status") or {}).get("startTime")
    return start is None, start or "", job["metadata"]["name"]


class CronJobController:
    """Starts a Job at every time of a CronJob's schedule.

    Does: makes the Job of the latest time that is due, as its concurrency policy and deadline allow; keeps the list
    of active Jobs; deletes finished ones beyond the history limits.
    Reads: CronJob, its Jobs. Writes: Job, status; events SuccessfulCreate, SuccessfulDelete, SawCompletedJob,
    MissingJob, UnexpectedJob, JobAlreadyActive, MissSchedule, TooManyMissedTimes and those of bad schedules.
    Runs again: when the CronJob or a Job of it changes, and a tenth of a second after the next time.
    Source: pkg/controller/cronjob/cronjob_controllerv2.go, v1.36. Left out: adoption of Jobs.
    """

    name = "cronjob-controller"
    kind = "CronJob"

    def __init__(self) -> None:
        self.watches = {"CronJob": itself, "Job": controller_of("CronJob")}

    def reconcile(self, cluster: Cluster, key: Key) -> float | None:
        """One sync."""
        obj = cluster.get(key)
        if obj is None:
            return None
        jobs = [cluster.require(one) for one in controlled(cluster, key, "Job")]
        status = self._observed(cluster, key, obj, jobs)
        wait = None
        if "deletionTimestamp" not in obj["metadata"] and not obj["spec"].get("suspend"):
            status, wait = self._start(cluster, key, obj, status)
        status = self._clean(cluster, key, obj, status)
        if cluster.get(key) is not None:
            cluster.set_status(key, status)
        return wait

    def _observed(self, cluster: Cluster, key: Key, obj: Dict, jobs: Sequence[Dict]) -> Dict:
        """The status after a look at the Jobs: ended and missing ones are no longer active."""
        status = dict(obj.get("status") or {})
        active = list(status.get("active") or ())
        listed = {one["uid"] for one in active}
        for job in jobs:
            name, uid = job["metadata"]["name"], job["metadata"]["uid"]
            if not is_over(job) and uid not in listed:
                why = f"Saw a job that the controller did not create or forgot: {name}"
                self._tell(cluster, key, "UnexpectedJob", why, "Warning")
            elif is_over(job) and uid in listed:
                kind = "Complete" if find_condition(job, "Complete") else "Failed"
                self._tell(cluster, key, "SawCompletedJob", f"Saw completed job: {name}, condition: {kind}")
                active = [one for one in active if one["uid"] != uid]
        living = {job["metadata"]["uid"] for job in jobs}
        for one in (one for one in active if one["uid"] not in living):
            self._tell(cluster, key, "MissingJob", f"Active job went missing: {one['name']}")
        done = [
            (job.get("status") or {}).get("completionTime") or "" for job in jobs if find_condition(job, "Complete")
        ]
        latest = max([status.get("lastSuccessfulTime") or "", *done])
        return _with_active(status, [one for one in active if one["uid"] in living]) | (
            {"lastSuccessfulTime": latest} if latest else {}
        )

    def _start(self, cluster: Cluster, key: Key, obj: Dict, status: Dict) -> tuple[Dict, float | None]:
        """Make the Job that is due, if any; seconds until the next one."""
        try:
            times = timetable(obj | {"status": status}, cluster.clock)
            due = times.due()
        except FieldError as error:
            why = f'unparseable schedule: "{obj["spec"]["schedule"]}" : {error.message}'
            self._tell(cluster, key, "UnparseableSchedule", why, "Warning")
            return status, None
        except schedule.ScheduleError as error:
            why = f"invalid schedule: {obj['spec']['schedule']} : {error.message}"
            self._tell(cluster, key, "InvalidSchedule", why, "Warning")
            return status, None
        if due.missed == "many":
            self._tell(cluster, key, "TooManyMissedTimes", schedule.TOO_MANY, "Warning")
        if due.start is not None and self._may_start(cluster, key, obj, status, times, due.start):
            status = self._create(cluster, key, obj, status, due.start)
            times = times._replace(since=due.start)
        return status, times.next_in()

    def _may_start(
        self, cluster: Cluster, key: Key, obj: Dict, status: Dict, times: Timetable, start: datetime
    ) -> bool:
        if times.deadline is not None and start + timedelta(seconds=times.deadline) < times.now:
            why = f"Missed scheduled time to start a job: {start:%a, %d %b %Y %H:%M:%S} +0000"
            self._tell(cluster, key, "MissSchedule", why, "Warning")
            return False
        name = schedule.job_name(key.name, start)
        listed = any(one["name"] == name for one in status.get("active") or ())
        if listed or status.get("lastScheduleTime") == _stamp(start):
            return False
        if obj["spec"].get("concurrencyPolicy") == "Forbid" and status.get("active"):
            self._tell(cluster, key, "JobAlreadyActive", _ACTIVE)
            return False
        return True

    def _create(self, cluster: Cluster, key: Key, obj: Dict, status: Dict, start: datetime) -> Dict:
        active = list(status.get("active") or ())
        if obj["spec"].get("concurrencyPolicy") == "Replace":
            for one in active:
                self._delete(cluster, key, one["name"])
            active = []
        try:
            job = cluster.create(_job(obj, start))
        except ApiError as error:
            if not is_namespace_ending(error):
                self._tell(cluster, key, "FailedCreate", f"Error creating job: {error.message}", "Warning")
            return _with_active(status, active)
        self._tell(cluster, key, "SuccessfulCreate", f"Created job {job['metadata']['name']}")
        meta = job["metadata"]
        named = {"apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "namespace": key.namespace}
        active.append(named | {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]})
        return _with_active(status, active) | {"lastScheduleTime": _stamp(start)}

    def _clean(self, cluster: Cluster, key: Key, obj: Dict, status: Dict) -> Dict:
        spec = obj["spec"]
        jobs = [cluster.require(one) for one in controlled(cluster, key, "Job")]
        limits = (spec.get("successfulJobsHistoryLimit", 3), spec.get("failedJobsHistoryLimit", 1))
        for job in surplus(jobs, *limits):
            self._delete(cluster, key, job["metadata"]["name"])
        return status

    def _delete(self, cluster: Cluster, key: Key, name: str) -> None:
        job = Key("Job", key.namespace, name)
        if cluster.get(job) is not None:
            cluster.delete(job, propagation="Background")
            self._tell(cluster, key, "SuccessfulDelete", f"Deleted job {name}")

    def _tell(self, cluster: Cluster, key: Key, reason: str, message: str, type: str = "Normal") -> None:
        cluster.record(key, type, reason, message, self.name)


def _with_active(status: Dict, active: Sequence[Dict]) -> Dict:
    kept = {name: value for name, value in status.items() if name != "active"}
    return kept | ({"active": list(active)} if active else {})


def _job(cronjob: Dict, start: datetime) -> Dict:
    template, meta = cronjob["spec"]["jobTemplate"], cronjob["metadata"]
    inner = template.get("metadata") or {}
    name = schedule.job_name(meta["name"], start)
    notes = {**(inner.get("annotations") or {}), STARTED: _stamp(start)}
    metadata = {"name": name, "namespace": meta["namespace"], "annotations": notes}
    metadata |= {"ownerReferences": [controller_ref(cronjob)]} | (
        {"labels": inner["labels"]} if inner.get("labels") else {}
    )
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template.get("spec") or {}}


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
