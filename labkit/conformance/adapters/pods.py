"""Adapters of the tables tolerations and pod_requests: labkit.scheduler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labkit.fields.quantity import Quantity
from labkit.kinds import podrequest
from labkit.kinds.node import Taint
from labkit.kinds.pod import PodSpec, Toleration
from labkit.manifests import defaults
from labkit.scheduler import tolerations

Row = dict[str, Any]


def tolerates(row: Row) -> bool:
    """One toleration against one taint."""
    return tolerations.tolerates(_toleration(row["toleration"]), _taint(row["taint"]))


def first_untolerated(row: Row) -> Row | None:
    """The first taint that keeps a pod off."""
    found = tolerations.first_untolerated(map(_taint, row["taints"]), list(map(_toleration, row["tolerations"])))
    return _filled(found) if found else None


def matching_tolerations(row: Row) -> Row:
    """Which tolerations are used, if every taint is tolerated."""
    complete, used = tolerations.matching(map(_taint, row["taints"]), list(map(_toleration, row["tolerations"])))
    return {"all_tolerated": complete, "used": [_filled(one) for one in used]}


def pod_requests(row: Row) -> Row:
    """What a pod asks for, once its missing requests are filled in."""
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": row}
    filled = defaults.defaulted(pod)["spec"]
    spec = msgspec.convert(filled, PodSpec)
    level = filled.get("resources", {}).get("requests")
    return {
        "requests": _texts(podrequest.pod_requests(spec)),
        "requests_nonmissing": _texts(podrequest.pod_requests(spec, podrequest.DEFAULT_REQUESTS)),
        "limits": _texts(podrequest.pod_limits(spec)),
        "qos": podrequest.quality_of_service(spec),
        "defaulted_container_requests_init_first": [
            one.get("resources", {}).get("requests", {})
            for one in [*filled.get("initContainers", []), *filled["containers"]]
        ],
    } | ({"defaulted_pod_level_requests": level} if level else {})


def _texts(amounts: dict[str, Quantity]) -> dict[str, str]:
    return {name: str(amount) for name, amount in amounts.items()}


def _taint(row: Row) -> Taint:
    return msgspec.convert(row, Taint)


def _toleration(row: Row) -> Toleration:
    return msgspec.convert(row, Toleration)


def _filled(struct: Taint | Toleration) -> Row:
    """The fields that are set."""
    return {name: value for name, value in msgspec.to_builtins(struct).items() if value not in ("", None)}


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("tolerations", "ToleratesTaint"): tolerates,
    ("tolerations", "FindMatchingUntoleratedTaint_NoSchedule_or_NoExecute"): first_untolerated,
    ("tolerations", "GetMatchingTolerations"): matching_tolerations,
    ("pod_requests", "PodRequests"): pod_requests,
}
