"""The roles and bindings that every cluster begins with, as far as people have to do with them.

They hold without standing in the graph; a ClusterRole of the same name that somebody makes goes before.
Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, v1.36. Left out: the roles of the control plane's own
parts and of nodes; of `admin`, `edit` and `view` the resources that aren't simulated.
"""

from __future__ import annotations

from typing import Any

from labkit.security.users import AUTHENTICATED, MASTERS, UNAUTHENTICATED

Object = dict[str, Any]

RBAC = "rbac.authorization.k8s.io"
READ = ("get", "list", "watch")
WRITE = ("create", "delete", "deletecollection", "patch", "update")
DISCOVERY = (
    "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version",
    "/version/",
)  # fmt: skip
INFO = ("/healthz", "/livez", "/readyz", "/version", "/version/")

_CORE = (
    "configmaps", "endpoints", "persistentvolumeclaims", "persistentvolumeclaims/status", "pods",
    "replicationcontrollers", "replicationcontrollers/scale", "serviceaccounts", "services", "services/status",
)  # fmt: skip
_STATUS = (
    "bindings", "events", "limitranges", "namespaces/status", "pods/log", "pods/status",
    "replicationcontrollers/status", "resourcequotas", "resourcequotas/status", "namespaces",
)  # fmt: skip
_APPS = (
    "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status",
    "replicasets", "replicasets/scale", "replicasets/status", "statefulsets", "statefulsets/scale",
    "statefulsets/status",
)  # fmt: skip
_OTHERS = {
    "autoscaling": ("horizontalpodautoscalers", "horizontalpodautoscalers/status"),
    "batch": ("cronjobs", "cronjobs/status", "jobs", "jobs/status"),
    "networking.k8s.io": ("ingresses", "ingresses/status", "networkpolicies"),
    "policy": ("poddisruptionbudgets", "poddisruptionbudgets/status"),
}


def _rule(verbs: tuple[str, ...], group: str, resources: tuple[str, ...]) -> Object:
    return {"verbs": list(verbs), "apiGroups": [group], "resources": list(resources)}


def _plain(resources: tuple[str, ...]) -> tuple[str, ...]:
    """Without what only controllers write."""
    return tuple(one for one in resources if not one.endswith("/status") and one != "controllerrevisions")


def _role(name: str, rules: list[Object], gathers: str = "", part_of: str = "") -> Object:
    label = f"{RBAC}/aggregate-to-{part_of}"
    made: Object = {"metadata": {"name": name, "labels": {label: "true"} if part_of else {}}, "rules": rules}
    if gathers:
        chosen = {"matchLabels": {f"{RBAC}/aggregate-to-{gathers}": "true"}}
        made["aggregationRule"] = {"clusterRoleSelectors": [chosen]}
    return made


def _urls(urls: tuple[str, ...]) -> Object:
    return {"verbs": ["get"], "nonResourceURLs": list(urls)}


_VIEW = [
    _rule(READ, "", (*_CORE, *_STATUS)),
    _rule(READ, "discovery.k8s.io", ("endpointslices",)),
    _rule(READ, "apps", _APPS),
    *(_rule(READ, group, resources) for group, resources in _OTHERS.items()),
]
_EDIT = [
    _rule(READ, "", ("pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy")),
    _rule(("impersonate",), "", ("serviceaccounts",)),
    _rule(WRITE, "", ("pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy")),
    _rule(("create",), "", ("pods/eviction",)),
    _rule(WRITE, "", (*_plain(_CORE), "events", "secrets", "services/proxy")),
    _rule(("create",), "", ("serviceaccounts/token",)),
    _rule(WRITE, "apps", _plain(_APPS)),
    *(_rule(WRITE, group, _plain(resources)) for group, resources in _OTHERS.items()),
    _rule((*WRITE, *READ), "coordination.k8s.io", ("leases",)),
]
_ADMIN = [
    _rule(("create",), "authorization.k8s.io", ("localsubjectaccessreviews",)),
    _rule((*WRITE, *READ), RBAC, ("rolebindings", "roles")),
]

ROLES: dict[str, Object] = {
    role["metadata"]["name"]: role
    for role in (
        _role("cluster-admin", [_rule(("*",), "*", ("*",)), {"verbs": ["*"], "nonResourceURLs": ["*"]}]),
        _role("admin", [], gathers="admin"),
        _role("edit", [], gathers="edit", part_of="admin"),
        _role("view", [], gathers="view", part_of="edit"),
        _role("system:aggregate-to-admin", _ADMIN, part_of="admin"),
        _role("system:aggregate-to-edit", _EDIT, part_of="edit"),
        _role("system:aggregate-to-view", _VIEW, part_of="view"),
        _role("system:discovery", [_urls(DISCOVERY)]),
        _role("system:public-info-viewer", [_urls(INFO)]),
        _role("system:basic-user", [
            _rule(("create",), "authorization.k8s.io", ("selfsubjectaccessreviews", "selfsubjectrulesreviews")),
            _rule(("create",), "authentication.k8s.io", ("selfsubjectreviews",)),
        ]),
    )
}  # fmt: skip
"""By name."""


def _binding(role: str, *groups: str) -> Object:
    subjects = [{"kind": "Group", "apiGroup": RBAC, "name": group} for group in groups]
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}
    return {"metadata": {"name": role}, "roleRef": reference, "subjects": subjects}


BINDINGS: tuple[Object, ...] = (
    _binding("cluster-admin", MASTERS),
    _binding("system:basic-user", AUTHENTICATED),
    _binding("system:discovery", AUTHENTICATED),
    _binding("system:public-info-viewer", AUTHENTICATED, UNAUTHENTICATED),
)
