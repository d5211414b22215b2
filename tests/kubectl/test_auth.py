"""`auth can-i`, `auth whoami`, and commands typed as somebody else."""

from __future__ import annotations

import pytest

from labkit import Lab


@pytest.fixture(scope="module")
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    for words in (
        "create role reader --verb=get,list --resource=pods,pods/log",
        "create rolebinding reading --role=reader --user=jane",
        "create clusterrolebinding viewing --clusterrole=view --user=eve",
        "create rolebinding lost --role=nothing --user=bob",
    ):
        assert made.kubectl(words).exit_code == 0
    return made


@pytest.mark.parametrize(
    ("words", "may"),
    [
        ("create deployments", True),
        ("list pods --as jane", True),
        ("list po/web --as jane", True),
        ("get pods --subresource=log --as jane", True),
        ("delete pods --as jane", False),
        ("get pods -A --as jane", False),
        ("get pods -A --as eve", True),
        ("get secrets --as eve", False),
        ("get /healthz --as jane", True),
        ("get /metrics --as jane", False),
        ("get secrets --as x --as-group system:masters", True),
    ],
)
def test_can_i_says_yes_or_no(lab: Lab, words: str, may: bool) -> None:
    output = lab.kubectl(f"auth can-i {words}")
    assert (output.stdout, output.exit_code) == (("yes\n", 0) if may else ("no\n", 1))


def test_odd_questions_are_warned_of(lab: Lab) -> None:
    output = lab.kubectl("auth can-i frob foos")
    assert output.stderr == (
        "Warning: the server doesn't have a resource type 'foos'\n\nWarning: verb 'frob' is not a known verb\n\n"
    )
    assert lab.kubectl("auth can-i get nodes").stderr == "Warning: resource 'nodes' is not namespace scoped\n\n"
    scoped = lab.kubectl("auth can-i get storageclasses").stderr
    assert scoped == "Warning: resource 'storageclasses' is not namespace scoped in group 'storage.k8s.io'\n\n"


def test_quiet_leaves_the_exit_code(lab: Lab) -> None:
    output = lab.kubectl("auth can-i delete pods --as jane -q")
    assert (str(output), output.exit_code) == ("", 1)


def test_the_list_puts_verbs_of_one_resource_together(lab: Lab) -> None:
    lines = [line.split() for line in lab.kubectl("auth can-i --list --as jane").splitlines()]
    assert lines[0] == ["Resources", "Non-Resource", "URLs", "Resource", "Names", "Verbs"]
    assert ["pods", "[]", "[]", "[get", "list]"] in lines
    assert lines[1] == ["selfsubjectreviews.authentication.k8s.io", "[]", "[]", "[create]"]
    first = lab.kubectl("auth can-i --list --no-headers").splitlines()[0]
    assert first.split() == ["*.*", "[]", "[]", "[*]"]


def test_who_am_i(lab: Lab) -> None:
    assert lab.kubectl("auth whoami").splitlines()[1].split() == ["Username", "kubernetes-admin"]
    assert "system:serviceaccounts:shop" in lab.kubectl("auth whoami --as system:serviceaccount:shop:robot")
    assert "username: jane" in lab.kubectl("auth whoami --as jane -o yaml")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("get deploy", 'deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group '
         '"apps" in the namespace "default"'),
        ("get nodes", 'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster '
         "scope"),
        ("delete pod x", 'pods "x" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the '
         'namespace "default"'),
        ("run x --image=nginx", 'pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the '
         'namespace "default"'),
        ("exec web -- ls", 'pods "web" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" '
         'in the namespace "default"'),
    ],
)  # fmt: skip
def test_others_are_refused_in_the_servers_words(lab: Lab, words: str, said: str) -> None:
    before = len(lab.history)
    command, dashes, rest = words.partition(" -- ")
    output = lab.kubectl(f"{command} --as jane{dashes}{rest}")
    assert (output.stderr, output.exit_code) == (f"Error from server (Forbidden): {said}\n", 1)
    assert len(lab.history) == before


def test_others_may_do_what_they_may(lab: Lab) -> None:
    assert lab.kubectl("get pods --as jane").exit_code == 0


def test_a_missing_role_is_said_to_be_missing(lab: Lab) -> None:
    said = lab.kubectl("get pods --as bob").stderr
    assert said.endswith('in the namespace "default": RBAC: role.rbac.authorization.k8s.io "nothing" not found\n')


def test_groups_need_a_user(lab: Lab) -> None:
    said = "error: requesting uid, groups or user-extra without impersonating a user\n"
    assert lab.kubectl("get pods --as-group x").stderr == said
