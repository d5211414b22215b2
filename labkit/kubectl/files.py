"""`-f`: the manifests that files, folders and standard input hold."""

from __future__ import annotations

import json
from pathlib import Path

from labkit.errors import CommandError, ManifestError
from labkit.kinds import KINDS, Kind
from labkit.kubectl.call import Call
from labkit.kubectl.jsonpath import html_escaped
from labkit.manifests.read import Document, read


def read_documents(call: Call, files: list[str]) -> list[Document]:
    """The documents of every file, in order; `-` is standard input. Raises CommandError with kubectl's words."""
    found: list[Document] = []
    for name in files:
        try:
            found += read(call.stdin or "", call.cwd) if name == "-" else read(Path(name), call.cwd)
        except ManifestError as error:
            raise CommandError(f"error: {error.message}") from None
    return found


def kind_in(document: Document) -> Kind:
    """The kind of a document; raises CommandError where it has none that the server knows."""
    obj = document.obj
    kind, version = obj.get("kind"), obj.get("apiVersion")
    for field, value in (("Kind", kind), ("apiVersion", version)):
        if not value:
            told = html_escaped(json.dumps(obj, separators=(",", ":"), sort_keys=True, ensure_ascii=False))
            raise CommandError(
                f"error: unable to decode \"{document.source}\": Object '{field}' is missing in '{told}'"
            )
    found = KINDS.get(str(kind))
    if found is None or not found.serves(str(version)):
        meta = obj.get("metadata") or {}
        raise CommandError(
            f'error: resource mapping not found for name: "{meta.get("name", "")}" namespace: '
            f'"{meta.get("namespace", "")}" from "{document.source}": no matches for kind "{kind}" in version '
            f'"{version}"\nensure CRDs are installed first'
        )
    return found
