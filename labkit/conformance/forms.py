"""Which form a recording has, told by its content."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from labkit.errors import ManifestError

SUFFIXES = (".json", ".jsonl", ".jsonl.gz")


class Recording(NamedTuple):
    """A file that was read: `form` is decisions, functions, errors, kubectl, controllers, or "" for anything else."""

    path: Path
    form: str
    content: Any


def files(paths: Iterable[str | Path]) -> Iterator[Path]:
    """The files that are meant: a file is itself, a folder the recordings anywhere below it."""
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.name.endswith(SUFFIXES))
        else:
            yield path


def read(path: Path) -> Recording:
    """Read a recording. Raises ManifestError, which names the file, if it can't be read."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: can't be read as a recording: {error}") from None
    content = parsed(text)
    return Recording(path, form(content), content)


def parsed(text: str) -> Any:
    """JSON, or a list of the JSON lines; None for a text that is neither."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        return None


def form(content: Any) -> str:
    """The form of a recording's content, "" if it has none of them."""
    if isinstance(content, list) and content:
        return next((form for form, keys in _LISTS.items() if all(map(keys.issubset, map(_keys, content)))), "")
    found = _keys(content)
    if "steps" in found and "nodes" in found and "placed" in found:
        return "decisions"  # a file of one line
    return next((form for form, keys in _DICTS.items() if keys <= found), "")


_LISTS = {"functions": {"fn", "in"}, "decisions": {"steps", "nodes", "placed"}}
_DICTS = {"errors": {"request", "answer"}, "kubectl": {"commands", "manifests"}, "controllers": {"timeline", "steps"}}


def _keys(content: Any) -> set[str]:
    return set(content) if isinstance(content, dict) else set()
