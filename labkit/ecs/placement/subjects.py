"""What a comparison of the cluster query language means: its subject, its operator, its arguments.

Source: Amazon ECS developer guide, "Create expressions to define container instances": which operators a subject has,
the forms of dates, the words of operators, and that patterns are Java's.
Not in the guide, so labkit's own choices: a pattern must match the whole value (every example ends in `.*`); where an
instance lacks the attribute, only `!exists` holds, as "instances with the attribute stack unless the value is prod"
says of `!=`; `>` compares attributes as numbers if both are, else as text; `!=`, `!in` and `!~` of `task:group` mean
instances with no task of such a group.
"""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from labkit.kinds.ecs import ContainerInstance

_WORDS = {
    "==": ("equals",), "!=": ("not_equals",), ">": ("greater_than",), ">=": ("greater_than_equal",),
    "<": ("less_than",), "<=": ("less_than_equal",), "exists": (), "!exists": ("not_exists",), "in": (),
    "!in": ("not_in",), "=~": ("matches",), "!~": ("not_matches",),
}  # fmt: skip
OPERATORS = {word: sign for sign, words in _WORDS.items() for word in (sign, *words)}
"""Every spelling of an operator, to its sign."""

_EQUALITY = frozenset({"==", "!="})
_ORDER = {">": operators.gt, ">=": operators.ge, "<": operators.lt, "<=": operators.le}
_TEXTUAL = _EQUALITY | {"in", "!in", "=~", "!~"}
_ORDERED = _EQUALITY | frozenset(_ORDER)


class Subject(NamedTuple):
    """What may stand left: its operators, how its arguments are read, its value of an instance."""

    allowed: frozenset[str]
    read: Callable[[str], Any]
    value: Callable[[ContainerInstance], Any]


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _present(read: Callable[[str], Any], text: str) -> Any:
    return read(text) if text else None


SUBJECTS: dict[str, Subject] = {
    "agentConnected": Subject(_TEXTUAL, str, lambda one: "true" if one.agent_connected else "false"),
    "agentVersion": Subject(_ORDERED, _version, lambda one: _present(_version, one.version_info.agent_version)),
    "ec2InstanceId": Subject(_TEXTUAL, str, lambda one: one.ec2_instance_id or None),
    "registeredAt": Subject(_ORDERED, _moment, lambda one: _present(_moment, one.registered_at)),
    "runningTasksCount": Subject(_ORDERED, int, lambda one: one.running_tasks_count),
}
GROUP = "task:group"
ATTRIBUTE = "attribute:"


@dataclass(frozen=True)
class Comparison:
    """One subject, operator and its arguments, patterns compiled; `value` looks the subject up."""

    subject: str
    operator: str
    arguments: tuple[Any, ...]
    value: Callable[[ContainerInstance], Any]

    def holds(self, instance: ContainerInstance, groups: Collection[str]) -> bool:
        """Whether it holds of an instance that hosts tasks of these groups."""
        if self.subject != GROUP:
            return self._holds(self.value(instance))
        positive = self.operator.replace("!=", "==").replace("!~", "=~").removeprefix("!")
        found = any(_test(positive, group, self.arguments) for group in groups)
        return found == (positive == self.operator)

    def _holds(self, value: Any) -> bool:
        return self.operator == "!exists" if value is None else _test(self.operator, value, self.arguments)


def _test(sign: str, value: Any, arguments: tuple[Any, ...]) -> bool:
    if sign in ("exists", "!exists"):
        return sign == "exists"
    if sign in ("=~", "!~"):
        return bool(arguments[0].fullmatch(value)) == (sign == "=~")
    if sign in ("==", "!=", "in", "!in"):
        return (value in arguments) == (sign in ("==", "in"))
    return bool(_ORDER[sign](*_comparable(value, arguments[0])))


def _comparable(value: Any, argument: Any) -> tuple[Any, Any]:
    try:
        return (float(value), float(argument)) if isinstance(value, str) else (value, argument)
    except ValueError:
        return value, argument


def comparison(subject: str, sign: str, arguments: tuple[str, ...]) -> Comparison:
    """A comparison ready to be asked. Raises ValueError(what is wrong, "subject" or "argument")."""
    if subject == GROUP:
        found = Subject(_TEXTUAL | {"exists", "!exists"}, str, lambda _: None)
    elif subject.startswith(ATTRIBUTE):
        name = subject.removeprefix(ATTRIBUTE)
        found = Subject(frozenset(_WORDS), str, lambda one: one.attribute(name))
    elif subject in SUBJECTS:
        found = SUBJECTS[subject]
    else:
        raise ValueError(f"{subject!r} is no subject", "subject")
    if sign not in found.allowed:
        raise ValueError(f"{subject} can't be compared with {sign}", "subject")
    return Comparison(subject, sign, tuple(_read(found, sign, one) for one in arguments), found.value)


def _read(subject: Subject, sign: str, argument: str) -> Any:
    try:
        return re.compile(argument) if sign in ("=~", "!~") else subject.read(argument)
    except re.error as error:
        raise ValueError(f"{argument!r} is no regular expression ({error.msg})", "argument") from None
    except ValueError:
        raise ValueError(f"{argument!r} can't be compared with that subject", "argument") from None
