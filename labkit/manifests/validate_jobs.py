"""Jobs and CronJobs.

Source: pkg/apis/batch/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from labkit.errors import Cause
from labkit.manifests import schedule
from labkit.manifests.causes import IMMUTABLE, invalid, not_negative, one_of, required, unsupported
from labkit.manifests.gotypes import template_as_go
from labkit.manifests.validate_pod import template

Object = dict[str, Any]
_NUMBERS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
_FIXED = ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")


def job(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A Job; once it exists, what its pods are made from is fixed."""
    spec = obj.get("spec") or {}
    yield from job_spec(spec, "spec")
    if old is not None:
        yield from _update(spec, old.get("spec") or {})


def job_spec(spec: Object, path: str) -> Iterator[Cause]:
    """The spec of a Job, also where a CronJob has it as a template."""
    yield from not_negative(spec, path, *_NUMBERS)
    yield from one_of(spec, path, "completionMode", ("NonIndexed", "Indexed"))
    if spec.get("completionMode") == "Indexed" and spec.get("completions") is None:
        yield required(f"{path}.completions", "when completion mode is Indexed")
    yield from one_of(spec, path, "podReplacementPolicy", ("Failed", "TerminatingOrFailed"))
    yield from _index_rules(spec, path)
    yield from template(spec.get("template"), f"{path}.template")
    policy = ((spec.get("template") or {}).get("spec") or {}).get("restartPolicy", "Always")
    if policy == "Always":
        yield required(f"{path}.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')
    elif policy not in ("OnFailure", "Never"):
        yield unsupported(f"{path}.template.spec.restartPolicy", policy, ("OnFailure", "Never"))
    elif spec.get("podFailurePolicy") is not None and policy != "Never":
        why = 'only "Never" is supported when podFailurePolicy is specified'
        yield invalid(f"{path}.template.spec.restartPolicy", policy, why)


def _index_rules(spec: Object, path: str) -> Iterator[Cause]:
    yield from not_negative(spec, path, "backoffLimitPerIndex", "maxFailedIndexes")
    if spec.get("completionMode") == "Indexed":
        return
    if spec.get("backoffLimitPerIndex") is not None:
        yield invalid(f"{path}.backoffLimitPerIndex", spec["backoffLimitPerIndex"], "requires indexed completion mode")


def _update(spec: Object, before: Object) -> Iterator[Cause]:
    new, old = spec.get("completions"), before.get("completions")
    elastic = spec.get("completionMode") == "Indexed" and new is not None and new == spec.get("parallelism")
    if new != old and not elastic:
        yield invalid("spec.completions", new, IMMUTABLE)
    if spec.get("selector") != before.get("selector"):
        yield invalid("spec.selector", spec.get("selector"), IMMUTABLE)
    if spec.get("template") != before.get("template"):
        yield invalid("spec.template", template_as_go(spec.get("template") or {}), IMMUTABLE)
    for key in _FIXED:
        if spec.get(key) != before.get(key):
            yield invalid(f"spec.{key}", spec.get(key), IMMUTABLE)


def cron_job(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A CronJob; its name must leave room for the number that its Jobs get."""
    spec, name = obj.get("spec") or {}, (obj.get("metadata") or {}).get("name", "")
    yield from _schedule(spec)
    yield from not_negative(spec, "spec", "startingDeadlineSeconds")
    yield from one_of(spec, "spec", "concurrencyPolicy", ("Allow", "Forbid", "Replace"))
    yield from job_spec((spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec")
    yield from not_negative(spec, "spec", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    if old is None and len(name) > 52:
        yield invalid("metadata.name", name, "must be no more than 52 characters")


def _schedule(spec: Object) -> Iterator[Cause]:
    text, zone = spec.get("schedule", ""), spec.get("timeZone")
    if not text:
        yield required("spec.schedule")
    elif "TZ" in text:
        yield invalid("spec.schedule", text, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
    elif why := schedule.error(text):
        yield invalid("spec.schedule", text, why)
    if zone is not None and not _is_zone(zone):
        why = f"unknown time zone {zone}" if zone else "timeZone must be nil or non-empty string"
        yield invalid("spec.timeZone", zone, why)


@cache
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True
