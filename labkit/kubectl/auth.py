"""`kubectl auth can-i` and `auth whoami`: what the authorizer says of a request, without making it.

Source: kubectl pkg/cmd/auth/{cani,whoami}.go, pkg/describe/rbac.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labkit.errors import CommandError
from labkit.kinds import Kind, find
from labkit.kubectl.call import Call
from labkit.kubectl.outputs import showing
from labkit.kubectl.parser import Flag, command, group, no_arguments
from labkit.kubectl.permission import user_of
from labkit.kubectl.resources import ALL_NAMESPACES
from labkit.kubectl.tables import columns
from labkit.security import Request, authorize, rules_of

Rule = tuple[str, str, str, tuple[str, ...]]
"""A row of the list: resource, path, resource name, verbs."""

VERBS = (
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "impersonate",
    "*", "approve", "sign", "escalate", "attest",
)  # fmt: skip
PATH_VERBS = ("get", "put", "post", "head", "options", "delete", "patch", "*")

group("auth", "kubectl auth", "Inspect authorization.")


@command(
    "auth can-i",
    "kubectl auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]",
    "Check whether an action is allowed.",
    ALL_NAMESPACES,
    Flag("list", "", "bool", help="Print all allowed actions"),
    Flag("no-headers", "", "bool", help="The list without its head"),
    Flag("quiet", "q", "bool", help="Only the exit code"),
    Flag("subresource", "", help="Such as log of pods, or scale of deployments"),
)
def can_i(call: Call) -> None:
    """Say yes or no; exit with 1 for a no."""
    if call.flags["list"]:
        _list(call)
        return
    request = _asked(call)
    if call.flags["no-headers"]:
        raise CommandError("error: --no-headers cannot be set without --list specified")
    verdict = authorize(call.cluster, request)
    call.exit_code = 0 if verdict.allowed else 1
    if not call.flags["quiet"]:
        call.out("yes" if verdict.allowed else f"no{_because(verdict.reason)}")


def _because(reason: str) -> str:
    return f" - {reason}" if reason else ""


def _asked(call: Call) -> Request:
    """The request that is asked about; odd ones are warned of."""
    if len(call.args) != 2:
        raise CommandError(
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\n"
            "See 'kubectl auth can-i -h' for help and examples."
        )
    verb, what = call.args
    everywhere, sub = call.flags["all-namespaces"], call.flags["subresource"]
    namespace = "" if everywhere else call.namespace
    if what.startswith("/"):
        if sub:
            raise CommandError("error: --subresource can not be used with NonResourceURL")
        _warn_of_verb(call, verb, PATH_VERBS)
        return Request(user_of(call), verb, path=what)
    word, _, name = what.partition("/")
    kind = _kind(call, word)
    if kind and not everywhere and not kind.namespaced:
        inside = f" in group '{kind.group}'" if kind.group else ""
        call.err(f"Warning: resource '{kind.plural}' is not namespace scoped{inside}\n")
    if not everywhere:
        _warn_of_verb(call, verb, VERBS)
    plural, api_group = (kind.plural, kind.group) if kind else (word, "")
    return Request(user_of(call), verb, plural, api_group, namespace, name, sub)


def _kind(call: Call, word: str) -> Kind | None:
    found = None if word == "*" else find(word)
    if found is None and word != "*":
        plain, _, api_group = word.lower().partition(".")
        inside = f" in group '{api_group}'" if api_group else ""
        call.err(f"Warning: the server doesn't have a resource type '{plain}'{inside}\n")
    return found


def _warn_of_verb(call: Call, verb: str, known: tuple[str, ...]) -> None:
    if verb not in known:
        call.err(f"Warning: verb '{verb}' is not a known verb\n")


def _list(call: Call) -> None:
    """Every rule that holds for the user in the namespace, one row for each resource or path."""
    if call.args:
        raise CommandError("error: list option must be specified with no arguments")
    if any(call.flags[name] for name in ("quiet", "all-namespaces", "subresource")):
        raise CommandError(
            "error: list option can't be specified with neither quiet, all-namespaces nor subresource options"
        )
    rows = sorted(compacted(rules_of(call.cluster, user_of(call), call.namespace)), key=_order)
    cells = [(row[0], _listed(row[1]), _listed(row[2]), f"[{' '.join(row[3])}]") for row in rows]
    head = () if call.flags["no-headers"] else (("Resources", "Non-Resource URLs", "Resource Names", "Verbs"),)
    call.out(columns([*head, *cells]), end="")


def _listed(word: str) -> str:
    return f"[{word}]"


def _order(row: Rule) -> str:
    """What rules are sorted by: the text of their protocol buffer."""
    qualified, _, sub = row[0].partition("/")
    plain, _, api_group = qualified.partition(".")
    resource = f"{plain}/{sub}" if sub else plain
    return f"{_listed(' '.join(row[3]))},{_listed(api_group)},{_listed(resource)},{_listed(row[2])},{_listed(row[1])}"


def compacted(rules: list[Mapping[str, Any]]) -> Iterator[Rule]:
    """The rules taken apart; what they say of one resource is put together, what they say of paths is not."""
    verbs: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        for verb in rule["verbs"]:
            for one in _resources(rule):
                held = verbs.setdefault(one, [])
                held += [] if verb in held else [verb]
            yield from (("", path, "", (verb,)) for path in rule.get("nonResourceURLs") or ())
    yield from ((resource, "", name, tuple(held)) for (resource, name), held in verbs.items())


def _resources(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for api_group in rule.get("apiGroups") or ():
        for resource in rule.get("resources") or ():
            plain, _, sub = resource.partition("/")
            qualified = f"{plain}.{api_group}" if api_group else plain
            for name in rule.get("resourceNames") or ("",):
                yield f"{qualified}/{sub}" if sub else qualified, name


@command(
    "auth whoami",
    "kubectl auth whoami [flags]",
    "Show who the server takes you for.",
    Flag("output", "o", help="json or yaml"),
)
def who_am_i(call: Call) -> None:
    """Print the user's name and groups."""
    no_arguments(call)
    user = user_of(call)
    if form := call.flags["output"]:
        info = {"username": user.name, "groups": list(user.groups)}
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        call.out(showing(form)({**review, "metadata": {}, "status": {"userInfo": info}}), end="")
        return
    rows = [("Username", user.name), ("Groups", f"[{' '.join(user.groups)}]")]
    call.out(columns([("ATTRIBUTE", "VALUE"), *rows]), end="")
