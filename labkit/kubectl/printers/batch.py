"""Jobs and CronJobs.

Source: pkg/printers/internalversion/printers.go printJob, printCronJob, v1.36.
"""

from __future__ import annotations

from labkit.fields import durations
from labkit.kubectl.printers.cells import (
    NONE,
    age,
    at,
    containers,
    count,
    created,
    name,
    seconds_between,
    selector,
    template_spec,
)
from labkit.kubectl.printers.registry import Cell, Object, View, printer


@printer("Job", columns=("Name", "Status", "Completions", "Duration", "Age", "+Containers", "+Images", "+Selector"))
def job(obj: Object, view: View) -> list[Cell]:
    """A Job."""
    told = [name(obj), job_status(obj), _completions(obj), _duration(obj, view.now), created(obj, view.now)]
    return [*told, *containers(template_spec(obj)), selector(at(obj, "spec", "selector"))]


def job_status(obj: Object) -> str:
    """The first of these that holds: ended, being deleted, suspended, about to end, running."""
    held = {each["type"] for each in at(obj, "status", "conditions") or () if each.get("status") == "True"}
    deleting = {"Terminating"} if obj["metadata"].get("deletionTimestamp") else set()
    order = ("Complete", "Failed", "Terminating", "Suspended", "FailureTarget", "SuccessCriteriaMet")
    return next((state for state in order if state in held | deleting), "Running")


def _completions(obj: Object) -> str:
    done, wanted = count(obj, "status", "succeeded"), at(obj, "spec", "completions")
    if wanted is not None:
        return f"{done}/{wanted}"
    parallel = count(obj, "spec", "parallelism")
    return f"{done}/1 of {parallel}" if parallel > 1 else f"{done}/1"


def _duration(obj: Object, now: str) -> str:
    start, end = at(obj, "status", "startTime"), at(obj, "status", "completionTime")
    return durations.human(seconds_between(start, end or now)) if start else ""


@printer(
    "CronJob",
    columns=(
        "Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age",
        "+Containers", "+Images", "+Selector",
    ),
)  # fmt: skip
def cronjob(obj: Object, view: View) -> list[Cell]:
    """A CronJob."""
    job_spec = at(obj, "spec", "jobTemplate", "spec") or {}
    last = at(obj, "status", "lastScheduleTime")
    return [
        name(obj), at(obj, "spec", "schedule") or "", at(obj, "spec", "timeZone") or NONE,
        str(bool(at(obj, "spec", "suspend"))), len(at(obj, "status", "active") or ()),
        age(last, view.now) if last else NONE, created(obj, view.now),
        *containers(at(job_spec, "template", "spec") or {}), selector(job_spec.get("selector")),
    ]  # fmt: skip
