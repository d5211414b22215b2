"""The eviction subresource of a pod: a deletion that disruption budgets may forbid.

Source: pkg/registry/core/pod/storage/eviction.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from labkit.apiserver import verbs
from labkit.cluster import Cluster
from labkit.controllers.disruption import allowance
from labkit.errors import ApiError
from labkit.kinds import Key
from labkit.kinds.conditions import condition, find_condition, in_place

Object = dict[str, Any]

MOST_DISRUPTED = 2000
_BLOCKED = "Cannot evict pod as it would violate the pod's disruption budget."
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
TARGET = ("DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting")


class Subject(NamedTuple):
    """What matters of the pod that is to go."""

    name: str
    phase: str
    ready: bool
    leaving: bool = False


def evict(cluster: Cluster, key: Key, pod: Object, options: Object) -> Object:
    """Delete a pod if its budget allows it. ApiError 429 if not now, 500 if the pod has several budgets.

    With `dryRun` among the options nothing is written.
    """
    subject = Subject(key.name, _phase(pod), cluster.read(key).is_ready, "deletionTimestamp" in pod["metadata"])
    status = granted(subject, _budgets(cluster, key), cluster.clock.stamp())
    dry_run = bool(options.get("dryRun"))
    if not dry_run:
        for budget, new in status.items():
            cluster.set_status(Key("PodDisruptionBudget", key.namespace, budget), new)
        _mark(cluster, key, pod)
    verbs.delete(cluster, key, options, dry_run=dry_run)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def granted(pod: Subject, budgets: Sequence[Object], stamp: str) -> dict[str, Object]:
    """The new status, by name, of the budget that pays for the eviction; {} if it is free. ApiError if it is refused.

    Free are pods that never ran, have ended or are leaving, pods without a budget, and, by the budget's policy,
    pods that are not ready.
    """
    if pod.phase in ("Succeeded", "Failed", "Pending") or pod.leaving or not budgets:
        return {}
    if len(budgets) > 1:
        raise ApiError(500, "", _SEVERAL)
    if not pod.ready and _spares_unhealthy(budgets[0]):
        return {}
    return {budgets[0]["metadata"]["name"]: _taken(budgets[0], pod.name, stamp)}


def _spares_unhealthy(budget: Object) -> bool:
    """Whether a pod that isn't ready may go without counting: always, or while enough others are healthy."""
    status = budget.get("status") or {}
    desired = status.get("desiredHealthy", 0)
    enough = desired > 0 and status.get("currentHealthy", 0) >= desired
    return enough or bool(budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow")


def _taken(budget: Object, pod: str, stamp: str) -> Object:
    """The budget's status with one disruption fewer."""
    name, status = budget["metadata"]["name"], budget.get("status") or {}
    allowed, disrupted = status.get("disruptionsAllowed", 0), status.get("disruptedPods") or {}
    if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 0):
        raise _refusal(f"The disruption budget {name} is still being processed by the server.", 10)
    if allowed < 0:
        raise _forbidden(name, "pdb disruptions allowed is negative")
    if len(disrupted) > MOST_DISRUPTED:
        why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise _forbidden(name, why)
    if allowed == 0:
        raise _refusal(_why_not(name, budget, status), 0)
    new = status | {"disruptionsAllowed": allowed - 1, "disruptedPods": disrupted | {pod: stamp}}
    if allowed == 1:
        told = allowance(new, budget["metadata"].get("generation", 0), stamp)
        new["conditions"] = in_place(status.get("conditions") or (), told)
    return new


def _why_not(name: str, budget: Object, status: Object) -> str:
    told = find_condition(budget, "DisruptionAllowed") or {}
    has_words = told.get("status") == "False" and told.get("message")
    desired, current = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    blocked = f"The disruption budget {name} does not allow evicting pods currently"
    if has_words and told["reason"] == "SyncFailed":
        return f"{blocked} because it failed sync: {told['message']}"
    if current <= desired:
        return f"The disruption budget {name} needs {desired} healthy pods and has {current} currently"
    return f"{blocked} ({told['reason']}): {told['message']}" if has_words else blocked


def _refusal(why: str, retry_after: int) -> ApiError:
    causes = [{"reason": "DisruptionBudget", "message": why}]
    details = {"causes": causes} | ({"retryAfterSeconds": retry_after} if retry_after else {})
    return ApiError(429, "TooManyRequests", _BLOCKED, details)


def _forbidden(name: str, why: str) -> ApiError:
    return ApiError.forbidden("poddisruptionbudget", name, why, "policy")


def _budgets(cluster: Cluster, key: Key) -> list[Object]:
    return [cluster.require(one) for one in cluster.into(key, "selects") if one.kind == "PodDisruptionBudget"]


def _mark(cluster: Cluster, key: Key, pod: Object) -> None:
    status = pod.get("status") or {}
    target = condition(*TARGET, cluster.clock.stamp()) | {"lastProbeTime": None}
    cluster.set_status(key, {**status, "conditions": in_place(status.get("conditions") or (), target)})


def _phase(pod: Object) -> str:
    return str((pod.get("status") or {}).get("phase", ""))
