"""What the arguments of a command mean: which objects, of which kinds, in which order.

`pods`, `pod/web`, `pod web db`, `svc,deploy`, `deploy/web svc/web`, `all`, with `-l`, `--field-selector`, `-n`, `-A`,
`--all` and `-f`. Source: cli-runtime pkg/resource/builder.go and visitor.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from labkit import heartbeats
from labkit.apiserver.incoming import is_served
from labkit.errors import ApiError, CommandError, FieldError, LabError
from labkit.kinds import KINDS, Key, Kind, find
from labkit.kubectl import fieldselectors
from labkit.kubectl.call import Call
from labkit.kubectl.files import kind_in, read_documents
from labkit.kubectl.parser import Flag

SELECTOR_FLAGS = (
    Flag("selector", "l", help="Only objects whose labels match"),
    Flag("field-selector", help="Only objects whose fields match"),
)
ALL_NAMESPACES = Flag("all-namespaces", "A", "bool", help="The objects of every namespace")
FILENAME = Flag("filename", "f", "list", help="Files, folders or - that name the objects")
RECURSIVE = Flag("recursive", "R", "bool", help="Read the folders of -f with all below them")

MISSING = (
    "error: You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n"
    "   '<resource> <name>'\n   '<resource>'"
)
NO_TYPE_NEEDED = (
    "error: there is no need to specify a resource type as a separate argument when passing arguments in "
    "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
    "'kubectl get resource resource/<resource_name>'"
)


class Item(NamedTuple):
    """One object and its kind."""

    kind: Kind
    obj: dict[str, Any]

    @property
    def key(self) -> Key:
        """The object's key."""
        meta = self.obj["metadata"]
        return Key(self.kind.name, meta.get("namespace", "") if self.kind.namespaced else "", meta["name"])

    @property
    def typed_name(self) -> str:
        """The object as messages name it: `pod/web`, `deployment.apps/web`."""
        return typed_name(self.kind, self.obj["metadata"]["name"])


class Found(NamedTuple):
    """Objects in the order asked for, what wasn't there, the kinds asked for; `single`: just one was asked for."""

    items: list[Item]
    errors: list[LabError]
    kinds: list[Kind]
    single: bool


class Named(NamedTuple):
    """One object asked for by name."""

    kind: Kind
    name: str


def typed_name(kind: Kind, name: str) -> str:
    """`pod/web`, `deployment.apps/web`."""
    return f"{kind.singular}.{kind.group}/{name}" if kind.group else f"{kind.singular}/{name}"


def kind_of(word: str, call: Call) -> Kind:
    """The kind that `word` means where the server knows it; raises the real command's error."""
    found = find(word)
    if found is None or not is_served(call.cluster, found):
        resource, _, group = word.partition(".")
        where = f'"{resource}" in group "{group}"' if group else f'"{word}"'
        raise CommandError(f"error: the server doesn't have a resource type {where}")
    return found


def select(call: Call, args: list[str] | None = None, list_all: bool = False) -> Found:
    """The objects that `args` (or the command's arguments) and its selector flags mean.

    `list_all` lets a kind without a name mean every object of that kind, as `get` and `describe` do. What isn't
    there is in `errors`; arguments that can't be understood raise CommandError.
    """
    args = call.args if args is None else args
    flags = call.flags
    if flags.get("filename"):
        return by_files(call, flags["filename"])
    if _combined(args):
        return by_names(call, _tuples(call, args), flags.get("all-namespaces", False))
    kinds = [kind for word in _expand(args[0]).split(",") for kind in [kind_of(word, call)]] if args else []
    if flags.get("selector") or flags.get("field-selector") or flags.get("all") or (list_all and len(args) == 1):
        return _by_selector(call, kinds, args[1:])
    if not args:
        raise CommandError(MISSING)
    if len(args) == 1:
        raise CommandError("error: resource(s) were provided, but no name was specified")
    if len(kinds) > 1:
        raise CommandError("error: you must specify only one resource")
    return by_names(call, [Named(kinds[0], name) for name in args[1:]], flags.get("all-namespaces", False))


def by_names(call: Call, names: Iterable[Named], everywhere: bool = False) -> Found:
    """Objects by name, in that order; those that aren't there become NotFound errors."""
    items: list[Item] = []
    errors: list[LabError] = []
    names = list(names)
    for kind, name in names:
        if everywhere and kind.namespaced:
            raise CommandError("error: a resource cannot be retrieved by name across all namespaces")
        obj = call.cluster.get(Key(kind.name, call.namespace if kind.namespaced else "", name))
        if obj is None:
            errors.append(ApiError.not_found(kind.plural, name, kind.group))
        else:
            items.append(Item(kind, _with_heartbeats(call, obj)))
    return Found(items, errors, list(dict.fromkeys(named.kind for named in names)), len(names) == 1)


def by_files(call: Call, files: list[str]) -> Found:
    """The objects that files name, as the cluster has them."""
    items: list[Item] = []
    errors: list[LabError] = []
    for document in read_documents(call, files):
        kind = kind_in(document)
        meta = document.obj.get("metadata") or {}
        if not meta.get("name"):
            raise CommandError("error: resource name may not be empty")
        namespace = meta.get("namespace") or call.namespace
        obj = call.cluster.get(Key(kind.name, namespace if kind.namespaced else "", meta["name"]))
        if obj is None:
            errors.append(ApiError.not_found(kind.plural, meta["name"], kind.group))
        else:
            items.append(Item(kind, obj))
    return Found(items, errors, list(dict.fromkeys(item.kind for item in items)), len(items) + len(errors) == 1)


def listed(
    call: Call, kind: Kind, selector: str = "", field_selector: str = "", everywhere: bool = False
) -> list[Item]:
    """The objects of one kind that match, by namespace and name; raises the server's error for a bad selector."""
    from labkit.fields import selectors

    namespace = call.namespace if kind.namespaced and not everywhere else None
    try:
        by_labels = selectors.parse(selector)
        by_fields = fieldselectors.parse(kind.name, field_selector)
    except FieldError as error:
        raise ApiError.bad_request(_unfindable(kind, selector, field_selector, str(error))) from None
    objects = call.cluster.list(kind.name, namespace)
    objects = [obj for obj in objects if by_labels.matches(obj["metadata"].get("labels") or {}) and by_fields(obj)]
    objects.sort(key=lambda obj: (obj["metadata"].get("namespace", ""), obj["metadata"]["name"]))
    return [Item(kind, _with_heartbeats(call, obj)) for obj in objects]


def _with_heartbeats(call: Call, obj: dict[str, Any]) -> dict[str, Any]:
    """A Node or Lease with the heartbeats that the history doesn't hold."""
    if obj["kind"] not in ("Node", "Lease"):
        return obj
    node = call.cluster.get(Key("Node", "", obj["metadata"]["name"]))
    return heartbeats.shown(obj, node, call.cluster.clock)


def _unfindable(kind: Kind, selector: str, field_selector: str, why: str) -> str:
    resource = f'"{kind.group}/{kind.version}, Resource={kind.plural}"'
    return f'Unable to find {resource} that match label selector "{selector}", field selector "{field_selector}": {why}'


def _by_selector(call: Call, kinds: list[Kind], names: list[str]) -> Found:
    if names:
        raise CommandError("error: name cannot be provided when a selector is specified")
    if not kinds:
        raise CommandError("error: at least one resource must be specified to use a selector")
    flags = call.flags
    given = (flags.get("selector") or "", flags.get("field-selector") or "", flags.get("all-namespaces", False))
    items: list[Item] = []
    errors: list[LabError] = []
    for kind in kinds:
        try:
            items += listed(call, kind, *given)
        except ApiError as error:
            errors.append(error)
    return Found(items, errors, kinds, False)


def _combined(args: list[str]) -> bool:
    """Whether the arguments are of the form resource/name."""
    slashes = sum("/" in arg for arg in args)
    if slashes and slashes != len(args):
        raise CommandError(NO_TYPE_NEEDED)
    return slashes > 0


def _tuples(call: Call, args: list[str]) -> list[Named]:
    if any(call.flags.get(flag) for flag in ("selector", "field-selector", "all")):
        raise CommandError("error: selectors and the all flag cannot be used when passing resource/name arguments")
    return [named for arg in args for named in _tuple(call, arg)]


def _tuple(call: Call, arg: str) -> list[Named]:
    if arg.count("/") > 1:
        raise CommandError("error: arguments in resource/name form may not have more than one slash")
    types, _, name = arg.partition("/")
    if not types or not name:
        raise CommandError("error: arguments in resource/name form must have a single resource and name")
    return [Named(kind_of(word, call), name) for word in types.split(",")]


def _expand(word: str) -> str:
    """A category stands for its kinds."""
    expanded = [kind.plural for kind in CATEGORY_ALL] if word == "all" else [word]
    return ",".join(expanded)


# The order in which `get all` lists, by the discovery of the API's groups.
CATEGORY_ALL = tuple(
    KINDS[name]
    for name in (
        "Pod", "ReplicationController", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet",
        "HorizontalPodAutoscaler", "CronJob", "Job",
    )
)  # fmt: skip
