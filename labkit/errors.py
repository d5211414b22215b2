"""The errors of labkit, one small tree.

    LabError
    ├── ApiError       what the API server answers: code, reason, message, details
    ├── AwsError       what a service of AWS answers: code, message
    ├── ManifestError  a file or text that can't be read
    ├── CommandError   a command line that can't be run
    └── FieldError     a quantity, selector, name or duration that can't be parsed

A message is what the real tool prints; the hint, one more line, says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class LabError(Exception):
    """Anything that goes wrong for a reason the learner can act on."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class ManifestError(LabError):
    """A file or text that can't be read as manifests."""


class CommandError(LabError):
    """A command line that can't be run; `exit_code` is what the real command exits with."""

    def __init__(self, message: str, hint: str = "", exit_code: int = 1) -> None:
        super().__init__(message, hint)
        self.exit_code = exit_code


class FieldError(LabError, ValueError):
    """A quantity, selector, name or duration that can't be parsed."""


class AwsError(LabError):
    """A refusal by a service of AWS: the exception's `code`, as the service's API model has it, and its message."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


class Cause(NamedTuple):
    """One reason for an Invalid answer: the field's path, the machine's reason, the text."""

    field: str
    reason: str
    message: str


class ApiError(LabError):
    """A refusal by the API server: HTTP `code`, `reason`, `message` and `details` as in its Status.

    Source: apimachinery pkg/api/errors/errors.go, v1.36.
    """

    def __init__(
        self, code: int, reason: str, message: str, details: dict[str, Any] | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.code = code
        self.reason = reason
        self.details = details or {}

    @classmethod
    def not_found(cls, resource: str, name: str, group: str = "") -> ApiError:
        """404: `pods "web" not found`; `resource` is the plural."""
        message = f'{_qualified(resource, group)} "{name}" not found'
        return cls(404, "NotFound", message, _details(name, group, resource))

    @classmethod
    def already_exists(cls, resource: str, name: str, group: str = "") -> ApiError:
        """409: `pods "web" already exists`."""
        message = f'{_qualified(resource, group)} "{name}" already exists'
        return cls(409, "AlreadyExists", message, _details(name, group, resource))

    @classmethod
    def conflict(cls, resource: str, name: str, why: str, group: str = "") -> ApiError:
        """409: somebody else wrote first, or a precondition failed."""
        message = f'Operation cannot be fulfilled on {_qualified(resource, group)} "{name}": {why}'
        return cls(409, "Conflict", message, _details(name, group, resource))

    @classmethod
    def forbidden(cls, resource: str, name: str, why: str, group: str = "") -> ApiError:
        """403: admission says no; without a name the object had none yet."""
        named = f' "{name}"' if name else ""
        message = f"{_qualified(resource, group)}{named} is forbidden: {why}"
        return cls(403, "Forbidden", message, _details(name, group, resource))

    @classmethod
    def bad_request(cls, message: str) -> ApiError:
        """400: the body can't be decoded."""
        return cls(400, "BadRequest", message)

    @classmethod
    def invalid(cls, kind: str, group: str, name: str, causes: Iterable[Cause]) -> ApiError:
        """422: `Pod "web" is invalid: …`, one text for a single cause, a bracketed list for several."""
        causes = list(causes)
        texts = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
        listed = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        message = f'{_qualified(kind, group)} "{name}" is invalid: {listed}'
        details = _details(name, group, kind) | {
            "causes": [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
        }
        return cls(422, "Invalid", message, details)


def _qualified(resource: str, group: str) -> str:
    return f"{resource}.{group}" if group else resource


def _details(name: str, group: str, kind: str) -> dict[str, Any]:
    named = {"name": name, "group": group, "kind": kind}
    return {key: value for key, value in named.items() if value}
