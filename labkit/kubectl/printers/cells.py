"""Pieces of cells that several kinds share: ages, label selectors, containers, lists cut short.

Source: pkg/printers/internalversion/printers.go and apimachinery pkg/util/duration, pkg/labels, v1.36.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from labkit.fields import durations, quantity, selectors
from labkit.kubectl.printers.registry import Object

NONE = "<none>"
UNKNOWN = "<unknown>"
UNSET = "<unset>"


def seconds_between(start: str, end: str) -> float:
    """Seconds from one stamp of the API to another."""
    return (_moment(end) - _moment(start)).total_seconds()


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


def age(stamp: str | None, now: str) -> str:
    """How long ago a stamp was: `5m30s`; `<unknown>` without one."""
    return durations.human(seconds_between(stamp, now)) if stamp else UNKNOWN


def created(obj: Object, now: str) -> str:
    """The age of an object."""
    return age(obj["metadata"].get("creationTimestamp"), now)


def at(obj: Object | None, *path: str) -> Any:
    """The value at a path, None where any step is missing."""
    found: Any = obj
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def count(obj: Object, *path: str) -> int:
    """The number at a path, 0 where there is none."""
    return at(obj, *path) or 0


def name(obj: Object) -> str:
    """The object's name."""
    return str(obj["metadata"].get("name", ""))


def labels(pairs: Mapping[str, str] | None) -> str:
    """`a=1,b=2`, sorted; `<none>` without any."""
    return ",".join(f"{key}={value}" for key, value in sorted((pairs or {}).items())) or NONE


def selector(label_selector: Object | None) -> str:
    """A label selector as FormatLabelSelector writes it."""
    return selectors.format(label_selector)


def amount(value: Any) -> str:
    """A quantity in canonical form."""
    return quantity.canonical(str(value))


def containers(pod_spec: Object) -> list[str | int]:
    """Two cells: the names and the images of the containers of a pod spec."""
    listed = pod_spec.get("containers") or []
    return [",".join(each.get("name", "") for each in listed), ",".join(each.get("image", "") for each in listed)]


def template_spec(obj: Object) -> Object:
    """The pod spec of a workload's template."""
    return at(obj, "spec", "template", "spec") or {}


def cut(items: Sequence[str], limit: int = 3, empty: str = NONE, separator: str = ",") -> str:
    """The first `limit` items and how many more there are: `a,b,c + 2 more...`."""
    shown = separator.join(items[:limit])
    if len(items) > limit:
        return f"{shown} + {len(items) - limit} more..."
    return shown or empty


ACCESS_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def access_modes(modes: Sequence[str] | None) -> str:
    """Access modes as their short names, each once, in the fixed order RWO, ROX, RWX, RWOP."""
    return ",".join(short for mode, short in ACCESS_MODES.items() if mode in (modes or ()))
