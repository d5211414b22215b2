"""The RBAC authorizer: bindings, roles, groups, aggregation."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.kinds import Key
from labkit.security import ADMIN, Request, User, impersonated
from labkit.security.rbac import allows, decide, rules_of

JANE = impersonated("jane")


class World:
    """A few objects by kind."""

    def __init__(self, *objects: dict[str, Any]) -> None:
        self.objects = objects

    def get(self, key: Key) -> Any:
        return next((one for one in self.list(key.kind, key.namespace or None) if _name(one) == key.name), None)

    def list(self, kind: str, namespace: str | None = None) -> Any:
        held = [one for one in self.objects if one["kind"] == kind]
        return [one for one in held if namespace in (None, one["metadata"].get("namespace"))]


def _name(obj: dict[str, Any]) -> str:
    return str(obj["metadata"]["name"])


def role(name: str, verbs: str, resources: str, namespace: str = "", group: str = "", **more: Any) -> dict[str, Any]:
    rule = {"verbs": verbs.split(), "apiGroups": [group], "resources": resources.split(), **more}
    meta = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"kind": "Role" if namespace else "ClusterRole", "metadata": meta, "rules": [rule]}


def binding(of: dict[str, Any] | str, kind: str, name: str, namespace: str = "", home: str = "") -> dict[str, Any]:
    named = {"kind": "ClusterRole", "name": of} if isinstance(of, str) else {"kind": of["kind"], "name": _name(of)}
    subject = {"kind": kind, "name": name} | ({"namespace": home} if home else {})
    meta = {"name": "b", "namespace": namespace} if namespace else {"name": "b"}
    return {
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": meta,
        "roleRef": named,
        "subjects": [subject],
    }


def allowed(world: World, user: User, verb: str, resource: str, namespace: str = "shop", **more: Any) -> bool:
    return decide(world, Request(user, verb, resource, namespace=namespace, **more)).allowed


def test_nobody_may_do_anything_without_a_binding() -> None:
    assert not allowed(World(role("all", "*", "*")), JANE, "get", "pods")


def test_the_labs_own_user_may_do_everything() -> None:
    assert allowed(World(), ADMIN, "delete", "nodes", "")


def test_a_role_binding_holds_in_its_namespace_alone() -> None:
    reader = role("reader", "get list", "pods", "shop")
    world = World(reader, binding(reader, "User", "jane", "shop"))
    assert allowed(world, JANE, "get", "pods")
    assert not allowed(world, JANE, "get", "pods", "other")
    assert not allowed(world, JANE, "get", "pods", "")
    assert not allowed(world, JANE, "delete", "pods")
    assert not allowed(world, JANE, "get", "secrets")


def test_a_cluster_role_binding_holds_everywhere() -> None:
    reader = role("reader", "get", "nodes pods")
    world = World(reader, binding(reader, "User", "jane"))
    assert allowed(world, JANE, "get", "pods", "other")
    assert allowed(world, JANE, "get", "nodes", "")


def test_a_cluster_role_in_a_role_binding_stays_in_the_namespace() -> None:
    world = World(binding("edit", "User", "jane", "shop"))
    assert allowed(world, JANE, "create", "pods")
    assert allowed(world, JANE, "patch", "deployments", group="apps")
    assert not allowed(world, JANE, "create", "pods", "other")
    assert not allowed(world, JANE, "create", "rolebindings", group="rbac.authorization.k8s.io")


@pytest.mark.parametrize(("name", "may"), [("view", False), ("edit", True), ("admin", True), ("cluster-admin", True)])
def test_the_roles_for_people_grow_from_one_to_the_next(name: str, may: bool) -> None:
    world = World(binding(name, "User", "jane", "shop"))
    assert allowed(world, JANE, "list", "pods")
    assert allowed(world, JANE, "get", "secrets") is may


def test_subresources_must_be_named() -> None:
    reader = role("reader", "get", "pods */scale", "shop")
    world = World(reader, binding(reader, "User", "jane", "shop"))
    assert not allowed(world, JANE, "get", "pods", subresource="log")
    assert allowed(world, JANE, "get", "replicationcontrollers", subresource="scale")


def test_resource_names_leave_lists_out() -> None:
    one = role("one", "get list", "configmaps", "shop", resourceNames=["prices"])
    world = World(one, binding(one, "User", "jane", "shop"))
    assert allowed(world, JANE, "get", "configmaps", name="prices")
    assert not allowed(world, JANE, "get", "configmaps", name="other")
    assert not allowed(world, JANE, "list", "configmaps")


def test_service_accounts_are_meant_by_name_and_by_group() -> None:
    robot = impersonated("system:serviceaccount:shop:robot")
    assert robot.groups == ("system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated")
    assert allowed(World(binding("view", "ServiceAccount", "robot", "shop")), robot, "get", "pods")
    assert allowed(World(binding("view", "ServiceAccount", "robot", "other", "shop")), robot, "get", "pods", "other")
    assert allowed(World(binding("view", "Group", "system:serviceaccounts:shop")), robot, "get", "pods")
    assert not allowed(World(binding("view", "ServiceAccount", "robot", "shop", "other")), robot, "get", "pods")


def test_labels_add_rules_to_the_roles_for_people() -> None:
    more = role("more", "get", "gadgets")
    more["metadata"]["labels"] = {"rbac.authorization.k8s.io/aggregate-to-view": "true"}
    for name in ("view", "edit", "admin"):
        assert allowed(World(more, binding(name, "User", "jane")), JANE, "get", "gadgets")


def test_roles_that_gather_each_other_come_to_an_end() -> None:
    chosen = {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}
    pair = [{**role(name, "get", name), **chosen} for name in ("one", "two")]
    for each in pair:
        each["metadata"]["labels"] = {"a": "b"}
    world = World(*pair, binding("one", "User", "jane"))
    assert allowed(world, JANE, "get", "two")


def test_a_missing_role_is_named() -> None:
    verdict = decide(World(binding("gone", "User", "jane")), Request(JANE, "get", "pods", namespace="shop"))
    assert verdict == (False, 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found')


def test_an_answer_says_which_binding_gave_it() -> None:
    verdict = decide(World(binding("view", "User", "jane", "shop")), Request(JANE, "get", "pods", namespace="shop"))
    assert verdict.reason == 'RBAC: allowed by RoleBinding "b/shop" of ClusterRole "view" to User "jane"'


@pytest.mark.parametrize(
    ("pattern", "path", "may"),
    [("/api/*", "/api/v1", True), ("/api", "/api/v1", False), ("*", "/x", True), ("/version", "/version", True)],
)
def test_paths_are_matched_by_their_beginning(pattern: str, path: str, may: bool) -> None:
    rule = {"verbs": ["get"], "nonResourceURLs": [pattern]}
    assert allows(rule, Request(JANE, "get", path=path)) is may


WORDS = st.sampled_from(["get", "list", "pods", "nodes", "jane", "bob", "shop", "other"])


@given(WORDS, WORDS, WORDS, st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=4))
def test_more_bindings_never_take_a_right_away(
    verb: str, resource: str, name: str, granted: list[tuple[str, str, str]]
) -> None:
    roles = [role(f"r{at}", each[0], each[1]) for at, each in enumerate(granted)]
    bindings = [binding(one, "User", each[2]) for one, each in zip(roles, granted, strict=True)]
    user, may = impersonated(name), False
    for count in range(len(granted) + 1):
        world = World(*roles, *bindings[:count])
        now = allowed(world, user, verb, resource)
        assert now or not may
        may = now
    assert may is ((verb, resource, name) in granted)


def test_the_rules_of_a_user_are_those_of_all_bindings() -> None:
    reader = role("reader", "get", "pods", "shop")
    found = rules_of(World(reader, binding(reader, "User", "jane", "shop")), JANE, "shop")
    assert reader["rules"][0] in found
    assert any("nonResourceURLs" in rule for rule in found)
