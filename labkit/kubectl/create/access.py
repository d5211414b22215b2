"""`kubectl create role`, `clusterrole`, `rolebinding` and `clusterrolebinding`: kept, though a lab refuses nobody.

Sources: kubectl pkg/cmd/create/create_{role,clusterrole,rolebinding,clusterrolebinding}.go, v1.32.5.
"""

from __future__ import annotations

from labkit.errors import CommandError
from labkit.kubectl.call import Call
from labkit.kubectl.create.generator import Object, generator, manifest
from labkit.kubectl.parser import Flag
from labkit.kubectl.resources import kind_of

RBAC = "rbac.authorization.k8s.io"
RULES = (
    Flag("verb", "", "list", help="What may be done"),
    Flag("resource", "", "list", help="To what, as resource.group/subresource"),
    Flag("resource-name", "", "list", help="To which by name"),
)
SUBJECTS = (
    Flag("role", help="The role"),
    Flag("clusterrole", help="The cluster role"),
    Flag("user", "", "array", help="Users"),
    Flag("group", "", "array", help="Groups"),
    Flag("serviceaccount", "", "array", help="Service accounts, as namespace:name"),
)


@generator("role", usage="NAME --verb=verb --resource=resource.group/subresource", flags=RULES)
def role(call: Call, name: str) -> Object:
    """Create a role with single rule."""
    return manifest(f"{RBAC}/v1", "Role", name, rules=_rules(call))


@generator(
    "clusterrole",
    usage="NAME --verb=verb --resource=resource.group",
    flags=(*RULES, Flag("non-resource-url", "", "list", help="Paths of the API server")),
)
def cluster_role(call: Call, name: str) -> Object:
    """Create a cluster role."""
    paths = call.flags["non-resource-url"]
    rules = [{"nonResourceURLs": paths, "verbs": call.flags["verb"]}] if paths else _rules(call)
    return manifest(f"{RBAC}/v1", "ClusterRole", name, rules=rules)


def _rules(call: Call) -> list[Object]:
    """One rule for each API group, in the order in which groups come first."""
    flags = call.flags
    if not flags["verb"]:
        raise CommandError("error: at least one verb must be specified")
    if not flags["resource"]:
        raise CommandError("error: at least one resource must be specified")
    groups: dict[str, list[str]] = {}
    for word in flags["resource"]:
        named, slash, sub = word.partition("/")
        kind = kind_of(named, call)
        groups.setdefault(kind.group, []).append(kind.plural + slash + sub)
    names: Object = {"resourceNames": flags["resource-name"]} if flags["resource-name"] else {}
    return [
        {"apiGroups": [group], **names, "resources": found, "verbs": flags["verb"]} for group, found in groups.items()
    ]


@generator(
    "rolebinding",
    usage="NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname]",
    flags=SUBJECTS,
    failed="failed to create rolebinding: ",
)
def role_binding(call: Call, name: str) -> Object:
    """Create a role binding for a particular role or cluster role."""
    if bool(call.flags["role"]) == bool(call.flags["clusterrole"]):
        raise CommandError("error: exactly one of clusterrole or role must be specified")
    return _binding(call, "RoleBinding", name)


@generator(
    "clusterrolebinding",
    usage="NAME --clusterrole=NAME [--user=username] [--group=groupname]",
    flags=SUBJECTS[1:],
    required=("clusterrole",),
    failed="failed to create clusterrolebinding: ",
)
def cluster_role_binding(call: Call, name: str) -> Object:
    """Create a cluster role binding for a particular cluster role."""
    return _binding(call, "ClusterRoleBinding", name)


def _binding(call: Call, kind: str, name: str) -> Object:
    flags = call.flags
    own = flags.get("role", "")
    ref = {"apiGroup": RBAC, "kind": "Role" if own else "ClusterRole", "name": own or flags["clusterrole"]}
    subjects: list[Object] = [{"apiGroup": RBAC, "kind": "User", "name": user} for user in flags["user"]]
    subjects += [{"apiGroup": RBAC, "kind": "Group", "name": each} for each in flags["group"]]
    subjects += [_account(word) for word in flags["serviceaccount"]]
    return manifest(f"{RBAC}/v1", kind, name, roleRef=ref, **({"subjects": subjects} if subjects else {}))


def _account(word: str) -> Object:
    namespace, colon, name = word.partition(":")
    if not (namespace and colon and name):
        raise CommandError("error: serviceaccount must be <namespace>:<name>")
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}
