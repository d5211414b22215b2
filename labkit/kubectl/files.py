"""`-f`: the manifests that files, folders and standard input hold."""

from __future__ import annotations

from typing import Any

from labkit.errors import CommandError, ManifestError
from labkit.kubectl.call import Call
from labkit.manifests.read import Document, read


def read_documents(call: Call, files: list[str]) -> list[Document]:
    """The documents of every file, in order; `-` is standard input. Raises CommandError with kubectl's words."""
    found: list[Document] = []
    for name in files:
        try:
            found += read(call.stdin or "", call.cwd) if name == "-" else read(call.cwd / name, call.cwd)
        except ManifestError as error:
            raise CommandError(f"error: {error.message}") from None
    return found


def read_objects(call: Call, files: list[str]) -> list[dict[str, Any]]:
    """The manifests of every file."""
    return [document.obj for document in read_documents(call, files)]
