"""What every description says of an object: labels, annotations, owner, dates, conditions.

Source: kubectl pkg/describe/describe.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import age

Object = dict[str, Any]

NONE = "<none>"
UNSET = "<unset>"
LONGEST_ANNOTATION = 140
SKIPPED_ANNOTATIONS = ("kubectl.kubernetes.io/last-applied-configuration",)


def name_and_namespace(w: Writer, obj: Object) -> None:
    """The first two lines of most descriptions."""
    w.field("Name", obj["metadata"]["name"])
    w.field("Namespace", obj["metadata"].get("namespace", ""))


def labels_and_annotations(w: Writer, obj: Object) -> None:
    """The labels, then the annotations."""
    labels(w, "Labels", obj["metadata"].get("labels"))
    annotated(w, "Annotations", obj["metadata"].get("annotations"))


def labels(w: Writer, title: str, pairs: Mapping[str, str] | None) -> None:
    """Labels (or a node selector), one a line, sorted."""
    w.listed(title, (f"{key}={value}" for key, value in sorted((pairs or {}).items())))


def annotated(w: Writer, title: str, pairs: Mapping[str, str] | None) -> None:
    """Annotations, one a line, sorted; long values and those of several lines start on a line of their own."""
    shown = {key: value for key, value in sorted((pairs or {}).items()) if key not in SKIPPED_ANNOTATIONS}
    w.listed(title, [line for key, value in shown.items() for line in _annotation(key, value.removesuffix("\n"))])


def _annotation(key: str, value: str) -> list[str]:
    if len(value) + len(key) + 2 <= LONGEST_ANNOTATION and "\n" not in value:
        return [f"{key}: {value}"]
    return [f"{key}:", *(f"  {_shortened(line)}" for line in value.split("\n"))]


def _shortened(line: str) -> str:
    limit = LONGEST_ANNOTATION - 2
    return line[:limit] + "..." if len(line) > limit else line


def controller(obj: Object) -> str:
    """The owner that controls the object, `ReplicaSet/web-7d9f`, or ""."""
    owners = obj["metadata"].get("ownerReferences") or ()
    return next((f"{owner['kind']}/{owner['name']}" for owner in owners if owner.get("controller")), "")


def controlled_by(w: Writer, obj: Object) -> None:
    """Who controls the object, if anyone does."""
    if controller(obj):
        w.field("Controlled By", controller(obj))


def date(stamp: str | None) -> str:
    """A moment as RFC 1123 writes it: `Thu, 01 Jan 2026 00:00:05 +0000`."""
    moment = datetime.fromisoformat(stamp) if stamp else None
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000") if moment else "Mon, 01 Jan 0001 00:00:00 +0000"


def created(w: Writer, obj: Object) -> None:
    """When the object was made."""
    w.field("CreationTimestamp", date(obj["metadata"].get("creationTimestamp")))


def phase(w: Writer, obj: Object, now: str) -> None:
    """The status of a volume or claim: its phase, or for how long it has been terminating."""
    deleted = obj["metadata"].get("deletionTimestamp")
    current = (obj.get("status") or {}).get("phase", "")
    w.field("Status", f"Terminating (lasts {age(deleted, now)})" if deleted else current)


def conditions(w: Writer, obj: Object) -> None:
    """The table of a workload's conditions, if it has any."""
    found: Sequence[Object] = (obj.get("status") or {}).get("conditions") or ()
    if found:
        w.heading("Conditions")
        w.table(("Type", "Status", "Reason"))
    for each in found:
        w.line(f"{each['type']} ", each["status"], each.get("reason", ""), level=1)


def go_list(values: Sequence[Any] | None) -> str:
    """A list as Go's `%v` writes it: `[a b]`."""
    return f"[{' '.join(map(str, values or ()))}]"


def plain(pairs: Mapping[str, str] | None) -> str:
    """Pairs on one line, `a=1,b=2`, or `<none>`."""
    return ",".join(f"{key}={value}" for key, value in sorted((pairs or {}).items())) or NONE


def yes(value: Any) -> str:
    """A flag as Go's `%v` writes it: true, false."""
    return "true" if value else "false"
