"""Which requests a command makes, and whether the user of `--as` may make them.

The lab's own user may do everything. Somebody else's command is refused before it does anything, at the first request
that the API server would refuse. Source: what kubectl v1.36 sends (pkg/cmd/*), the resources of its subcommands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labkit.errors import CommandError, ManifestError
from labkit.kinds import KINDS, Kind, find
from labkit.kubectl.call import Call
from labkit.kubectl.files import kind_in, read_documents
from labkit.kubectl.resources import CATEGORY_ALL, kind_of
from labkit.security import ADMIN, Request, User, impersonated
from labkit.security.authorizing import check


class Want(NamedTuple):
    """What a command does to each object it is about; `list` is asked for instead of the first where none is named."""

    verbs: tuple[str, ...]
    subresource: str = ""
    kind: str = ""


CHANGE = ("get", "patch")
WANTS: dict[str, Want] = {
    "get": Want(("get",)),
    "describe": Want(("get",)),
    "wait": Want(("get",)),
    "events": Want(("list",), kind="Event"),
    "top pods": Want(("list",), kind="PodMetrics"),
    "logs": Want(("get", "get"), "log", "Pod"),
    "exec": Want(("get", "create"), "exec", "Pod"),
    "run": Want(("create",), kind="Pod"),
    "apply": Want(("get", "patch")),
    "diff": Want(("get", "patch")),
    "create": Want(("create",)),
    "delete": Want(("delete",)),
    "scale": Want(("get", "patch"), "scale"),
    "expose": Want(("get", "create"), kind="Service"),
    "autoscale": Want(("get", "create"), kind="HorizontalPodAutoscaler"),
    "rollout status": Want(("get",)),
    "rollout history": Want(("get",)),
    **{name: Want(CHANGE) for name in ("label", "annotate", "patch", "edit", "set", "rollout")},
    **{name: Want(CHANGE, kind="Node") for name in ("taint", "cordon", "uncordon", "drain")},
}
"""By command; a longer name goes before a shorter one."""

MADE = {
    "quota": "ResourceQuota", "rolebinding": "RoleBinding", "clusterrolebinding": "ClusterRoleBinding",
    "configmap": "ConfigMap", "cm": "ConfigMap",
}  # fmt: skip


def user_of(call: Call) -> User:
    """Who makes the command's requests."""
    name, groups = call.flags.get("as"), call.flags.get("as-group") or ()
    if groups and not name:
        raise CommandError("error: requesting uid, groups or user-extra without impersonating a user")
    return impersonated(name, groups) if name else ADMIN


def check_permission(call: Call) -> None:
    """Raise ApiError Forbidden if the user of the command may not do what it does."""
    if user_of(call) is ADMIN or call.command.name.startswith("auth"):
        return
    for request in requests(call):
        check(call.cluster, request)


def requests(call: Call) -> Iterator[Request]:
    """The requests of a command, as far as they can be told before it runs."""
    words = call.command.name.split()
    want = next((WANTS[" ".join(words[:count])] for count in (2, 1) if " ".join(words[:count]) in WANTS), None)
    if want is None:
        return
    for kind, namespace, name in _targets(call, want, words):
        yield from _of(call, want, kind, namespace, name)


def _of(call: Call, want: Want, kind: Kind, namespace: str, name: str) -> Iterator[Request]:
    base = Request(user_of(call), "", kind.plural, kind.group, namespace if kind.namespaced else "", name)
    last = len(want.verbs) - 1
    for at, verb in enumerate(want.verbs):
        listed = not name and verb in ("get", "patch", "delete") and at == 0
        unnamed = verb == "create" and not want.subresource
        request = base._replace(
            verb="list" if listed else verb,
            name="" if unnamed else name,
            subresource=want.subresource if at == last else "",
        )
        yield request
        if listed and verb != "get":
            yield base._replace(verb=verb)


def _targets(call: Call, want: Want, words: list[str]) -> Iterator[tuple[Kind, str, str]]:
    """The kinds, namespaces and names that the arguments name; a name is "" where there is none."""
    if call.flags.get("filename"):
        yield from _in_files(call)
    elif words[0] == "create" and len(words) > 1:
        yield _made(words[1]), call.namespace, ""
    elif want.kind in KINDS and words[0] not in ("expose", "autoscale"):
        names = (
            call.args[:1] if want.kind == "Pod" and words[0] != "run" else call.args if want.kind == "Node" else [""]
        )
        for name in names:
            yield KINDS[want.kind], call.namespace, name.rpartition("/")[2]
    elif call.args:
        yield from _named(call)


def _in_files(call: Call) -> Iterator[tuple[Kind, str, str]]:
    try:
        documents = list(read_documents(call, call.flags["filename"]))
    except (CommandError, ManifestError):
        return  # the command itself says what is wrong with them
    for document in documents:
        meta = document.obj.get("metadata") or {}
        yield kind_in(document), meta.get("namespace") or call.namespace, meta.get("name", "")


def _named(call: Call) -> Iterator[tuple[Kind, str, str]]:
    everywhere = "" if call.flags.get("all-namespaces") else call.namespace
    if "/" in call.args[0]:
        for word in call.args:
            if "/" in word:
                yield kind_of(word.partition("/")[0], call), call.namespace, word.partition("/")[2]
        return
    words = call.args[0].split(",")
    kinds = CATEGORY_ALL if words == ["all"] else [kind_of(word, call) for word in words]
    names = [word for word in call.args[1:] if "=" not in word and not word.endswith("-")] or [""]
    yield from ((kind, everywhere, name) for kind in kinds for name in names)


def _made(word: str) -> Kind:
    found: Any = KINDS.get(MADE.get(word, "")) or find(word)
    return found or KINDS["Secret"]
