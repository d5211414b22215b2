"""The objects that `-f` names, for commands that send them to the server: each with its kind and where it stood.

Source: cli-runtime pkg/resource/builder.go and visitor.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labkit.errors import CommandError, LabError, ManifestError
from labkit.kinds import Key, Kind
from labkit.kubectl.call import Call
from labkit.kubectl.files import kind_in, read_documents
from labkit.kubectl.parser import Flag
from labkit.manifests.identify import identify
from labkit.manifests.read import ENDINGS, Document

KUSTOMIZE = Flag("kustomize", "k", help="Not simulated")


class Source(NamedTuple):
    """One object to send, and the file it came from."""

    kind: Kind
    obj: dict[str, Any]
    file: str

    @property
    def key(self) -> Key:
        """The key of the object; the name is "" if the server is to make one up."""
        meta = self.obj["metadata"]
        return Key(self.kind.name, meta.get("namespace", "") if self.kind.namespaced else "", meta.get("name") or "")


class Sources(NamedTuple):
    """What could be read, and what is wrong with the rest."""

    found: list[Source]
    errors: list[LabError]


def sources(call: Call, check_kind: bool = True) -> Sources:
    """Read every file of `-f`; a file that isn't there raises, one that is broken is an error among others.

    `check_kind`: an object without kind is refused in the words of the client's validation.
    """
    if call.flags.get("kustomize"):
        raise CommandError("error: labkit does not simulate kustomize: apply the manifests it would make")
    if not call.flags["filename"]:
        raise CommandError("error: must specify one of -f and -k")
    found: list[Source] = []
    errors: list[LabError] = []
    for name in _files(call):
        try:
            documents = read_documents(call, [name])
            found.extend(_source(call, document, check_kind) for document in documents)
        except LabError as error:
            if "does not exist" in error.message:
                raise
            errors.append(error)
    return Sources(found, errors)


def _files(call: Call) -> Iterator[str]:
    """The names of `-f`; with -R a folder stands for every manifest below it."""
    for name in call.flags["filename"]:
        if name.startswith(("http://", "https://")):
            raise CommandError(f"error: labkit does not fetch manifests: save {name} and apply the file")
        place = call.cwd / name
        if not (call.flags.get("recursive") and name != "-" and place.is_dir()):
            yield name
            continue
        for path in sorted(place.rglob("*")):
            if path.suffix in ENDINGS and path.is_file():
                yield str(path.relative_to(call.cwd.resolve()) if path.is_relative_to(call.cwd.resolve()) else path)


def _source(call: Call, document: Document, check_kind: bool) -> Source:
    kind = _checked(document) if check_kind else kind_in(document)
    meta = document.obj.get("metadata")
    obj = {**document.obj, "metadata": dict(meta) if isinstance(meta, dict) else {}}
    if kind.namespaced:
        obj["metadata"]["namespace"] = _namespace(call, obj["metadata"].get("namespace"))
    if not obj["metadata"].get("name") and not obj["metadata"].get("generateName"):
        raise CommandError(f"error: error when retrieving current configuration of:\n{_nameless(call, kind, document)}")
    return Source(kind, obj, document.source)


def _checked(document: Document) -> Kind:
    try:
        return identify(document.obj, document.source)
    except ManifestError as error:
        raise CommandError(f"error: {error.message}") from None


def _namespace(call: Call, given: str | None) -> str:
    if given and "namespace" in call.given and given != call.namespace:
        raise CommandError(
            f'error: the namespace from the provided object "{given}" does not match the namespace "{call.namespace}". '
            f"You must pass '--namespace={given}' to perform this operation."
        )
    return given or call.namespace


def _nameless(call: Call, kind: Kind, document: Document) -> str:
    resource = f'"{kind.api_version}, Resource={kind.plural}", GroupVersionKind: "{kind.api_version}, Kind={kind.name}"'
    where = f'Name: "", Namespace: "{call.namespace if kind.namespaced else ""}"'
    return f'Resource: {resource}\n{where}\nfrom server for: "{document.source}": resource name may not be empty'
