"""What policy documents allow: an explicit Deny wins, then any Allow; without either it is denied.

Source: IAM user guide, "Policy evaluation logic", "IAM JSON policy elements". Conditions aren't looked at: a statement
that has one counts as if it held.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from labkit.errors import AwsError

Document = Mapping[str, Any]

ALLOWED, DENIED, NOT_ALLOWED = "allowed", "explicitDeny", "implicitDeny"


def read(text: str) -> Document:
    """A policy document of its JSON; MalformedPolicyDocument."""
    try:
        document = json.loads(text)
    except ValueError:
        raise AwsError("MalformedPolicyDocument", "This policy contains invalid Json") from None
    if not isinstance(document, dict) or not all(
        one.get("Effect") in ("Allow", "Deny") for one in statements(document)
    ):
        raise AwsError("MalformedPolicyDocument", "Syntax errors in policy.")
    return document


def statements(document: Document) -> list[Document]:
    """Its statements; a single one may stand without a list."""
    return [one for one in _listed(document.get("Statement")) if isinstance(one, dict)]


def verdict(documents: Iterable[Document], action: str, resource: str = "*") -> str:
    """What documents together say of an action on a resource."""
    effects = {
        one["Effect"]
        for document in documents
        for one in statements(document)
        if _names(one, "Action", action.lower()) and _names(one, "Resource", resource)
    }
    if "Deny" in effects:
        return DENIED
    return ALLOWED if "Allow" in effects else NOT_ALLOWED


def principals(document: Document) -> set[str]:
    """The services that a trust policy lets take the role on."""
    found: set[str] = set()
    for one in statements(document):
        principal = one.get("Principal")
        services = _listed(principal.get("Service")) if isinstance(principal, dict) else _listed(principal)
        found |= set(services) if one["Effect"] == "Allow" and _names(one, "Action", "sts:assumerole") else set()
    return found


def _names(statement: Document, field: str, what: str) -> bool:
    if f"Not{field}" in statement:
        return not any(_matches(pattern, field, what) for pattern in _listed(statement[f"Not{field}"]))
    # A trust policy names no resource: it is about the role it belongs to.
    patterns = _listed(statement.get(field, "*" if field == "Resource" else ()))
    return any(_matches(pattern, field, what) for pattern in patterns)


def _matches(pattern: str, field: str, what: str) -> bool:
    text = pattern.lower() if field == "Action" else pattern
    expression = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, what) is not None


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
