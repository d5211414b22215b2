"""ConfigMaps, Secrets, service accounts, quotas, priorities, budgets, roles.

Source: pkg/printers/internalversion/printers.go, v1.36.
"""

from __future__ import annotations

from labkit.kubectl.printers.cells import amount, at, count, created, name
from labkit.kubectl.printers.registry import Cell, Object, View, printer


@printer("ConfigMap", columns=("Name", "Data", "Age"))
def configmap(obj: Object, view: View) -> list[Cell]:
    """A ConfigMap."""
    return [name(obj), len(obj.get("data") or ()) + len(obj.get("binaryData") or ()), created(obj, view.now)]


@printer("Secret", columns=("Name", "Type", "Data", "Age"))
def secret(obj: Object, view: View) -> list[Cell]:
    """A Secret."""
    return [name(obj), obj.get("type") or "Opaque", len(obj.get("data") or ()), created(obj, view.now)]


@printer("ServiceAccount", columns=("Name", "Age"))
def serviceaccount(obj: Object, view: View) -> list[Cell]:
    """A ServiceAccount."""
    return [name(obj), created(obj, view.now)]


@printer("ResourceQuota", columns=("Name", "Request", "Limit", "Age"))
def resourcequota(obj: Object, view: View) -> list[Cell]:
    """A ResourceQuota: used/hard, what is about limits apart."""
    hard = at(obj, "status", "hard") or {}
    used = at(obj, "status", "used") or {}
    texts = {key: f"{key}: {amount(used.get(key, '0'))}/{amount(hard[key])}" for key in sorted(hard)}
    limits = ", ".join(text for key, text in texts.items() if key.startswith("limits"))
    requests = ", ".join(text for key, text in texts.items() if not key.startswith("limits"))
    return [name(obj), requests, limits, created(obj, view.now)]


@printer("PriorityClass", columns=("Name", "Value", "Global-default", "Age", "PreemptionPolicy"))
def priorityclass(obj: Object, view: View) -> list[Cell]:
    """A PriorityClass."""
    default = str(bool(obj.get("globalDefault"))).lower()
    policy = obj.get("preemptionPolicy") or "PreemptLowerPriority"
    return [name(obj), obj.get("value") or 0, default, created(obj, view.now), policy]


@printer("PodDisruptionBudget", columns=("Name", "Min Available", "Max Unavailable", "Allowed Disruptions", "Age"))
def poddisruptionbudget(obj: Object, view: View) -> list[Cell]:
    """A PodDisruptionBudget."""
    bounds = [at(obj, "spec", field) for field in ("minAvailable", "maxUnavailable")]
    shown = ["N/A" if bound is None else str(bound) for bound in bounds]
    return [name(obj), *shown, count(obj, "status", "disruptionsAllowed"), created(obj, view.now)]


@printer("Role", "ClusterRole", columns=("Name", "Created At"))
def role(obj: Object, view: View) -> list[Cell]:
    """A Role or ClusterRole."""
    return [name(obj), obj["metadata"].get("creationTimestamp", "")]


@printer("RoleBinding", "ClusterRoleBinding", columns=("Name", "Role", "Age", "+Users", "+Groups", "+ServiceAccounts"))
def rolebinding(obj: Object, view: View) -> list[Cell]:
    """A RoleBinding or ClusterRoleBinding."""
    reference = obj.get("roleRef") or {}
    bound = f"{reference.get('kind', '')}/{reference.get('name', '')}"
    return [name(obj), bound, created(obj, view.now), *_subjects(obj)]


def _subjects(obj: Object) -> list[str]:
    found: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for each in obj.get("subjects") or ():
        prefix = f"{each.get('namespace', '')}/" if each["kind"] == "ServiceAccount" else ""
        found.setdefault(each["kind"], []).append(prefix + each["name"])
    return [", ".join(found[kind]) for kind in ("User", "Group", "ServiceAccount")]
