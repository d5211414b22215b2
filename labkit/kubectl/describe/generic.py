"""Kinds that kubectl has no words for: every field, with a readable name.

Source: kubectl pkg/describe/describe.go GenericDescriberFor, v1.32.5.
"""

from __future__ import annotations

import re
from typing import Any

from labkit.cluster import Cluster
from labkit.kubectl.describe.metadata import (
    Object,
    labels_and_annotations,
    name_and_namespace,
)
from labkit.kubectl.describe.writer import Writer

SHOWN_ABOVE = {"name", "namespace", "labels", "annotations", "managedFields"}
ACRONYMS = ("API", "URL", "UID", "OSB", "GUID")


def anything(w: Writer, obj: Object, cluster: Cluster) -> None:
    """Any object."""
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    meta = {key: value for key, value in obj["metadata"].items() if key not in SHOWN_ABOVE}
    _fields(w, {**obj, "metadata": meta}, 0)


def _fields(w: Writer, content: Object, level: int) -> None:
    for field in sorted(content):
        value = content[field]
        if isinstance(value, dict):
            w.heading(label(field), level)
            _fields(w, value, level + 1)
        elif isinstance(value, list):
            w.heading(label(field), level)
            for child in value:
                _item(w, child, level + 1)
        else:
            w.field(label(field), _plain(value), level)


def _item(w: Writer, child: Any, level: int) -> None:
    if isinstance(child, dict):
        _fields(w, child, level)
    else:
        w.line(_plain(child), level=level)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)


def label(field: str) -> str:
    """`apiVersion` → `API Version`; a name with other characters than letters stays as it is."""
    if not re.fullmatch(r"[A-Za-z-]+", field):
        return field
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", field)
    return " ".join(word.upper() if word.upper() in ACRONYMS else word[:1].upper() + word[1:] for word in words)
