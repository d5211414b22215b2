"""YAML text to plain values, quickly and safely.

The events of the C parser (libyaml, whose words Go's YAML shares) are built into dicts and lists in one loop.
Aliases are counted as if they were written out, so a "billion laughs" is refused before anything grows.
Source: sigs.k8s.io/yaml v1.6, goyaml.v2/{yaml,decode}.go.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from labkit.manifests.scalars import key_text, plain, tagged

try:
    from yaml import CSafeLoader as _Parser
except ImportError:  # a PyYAML without libyaml: slower, and its error texts differ
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

LARGEST = 3 * 1024 * 1024
"""Bytes of one document: the API server's own limit for a request."""
DEEPEST = 200
"""Levels of nesting; the real reader stops at 10,000."""
_FEW, _MANY = 400_000, 4_000_000


class YamlError(Exception):
    """Text that isn't YAML, in the words of Go's reader: `yaml: line 4: did not find expected key`."""


class _Open(NamedTuple):
    """A collection that is being read: what holds it, its anchor, the line and key that wait for a value."""

    value: Any
    anchor: str | None
    start: int
    keys: list[Any]


class _Builder:
    """Builds the value of one document, event by event, and counts what it would be written out."""

    def __init__(self) -> None:
        self.root: Any = None
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.decoded = 0
        self.aliased = 0
        self.twice: list[str] = []

    def open(self, value: Any, anchor: str | None) -> None:
        """Start a mapping or a sequence."""
        if len(self.stack) >= DEEPEST:
            raise YamlError(f"yaml: exceeded max depth of {DEEPEST}")
        self.stack.append(_Open(value, anchor, self.decoded, []))
        self.decoded += 1

    def close(self, line: int) -> None:
        """End the innermost collection and put it where it belongs."""
        done = self.stack.pop()
        if done.anchor:
            self.anchors[done.anchor] = (done.value, self.decoded - done.start)
        self.put(done.value, line)

    def scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        """Take a word."""
        untagged = event.implicit[0]
        value = plain(event.value) if untagged else tagged(event.tag, event.value)
        self.decoded += 1
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self.put(value, line)

    def alias(self, name: str, line: int) -> None:
        """Repeat what an anchor named, and count it as often as it is repeated."""
        if name not in self.anchors:
            raise YamlError(f"yaml: unknown anchor '{name}' referenced")
        value, size = self.anchors[name]
        self.decoded += size
        self.aliased += size
        if self.aliased > 100 and self.decoded > 1000 and self.aliased / self.decoded > _allowed(self.decoded):
            raise YamlError("yaml: document contains excessive aliasing")
        self.put(value, line)

    def put(self, value: Any, line: int) -> None:
        """Give a value to the innermost open collection; in a mapping, keys and values take turns."""
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.keys:
            self._pair(top.value, top.keys.pop(), value, line)
        else:
            top.keys.append(_key(value, line))

    def _pair(self, mapping: dict[str, Any], key: str, value: Any, line: int) -> None:
        if key == "<<":
            _merge(mapping, value)
        elif key in mapping and key not in mapping.get(_INHERITED, ()):
            self.twice.append(f'  line {line}: key "{key}" already set in map')
        else:
            mapping[key] = value
            mapping.get(_INHERITED, set()).discard(key)


_INHERITED = "\0<<"


def load(text: str) -> Any:
    """The value of one YAML document; YamlError with kubectl's words if it can't be read."""
    if len(text) > LARGEST:
        raise YamlError(f"Request entity too large: limit is {LARGEST}")
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_Parser):
            _feed(builder, event)
    except yaml.MarkedYAMLError as error:
        raise YamlError(_words(error)) from None
    except yaml.reader.ReaderError:
        raise YamlError("yaml: control characters are not allowed") from None
    if builder.twice:
        raise YamlError("yaml: unmarshal errors:\n" + "\n".join(builder.twice))
    return _without_marks(builder.root)


def _feed(builder: _Builder, event: Any) -> None:
    kind = type(event)
    if kind is yaml.ScalarEvent:
        builder.scalar(event, event.start_mark.line + 1)
    elif kind is yaml.MappingStartEvent:
        builder.open({}, event.anchor)
    elif kind is yaml.SequenceStartEvent:
        builder.open([], event.anchor)
    elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
        builder.close(event.start_mark.line + 1)
    elif kind is yaml.AliasEvent:
        builder.alias(event.anchor, event.start_mark.line + 1)


def _key(value: Any, line: int) -> str:
    if isinstance(value, dict | list):
        raise YamlError(f"yaml: line {line}: invalid map key: {value!r}")
    return key_text(value)


def _merge(mapping: dict[str, Any], value: Any) -> None:
    """`<<: *base`: keys that the mapping hasn't set itself."""
    sources = value if isinstance(value, list) else [value]
    if not all(isinstance(source, dict) for source in sources):
        raise YamlError("yaml: map merge requires map or sequence of maps as the value")
    inherited = mapping.setdefault(_INHERITED, set())
    for source in sources:
        for key, inner in source.items():
            if key not in mapping:
                mapping[key] = inner
                inherited.add(key)


def _without_marks(value: Any) -> Any:
    """The value without the notes that merging left behind."""
    stack, seen = [value], set()
    while stack:
        one = stack.pop()
        if isinstance(one, dict | list) and id(one) not in seen:
            seen.add(id(one))
            if isinstance(one, dict):
                one.pop(_INHERITED, None)
            stack.extend(one.values() if isinstance(one, dict) else one)
    return value


def _allowed(decoded: int) -> float:
    """The share of a document that may come from aliases: much of a small one, little of a large one."""
    if decoded <= _FEW:
        return 0.99
    return 0.10 if decoded >= _MANY else 0.99 - 0.89 * (decoded - _FEW) / (_MANY - _FEW)


def _words(error: yaml.MarkedYAMLError) -> str:
    """The error as Go's reader words it: scanner errors count their line from one, parser errors from zero."""
    shift = 1 if isinstance(error, yaml.scanner.ScannerError) else 0
    marks = (error.context_mark, error.problem_mark)
    line = next((mark.line + shift for mark in marks if mark is not None and mark.line), 0)
    return f"yaml: line {line}: {error.problem}" if line else f"yaml: {error.problem}"
