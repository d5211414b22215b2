"""Manifests from anywhere: paths, YAML or JSON text, dicts, lists of any of those.

`read` gives one Document per object: `kind: List` is opened, files of several documents are split as kubectl
splits them, empty documents are skipped. The error texts are kubectl's, without its leading `error: `.
Source: k8s.io/cli-runtime pkg/resource/{builder,visitor}.go, apimachinery pkg/util/yaml/decoder.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from labkit.errors import ManifestError
from labkit.manifests import jsontext, yamltext

ENDINGS = (".json", ".yaml", ".yml")


@dataclass(frozen=True)
class Document:
    """One object and where it came from.

    `source` is the path as it was given, "STDIN" for text, "" for a dict; `index` counts the documents of the
    source from 0; `line` is where the document starts.
    """

    obj: dict[str, Any]
    source: str = ""
    index: int = 0
    line: int = 1

    @property
    def origin(self) -> str:
        """The place in words: `shop.yaml, document 2, line 14`."""
        source = self.source or "dict"
        return f"{source}, document {self.index + 1}, line {self.line}" if self.index else source


Source = Any
"""A path, YAML or JSON text, a dict, or a list of any of those."""


def read(source: Source, base: str | Path | None = None) -> list[Document]:
    """All objects of `source`; paths are relative to `base`. ManifestError if something can't be read."""
    return list(_documents(source, Path(base) if base else Path()))


def _documents(source: Source, base: Path) -> Iterator[Document]:
    if isinstance(source, dict):
        yield from _opened(Document(source))
    elif isinstance(source, Path):
        yield from _path(source, base)
    elif isinstance(source, str):
        yield from _text(source, "STDIN") if _is_text(source) else _path(Path(source), base)
    elif isinstance(source, Iterable):
        for one in source:
            yield from _documents(one, base)
    else:
        raise ManifestError(f"can't read manifests from a {type(source).__name__}", "Give a path, text, or dicts.")


def _is_text(source: str) -> bool:
    return "\n" in source or ": " in source or source.lstrip()[:1] in ("{", "[", "")


def _path(path: Path, base: Path) -> Iterator[Document]:
    place = base / path
    if place.is_dir():
        yield from _folder(path, base)
        return
    try:
        text = place.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ManifestError(f'the path "{path}" does not exist') from None
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f'the path "{path}" cannot be accessed: {error}') from None
    yield from _text(text, str(path))


def _folder(path: Path, base: Path) -> Iterator[Document]:
    """Every manifest right in the folder, by name."""
    files = sorted(file for file in (base / path).iterdir() if file.suffix in ENDINGS and file.is_file())
    if not files:
        raise ManifestError(f"error reading [{path}]: recognized file extensions are [{' '.join(ENDINGS)}]")
    for file in files:
        yield from _path(path / file.name, base)


def _text(text: str, source: str) -> Iterator[Document]:
    index = 0
    for chunk, line in _chunks(text):
        value = _value(chunk, source)
        if value is None or value == {}:
            continue
        if not isinstance(value, dict):
            raise ManifestError(_unstructured(source, value))
        yield from _opened(Document(value, source, index, line))
        index += 1


def _chunks(text: str) -> Iterator[tuple[str, int]]:
    """The documents of a text and their first lines, split at lines of `---`; JSON is never split."""
    if text.lstrip()[:1] == "{":
        yield text, 1
        return
    start = 1
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if line.startswith("---") and line[3:].strip()[:1] in ("", "#"):
            yield "".join(lines), start
            start, lines = number + 1, []
        else:
            lines.append(line)
    yield "".join(lines), start


def _value(chunk: str, source: str) -> Any:
    if chunk.lstrip()[:1] == "{":
        try:
            return _sorted(jsontext.load(chunk))
        except jsontext.JsonError as error:
            if not _is_flow(chunk):
                raise ManifestError(f"error parsing {source}: json: line {error.line}: {error}") from None
    try:
        return _sorted(yamltext.load(chunk))
    except yamltext.YamlError as error:
        raise ManifestError(f"error parsing {source}: error converting YAML to JSON: {error}") from None


def _is_flow(chunk: str) -> bool:
    """Whether a text in braces is YAML's flow style (unquoted keys) rather than JSON gone wrong."""
    return chunk.lstrip()[1:].lstrip()[:1] not in ('"', "}")


def _sorted(value: Any) -> Any:
    """The value with its keys in order, as kubectl's own JSON has them: errors name fields in that order."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


_JSON_WORDS = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}


def _check_type(document: Document) -> None:
    """Kind and version, where they are given, must be text, or nobody can say what the object is."""
    if not isinstance(document.obj, dict):
        raise ManifestError(_unstructured(document.source, document.obj))
    for key in ("apiVersion", "kind"):
        value = document.obj.get(key, "")
        if value is not None and not isinstance(value, str):
            word = _JSON_WORDS.get(type(value), "object")
            why = f"json: cannot unmarshal {word} into Go struct field .{key} of type string"
            source = document.source or "dict"
            raise ManifestError(f'unable to decode "{source}": couldn\'t get version/kind; json parse error: {why}')


def _unstructured(source: str, value: Any) -> str:
    word = _JSON_WORDS.get(type(value), "object")
    return (
        f"error parsing {source}: error converting YAML to JSON: json: cannot unmarshal {word} into Go value "
        "of type map[string]interface {}"
    )


def _opened(document: Document) -> Iterator[Document]:
    """The document itself, or the items of a `kind: List` (or `PodList`, `ServiceList`, …)."""
    obj = document.obj
    _check_type(document)
    items = obj.get("items")
    if not (str(obj.get("kind") or "").endswith("List") and isinstance(items, list)):
        yield document
        return
    for item in items:
        yield from _opened(replace(document, obj=item))
