"""Adapters of the table vpa: labkit.autoscaling.vpa."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.admission import capping
from labkit.autoscaling.vpa import updating
from labkit.autoscaling.vpa.histogram import CPU, MEMORY, Histogram
from labkit.autoscaling.vpa.recommendation import Amounts, recommend
from labkit.autoscaling.vpa.usage import Usage, Watched
from labkit.fields import quantity
from labkit.fields.quantity import BINARY_SI, Quantity

Row = dict[str, Any]
BUCKETS = {"cpu": CPU, "memory": MEMORY}


def percentiles(row: Row) -> Row:
    """Percentiles of the samples of a row."""
    histogram = Histogram(BUCKETS[row["resource"]], row["half_life_s"])
    for sample in row["samples"]:
        histogram.add(sample["value"], sample["weight"], sample["t"])
    read = {f"p{share}": histogram.percentile(share / 100) for share in (0, 50, 90, 95, 100)}
    return {"empty": histogram.is_empty, **read}


def recommended(row: Row) -> list[Row]:
    """What is recommended to the containers of a row."""
    found = recommend({one["name"]: _usage(one) for one in row["containers"]})
    return [
        {
            "name": name,
            "target": _written(estimate.target),
            "lowerBound": _written(estimate.lower),
            "upperBound": _written(estimate.upper),
            "target_cpu_milli": estimate.target.cpu,
            "target_memory_bytes": estimate.target.memory,
        }
        for name, estimate in found.items()
    ]


def oom(row: Row) -> Row:
    """The peak after a memory sample and an OOM kill."""
    container = Watched(Usage())
    container.see_memory(row["memory_sample_bytes_at_0"], 0)
    container.see_oom(row["requested_bytes_at_60"], 60)
    return {"peak_bytes": container.peak}


def limits(row: Row) -> Row:
    """Limits in proportion, and the notes."""
    found, notes = capping.proportional_limits(*(_read(row[name]) for name in ("limits", "requests", "recommendation")))
    return {"annotations": notes, "limits": _texts(found)}


def capped(row: Row) -> Row:
    """A recommendation within its policy; a policy for another container doesn't count."""
    told = row["policy"]
    policy = None
    if told["containerName"] in ("*", "main"):
        only = told["controlledValues"] == "RequestsOnly"
        policy = capping.Policy(_read(told["minAllowed"]), _read(told["maxAllowed"]), only)
    held = {
        name: capping.capped(_read(amounts), policy, _read(row["pod_limits"]))
        for name, amounts in row["recommendation"].items()
    }
    return {"annotations": held["target"][1], **{name: _texts(found) for name, (found, _) in held.items()}}


def urgency(row: Row) -> Row:
    """Whether a pod is updated, and why."""
    sides = ({name: quantity.milli(text) for name, text in row[side].items()} for side in _SIDES)
    found = updating.urgency([updating.Asked(*sides)])
    return {
        "outside_range": found.outside_range,
        "resource_diff": round(found.difference, 4),
        "scale_up": found.grows,
        "would_update": updating.is_due(found, row["pod_age_s"], row.get("last_oom_after_running_s")),
    }


def _usage(container: Row) -> Usage:
    seen = Watched(Usage())
    steps = [(one["t"], 0, one["requested_bytes"]) for one in container["ooms"]]
    for rank, name in ((1, "cpu_cores"), (2, "memory_bytes")):
        told = container[name]
        for count in range(told["count"]):
            value = told["cycle"][count % len(told["cycle"])]
            steps.append((told["start"] + count * told["every_s"], rank, value))
    see = (seen.see_oom, lambda value, time: seen.see_cpu(value, time), seen.see_memory)
    for time, rank, value in sorted(steps, key=lambda step: step[:2]):
        see[rank](value, time)
    return seen.usage


def _written(amounts: Amounts) -> Row:
    memory = quantity.of(amounts.memory, BINARY_SI)
    return {"cpu": str(quantity.of(amounts.cpu, exponent=-3)), "memory": str(memory)}


def _read(texts: Row) -> dict[str, Quantity]:
    return {name: quantity.parse(text) for name, text in texts.items()}


def _texts(amounts: dict[str, Quantity]) -> Row:
    return {name: str(amount) for name, amount in amounts.items()}


_SIDES = ("requests", "target", "lowerBound", "upperBound")

TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("vpa", "NumBuckets"): lambda row: BUCKETS[row["resource"]].count,
    ("vpa", "GetBucketStart"): lambda row: BUCKETS[row["resource"]].start(row["bucket"]),
    ("vpa", "FindBucket"): lambda row: BUCKETS[row["resource"]].find(row["value"]),
    ("vpa", "DecayingHistogram.Percentile"): percentiles,
    ("vpa", "GetRecommendedPodResources"): recommended,
    ("vpa", "RecordOOM"): oom,
    ("vpa", "GetProportionalLimit"): limits,
    ("vpa", "capping.Apply"): capped,
    ("vpa", "UpdatePriorityCalculator"): urgency,
}
