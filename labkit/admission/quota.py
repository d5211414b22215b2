"""ResourceQuotas: what a namespace may have in total.

What is used is counted from the objects themselves, so it is right before the quota's status says so.
Source: apiserver pkg/admission/plugin/resourcequota/controller.go, pkg/quota/v1/evaluator/core/pods.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.admission.usage import Amounts, used
from labkit.admission.world import Object, World
from labkit.errors import ApiError
from labkit.fields import Quantity, quantity
from labkit.kinds import KINDS, Key, key_of

_COMPUTE = ("cpu", "memory", "ephemeral-storage")


def check(cluster: World, obj: Object, old: Object | None) -> None:
    """Refuse what would exceed a quota, or what a quota can't count because it doesn't say what it needs."""
    row, key = KINDS.get(obj["kind"]), key_of(obj)
    if row is None or not row.namespaced or (old is not None and obj["kind"] == "Pod"):
        return
    asked = _difference(used(obj), used(old)) if old is not None else used(obj)
    for one in cluster.list("ResourceQuota", key.namespace):
        hard = one["spec"].get("hard") or {}
        if not in_scope(one["spec"], obj):
            continue
        why = _unsaid(one, obj, hard) if obj["kind"] == "Pod" else ""
        why = why or _exceeded(cluster, one, asked, hard)
        if why:
            raise ApiError.forbidden(row.plural, key.name, why, row.group)


def charges(cluster: World, obj: Object, old: Object | None) -> Iterator[tuple[Key, Object]]:
    """The quotas that an admitted object uses more or less of, each with its new status.

    The status is raised before the object is there, one object after the other; the controller counts anew later.
    Quotas whose status nobody has written yet are left to the controller.
    """
    if old is not None and obj["kind"] == "Pod":
        return
    asked = _difference(used(obj), used(old)) if old is not None else used(obj)
    for one in cluster.list("ResourceQuota", key_of(obj).namespace):
        status = one.get("status") or {}
        before = status.get("used") or {}
        more = [name for name in before if name in asked and asked[name].sign and in_scope(one["spec"], obj)]
        if more:
            sums = {name: str(quantity.read(before[name]) + asked[name]) for name in more}
            yield key_of(one), {**status, "used": {**before, **sums}}


def total(cluster: World, quota: Object) -> dict[str, str]:
    """What the quota's namespace uses of everything the quota limits, as in its status."""
    hard = quota["spec"].get("hard") or {}
    sums = _used_of(cluster, quota, list(hard))
    return {name: str(sums[name]) for name in hard}


def in_scope(spec: Object, obj: Object) -> bool:
    """Whether a quota with these scopes counts the object."""
    scopes = [{"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or ()]
    scopes += (spec.get("scopeSelector") or {}).get("matchExpressions") or []
    return not scopes or (obj["kind"] == "Pod" and all(_in(scope, obj) for scope in scopes))


def _in(scope: Object, pod: Object) -> bool:
    spec: Object = pod["spec"]
    name: str = scope["scopeName"]
    if name in ("Terminating", "NotTerminating"):
        return ("activeDeadlineSeconds" in spec) == (name == "Terminating")
    if name in ("BestEffort", "NotBestEffort"):
        containers = (*(spec.get("containers") or ()), *(spec.get("initContainers") or ()))
        asks = any((one.get("resources") or {}).get(side) for one in containers for side in ("requests", "limits"))
        return bool(asks) == (name == "NotBestEffort")
    if name == "PriorityClass":
        return _matches(scope, spec.get("priorityClassName", ""))
    affinity = spec.get("affinity") or {}
    return bool(affinity.get("podAffinity") or affinity.get("podAntiAffinity"))


def _matches(scope: Object, value: str) -> bool:
    operator, values = scope.get("operator", "Exists"), scope.get("values") or ()
    if operator in ("In", "NotIn"):
        return (value in values) is (operator == "In")
    return bool(value) is (operator == "Exists")


def _unsaid(quota: Object, pod: Object, hard: dict[str, str]) -> str:
    """The resources a quota limits that some container doesn't name."""
    missing: dict[str, list[str]] = {}
    containers = (*(pod["spec"].get("containers") or ()), *(pod["spec"].get("initContainers") or ()))
    for name in sorted(hard):
        side, _, resource = (name if name.startswith(("requests.", "limits.")) else f"requests.{name}").partition(".")
        if resource not in _COMPUTE[:2]:
            continue
        silent = [one["name"] for one in containers if resource not in ((one.get("resources") or {}).get(side) or {})]
        if silent:
            missing[name] = silent
    listed = "; ".join(f"{name} for: {','.join(sorted(silent))}" for name, silent in missing.items())
    return f"failed quota: {quota['metadata']['name']}: must specify {listed}" if listed else ""


def _exceeded(cluster: World, quota: Object, asked: Amounts, hard: dict[str, str]) -> str:
    wanted = [name for name in sorted(hard) if name in asked and asked[name].sign > 0]
    if not wanted:
        return ""
    before = _used_of(cluster, quota, wanted)
    over = [name for name in wanted if (before[name] + asked[name]).compare(quantity.read(hard[name])) > 0]
    if not over:
        return ""
    parts = (("requested", asked), ("used", before), ("limited", hard))
    told = ", ".join(f"{word}: {','.join(f'{name}={amounts[name]}' for name in over)}" for word, amounts in parts)
    return f"exceeded quota: {quota['metadata']['name']}, {told}"


def _used_of(cluster: World, quota: Object, names: list[str]) -> dict[str, Quantity]:
    sums = {name: quantity.of(0) for name in names}
    for kind in _kinds(names):
        for obj in cluster.list(kind, quota["metadata"]["namespace"]):
            amounts = used(obj) if in_scope(quota["spec"], obj) else {}
            for name in sums.keys() & amounts.keys():
                sums[name] = sums[name] + amounts[name]
    return sums


def _kinds(names: list[str]) -> list[str]:
    """The kinds whose objects can count for one of these resources."""
    counted = {name.removeprefix("count/") for name in names}
    kinds = [row.name for row in KINDS.values() if row.qualified in counted or row.plural in counted]
    if any(name in _COMPUTE or name.startswith(("requests.", "limits.")) for name in names):
        kinds.append("Pod")
    if any("storage" in name for name in names):
        kinds.append("PersistentVolumeClaim")
    if any(name.startswith("services.") for name in names):
        kinds.append("Service")
    return list(dict.fromkeys(kinds))


def _difference(new: Amounts, old: Amounts) -> Amounts:
    return {name: amount - old[name] if name in old else amount for name, amount in new.items()}
