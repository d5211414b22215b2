r"""The grammar of `kubectl --field-selector`: `status.phase!=Running,spec.nodeName=node-1`.

A value's `,` `=` `\` stand behind a backslash. Each kind supports a few fields only; an absent one reads as "".
Source: apimachinery pkg/fields/selector.go, kubernetes pkg/apis/{core,batch}/v1/conversion.go, v1.36.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from labkit.errors import FieldError

_TERM = re.compile(r"(.*?)(!=|==|=)(.*)", re.DOTALL)
_COMMA = re.compile(r"((?:\\.|[^\\,]|\\\Z)*)(?:,|\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.?)|([,=])", re.DOTALL)
_META = ("metadata.name", "metadata.namespace")

FIELDS: dict[str, tuple[str, ...]] = {
    "Pod": (
        *_META,
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    ),
    "Node": ("metadata.name", "spec.unschedulable"),
    "Namespace": ("status.phase", "metadata.name"),
    "Secret": ("type", *_META),
    "Service": (*_META, "spec.clusterIP", "spec.type"),
    "ReplicationController": (*_META, "status.replicas"),
    "Job": (*_META, "status.successful"),
    "Event": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
        *_META,
    ),
}
"""Kind → the fields a field selector may name; a kind that isn't listed has its name and namespace."""

ALIASES = {("Pod", "spec.host"): "spec.nodeName"}
"""Old names of fields that are still understood."""


class FieldTerm(NamedTuple):
    """One condition: the field equals the value, or differs from it (`negated`)."""

    field: str
    value: str
    negated: bool = False

    def __str__(self) -> str:
        escaped = re.sub(r"([\\,=])", r"\\\1", self.value)
        return f"{self.field}{'!=' if self.negated else '='}{escaped}"


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """All terms must hold; none selects everything."""

    terms: tuple[FieldTerm, ...] = ()

    def matches(self, fields: Mapping[str, str]) -> bool:
        """Whether an object with these field values (path → text) is selected."""
        return all((fields.get(term.field, "") == term.value) != term.negated for term in self.terms)

    def __str__(self) -> str:
        return ",".join(map(str, self.terms))


def parse(text: str) -> FieldSelector:
    """The field selector that `text` describes, any field; FieldError in ParseSelector's words."""
    return FieldSelector(tuple(_term(part, text) for part in sorted(_split(text)) if part))


def parse_for(kind: str, text: str) -> FieldSelector:
    """The field selector for objects of `kind`; FieldError if it names a field that this kind doesn't support."""
    return FieldSelector(tuple(term._replace(field=supported(kind, term.field)) for term in parse(text).terms))


def supported(kind: str, field: str) -> str:
    """The field's present name; FieldError if objects of `kind` can't be selected by it."""
    field = ALIASES.get((kind, field), field)
    if field not in FIELDS.get(kind, _META):
        raise FieldError(f"field label not supported: {field}")
    return field


def _split(text: str) -> list[str]:
    return [found[1] for found in _COMMA.finditer(text)]


def _term(part: str, text: str) -> FieldTerm:
    found = _TERM.fullmatch(part)
    if not found:
        raise FieldError(f"invalid selector: '{text}'; can't understand '{part}'")
    return FieldTerm(found[1], _ESCAPED.sub(_unescape, found[3]), found[2] == "!=")


def _unescape(found: re.Match[str]) -> str:
    if found[2]:
        raise FieldError(f"invalid field selector: unescaped character in value: {ord(found[2])}")
    if found[1] not in ("\\", ",", "=") or not found[1]:
        raise FieldError(f"invalid field selector: invalid escape sequence: {found[0]}")
    return found[1]
