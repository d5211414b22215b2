"""The downward API: what a pod may learn about itself. All pure.

Source: pkg/fieldpath/fieldpath.go ExtractFieldPathAsString, pkg/api/v1/resource/helpers.go
ExtractContainerResourceValue, pkg/kubelet/kubelet_pods.go podFieldSelectorRuntimeValue, v1.36.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from labkit.fields import quantity

Dict = dict[str, Any]

_SUBSCRIPT = re.compile(r"metadata\.(?P<map>labels|annotations)\['(?P<key>[^']*)'\]")
_MILLI = ("cpu",)


def field_value(pod: Dict, path: str) -> str:
    """A field of the pod as text; "" for one that has no value yet."""
    meta, spec, status = pod["metadata"], pod.get("spec") or {}, pod.get("status") or {}
    if found := _SUBSCRIPT.fullmatch(path):
        return str((meta.get(found["map"]) or {}).get(found["key"], ""))
    if path in ("metadata.labels", "metadata.annotations"):
        return _listed(meta.get(path.removeprefix("metadata.")) or {})
    part, _, name = path.partition(".")
    if part == "metadata":
        return str(meta.get(name, ""))
    if path in ("status.podIPs", "status.hostIPs"):
        return ",".join(one["ip"] for one in status.get(name) or ())
    return str({"spec": spec, "status": status}.get(part, {}).get(name, ""))


def _listed(pairs: Mapping[str, str]) -> str:
    """Labels or annotations as a file has them: a quoted pair a line, by key."""
    return "\n".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in sorted(pairs.items()))


def resource_value(container: Dict, reference: Dict, allocatable: Mapping[str, Any]) -> str:
    """A request or limit of a container in units of the divisor, rounded up.

    Where there is no limit, it is what the node has to give; where there is no request, 0.
    """
    side, _, name = str(reference["resource"]).partition(".")
    held = (container.get("resources") or {}).get(side) or {}
    amount = held.get(name, allocatable.get(name, "0") if side == "limits" else "0")
    divisor = reference.get("divisor") or "0"
    if quantity.value(divisor) == 0 and quantity.milli(divisor) == 0:
        divisor = "1"
    sized = quantity.milli if name in _MILLI else quantity.value
    return str(-(-sized(amount) // sized(divisor)))
