"""The RBAC authorizer: roles say what, bindings say who. All pure.

Source: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go,
pkg/apis/rbac/v1/evaluation_helpers.go, v1.36. An aggregated ClusterRole's rules are worked out here when asked for; the
real server has a controller that writes them down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from labkit.fields import selectors
from labkit.kinds import Key
from labkit.security.builtin import BINDINGS, ROLES
from labkit.security.users import MASTERS, SERVICE_ACCOUNT, User

Object = Mapping[str, Any]
RBAC_GROUP = "rbac.authorization.k8s.io"


class World(Protocol):
    """What is read of a cluster."""

    def get(self, key: Key) -> Any:
        """One object, or None."""

    def list(self, kind: str, namespace: str | None = None) -> Any:
        """The objects of a kind."""


class Request(NamedTuple):
    """What somebody wants: a verb on a resource, or on a path such as /healthz."""

    user: User
    verb: str
    resource: str = ""
    group: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    path: str = ""

    @property
    def full_resource(self) -> str:
        """The resource with its subresource: `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


class Verdict(NamedTuple):
    """Whether a request is allowed, and why; `reason` is empty where nobody has an opinion."""

    allowed: bool
    reason: str = ""


class Grant(NamedTuple):
    """The rules that one binding gives a user, and in words which binding that is; `error` if its role isn't there."""

    rules: Sequence[Object]
    words: str
    error: str = ""


def decide(world: World, request: Request) -> Verdict:
    """Whether roles and bindings allow the request; members of system:masters may do everything."""
    if MASTERS in request.user.groups:
        return Verdict(True)
    errors = []
    for grant in grants(world, request.user, request.namespace):
        if any(allows(rule, request) for rule in grant.rules):
            return Verdict(True, f"RBAC: allowed by {grant.words}")
        errors += [grant.error] if grant.error else []
    said = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
    return Verdict(False, f"RBAC: {said}" if errors else "")


def rules_of(world: World, user: User, namespace: str) -> list[Object]:
    """All rules that a user has in a namespace."""
    return [rule for grant in grants(world, user, namespace) for rule in grant.rules]


def grants(world: World, user: User, namespace: str) -> Iterator[Grant]:
    """The bindings that name the user: those of the whole cluster, then those of the namespace."""
    for binding in (*BINDINGS, *world.list("ClusterRoleBinding")):
        yield from _grant(world, binding, user, "")
    if namespace:
        for binding in world.list("RoleBinding", namespace):
            yield from _grant(world, binding, user, namespace)


def _grant(world: World, binding: Object, user: User, namespace: str) -> Iterator[Grant]:
    subject = next((one for one in binding.get("subjects") or () if is_meant(one, user, namespace)), None)
    if subject is None:
        return
    role, name = binding["roleRef"], binding["metadata"]["name"]
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    place = f"{name}/{namespace}" if namespace else name
    rules = rules_in(world, role, namespace)
    words = f'{kind} "{place}" of {role["kind"]} "{role["name"]}" to {_subject_words(subject, namespace)}'
    missing = f'{role["kind"].lower()}.{RBAC_GROUP} "{role["name"]}" not found'
    yield Grant(rules or (), words, missing if rules is None else "")


def _subject_words(subject: Object, namespace: str) -> str:
    if subject["kind"] == "ServiceAccount":
        return f'ServiceAccount "{subject["name"]}/{subject.get("namespace") or namespace}"'
    return f'{subject["kind"]} "{subject["name"]}"'


def is_meant(subject: Object, user: User, namespace: str) -> bool:
    """Whether a binding's subject is that user, one of the groups, or the service account."""
    match subject["kind"]:
        case "User":
            return bool(subject["name"] == user.name)
        case "Group":
            return subject["name"] in user.groups
        case "ServiceAccount":
            home = subject.get("namespace") or namespace
            return bool(home) and user.name == f"{SERVICE_ACCOUNT}{home}:{subject['name']}"
    return False


def rules_in(world: World, role: Object, namespace: str) -> list[Object] | None:
    """The rules of the role that a roleRef names; None if there is no such role."""
    if role["kind"] == "Role":
        found = world.get(Key("Role", namespace, role["name"]))
        return None if found is None else list(found.get("rules") or ())
    return _rules_of_cluster_role(world, role["name"], frozenset())


def _rules_of_cluster_role(world: World, name: str, above: frozenset[str]) -> list[Object] | None:
    """A ClusterRole's own rules and those of the ClusterRoles it gathers by their labels."""
    role = world.get(Key("ClusterRole", "", name)) or ROLES.get(name)
    if role is None:
        return None
    rules = list(role.get("rules") or ())
    chosen = (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or ()
    gathered = [selectors.compile(one) for one in chosen]
    for other in (*ROLES.values(), *world.list("ClusterRole")) if gathered else ():
        named, labels = other["metadata"]["name"], other["metadata"].get("labels") or {}
        if named not in above | {name} and any(one.matches(labels) for one in gathered):
            rules += _rules_of_cluster_role(world, named, above | {name}) or ()
    return rules


def allows(rule: Object, request: Request) -> bool:
    """Whether a rule covers the request."""
    if not _has(rule, "verbs", request.verb):
        return False
    if request.path:
        return any(_covers(pattern, request.path) for pattern in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames") or ()
    return _has(rule, "apiGroups", request.group) and _has_resource(rule, request) and (
        not names or request.name in names
    )  # fmt: skip


def _has(rule: Object, field: str, word: str) -> bool:
    held = rule.get(field) or ()
    return "*" in held or word in held


def _has_resource(rule: Object, request: Request) -> bool:
    held = rule.get("resources") or ()
    every = bool(request.subresource) and f"*/{request.subresource}" in held
    return every or _has(rule, "resources", request.full_resource)


def _covers(pattern: str, path: str) -> bool:
    return pattern in ("*", path) or (pattern.endswith("*") and path.startswith(pattern.rstrip("*")))
