"""`kubectl describe` of Jobs and CronJobs.

Source: kubectl pkg/describe/describe.go, v1.32.5.
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.fields import durations, selectors
from labkit.kubectl.describe.metadata import (
    NONE,
    UNSET,
    Object,
    controlled_by,
    date,
    labels_and_annotations,
    name_and_namespace,
    yes,
)
from labkit.kubectl.describe.podtemplate import pod_template
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import count, seconds_between

INDEXES_SHOWN = 50


@describer("Job")
def job(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A Job: how it is to run, how far it is."""
    spec, status = obj["spec"], obj.get("status") or {}
    name_and_namespace(w, obj)
    w.field("Selector", _selector(spec.get("selector")))
    labels_and_annotations(w, obj)
    controlled_by(w, obj)
    _plan(w, spec)
    _times(w, spec, status)
    active = f"{count(obj, 'status', 'active')} Active"
    ready = "" if status.get("ready") is None else f" ({status['ready']} Ready)"
    ended = f"{count(obj, 'status', 'succeeded')} Succeeded / {count(obj, 'status', 'failed')} Failed"
    w.field("Pods Statuses", f"{active}{ready} / {ended}")
    if spec.get("completionMode") == "Indexed":
        w.field("Completed Indexes", shown_indexes(status.get("completedIndexes") or ""))
    pod_template(w, spec.get("template"))


def _selector(label_selector: Object | None) -> str:
    return str(selectors.compile(label_selector)) if label_selector else ""


PLAN = (
    ("Parallelism", "parallelism"), ("Completions", "completions"), ("Completion Mode", "completionMode"),
    ("Suspend", "suspend"), ("Backoff Limit", "backoffLimit"),
    ("TTL Seconds After Finished", "ttlSecondsAfterFinished"),
)  # fmt: skip


def _plan(w: Writer, spec: Object) -> None:
    for title, field in PLAN:
        value = spec.get(field)
        if value is None and field != "completions":
            continue
        w.field(title, UNSET if value is None else yes(value) if field == "suspend" else value)


def _times(w: Writer, spec: Object, status: Object) -> None:
    start, end = status.get("startTime"), status.get("completionTime")
    if start:
        w.field("Start Time", date(start))
    if end:
        w.field("Completed At", date(end))
    if start and end:
        w.field("Duration", durations.human(seconds_between(start, end)))
    if spec.get("activeDeadlineSeconds") is not None:
        w.field("Active Deadline Seconds", f"{spec['activeDeadlineSeconds']}s")


def shown_indexes(indexes: str) -> str:
    """The completed indexes, cut after the first comma past 50 characters."""
    comma = indexes.find(",", INDEXES_SHOWN)
    return (indexes if comma < 0 else f"{indexes[: comma + 1]}...") or NONE


@describer("CronJob")
def cron_job(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A CronJob and the Jobs it makes."""
    spec, status = obj["spec"], obj.get("status") or {}
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    w.field("Schedule", spec.get("schedule", ""))
    w.field("Concurrency Policy", spec.get("concurrencyPolicy", ""))
    suspend = spec.get("suspend")
    w.field("Suspend", UNSET if suspend is None else str(bool(suspend)))
    w.field("Time Zone", _or_unset(spec.get("timeZone")))
    w.field("Successful Job History Limit", _or_unset(spec.get("successfulJobsHistoryLimit")))
    w.field("Failed Job History Limit", _or_unset(spec.get("failedJobsHistoryLimit")))
    deadline = spec.get("startingDeadlineSeconds")
    w.field("Starting Deadline Seconds", UNSET if deadline is None else f"{deadline}s")
    _job_template(w, (spec.get("jobTemplate") or {}).get("spec") or {})
    last = status.get("lastScheduleTime")
    w.field("Last Schedule Time", date(last) if last else UNSET)
    w.field("Active Jobs", ", ".join(each["name"] for each in status.get("active") or ()) or NONE)


def _job_template(w: Writer, spec: Object) -> None:
    chosen = spec.get("selector")
    w.field("Selector", UNSET if chosen is None else _selector(chosen))
    for title in ("Parallelism", "Completions"):
        w.field(title, _or_unset(spec.get(title.lower())))
    if spec.get("activeDeadlineSeconds") is not None:
        w.field("Active Deadline Seconds", f"{spec['activeDeadlineSeconds']}s")
    pod_template(w, spec.get("template"))


def _or_unset(value: Any) -> Any:
    return UNSET if value is None else value
