"""Events.

Source: pkg/printers/internalversion/printers.go printEvent, v1.36.
"""

from __future__ import annotations

from labkit.kubectl.printers.cells import age, at, name
from labkit.kubectl.printers.registry import Cell, Object, View, printer


@printer(
    "Event",
    columns=(
        "Last Seen", "Type", "Reason", "Object", "+Subobject", "+Source", "Message", "+First Seen", "+Count", "+Name",
    ),
)  # fmt: skip
def event(obj: Object, view: View) -> list[Cell]:
    """An Event."""
    first, last, times = seen(obj)
    about = obj.get("involvedObject") or {}
    kind = about.get("kind", "").lower()
    target = f"{kind}/{about['name']}" if about.get("name") else kind
    return [
        age(last, view.now), obj.get("type") or "", obj.get("reason") or "", target, about.get("fieldPath") or "",
        _source(obj), (obj.get("message") or "").strip(), age(first, view.now), times, name(obj),
    ]  # fmt: skip


def seen(obj: Object) -> tuple[str | None, str | None, int]:
    """When an event was seen first and last, and how often."""
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    last = obj.get("lastTimestamp") or first
    series = obj.get("series")
    if series:
        return first, series.get("lastObservedTime"), series.get("count") or 0
    return first, last, obj.get("count") or 1


def _source(obj: Object) -> str:
    component = at(obj, "source", "component") or obj.get("reportingComponent") or ""
    host = at(obj, "source", "host") or obj.get("reportingInstance") or ""
    return f"{component}, {host}" if host else component
