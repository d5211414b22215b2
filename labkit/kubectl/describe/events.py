"""The events at the end of a description.

Source: kubectl pkg/describe/describe.go DescribeEvents and searchEvents, v1.32.5.
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.kubectl.describe.metadata import Object
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import age


def events(w: Writer, obj: Object, cluster: Cluster) -> None:
    """What happened to the object, the oldest first by when it was last seen."""
    found = sorted(events_of(obj, cluster), key=lambda event: event.get("lastTimestamp") or "")
    if not found:
        w.field("Events", "<none>")
        return
    w.heading("Events")
    w.line("Type", "Reason", "Age", "From", "Message", level=1)
    w.line("----", "------", "----", "----", "-------", level=1)
    for event in found:
        source = (event.get("source") or {}).get("component") or event.get("reportingComponent", "")
        message = (event.get("message") or "").strip()
        cells = (
            event.get("type", ""),
            event.get("reason", ""),
            _interval(event, cluster.clock.stamp()),
            source,
            message,
        )
        w.line(*cells, level=1)


def events_of(obj: Object, cluster: Cluster) -> list[Object]:
    """The events about this very object: of its kind and name, and not about one of that name before it."""
    meta = obj["metadata"]
    uids = (None, "", meta.get("uid"), *((meta["name"],) if obj["kind"] == "Node" else ()))
    return [
        event
        for event in cluster.list("Event", meta.get("namespace") or "default")
        if _is_about(event["involvedObject"], obj) and event["involvedObject"].get("uid") in uids
    ]


def _is_about(involved: dict[str, Any], obj: Object) -> bool:
    return (involved.get("kind"), involved.get("name")) == (obj["kind"], obj["metadata"]["name"])


def _interval(event: Object, now: str) -> str:
    """`5m`, or `12s (x4 over 5m)` for an event that was counted up."""
    first = age(event.get("eventTime") or event.get("firstTimestamp"), now)
    series = event.get("series")
    if series:
        return f"{age(series.get('lastObservedTime'), now)} (x{series.get('count', 0)} over {first})"
    if (event.get("count") or 0) > 1:
        return f"{age(event.get('lastTimestamp'), now)} (x{event['count']} over {first})"
    return first
