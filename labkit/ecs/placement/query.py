"""The cluster query language: which container instances an expression means.

    attribute:ecs.instance-type =~ t3.* and not(task:group == service:web)

    expression  := conjunction {("or" | "||") conjunction}
    conjunction := negation {("and" | "&&") negation}
    negation    := ("not" | "!") negation | "(" expression ")" | comparison
    comparison  := subject operator [argument]       in: "[" argument {"," argument} "]"

Source: Amazon ECS developer guide, "Create expressions to define container instances" (2023 and 2026 texts).
The guide gives subjects, operators and examples, no grammar. labkit's own choices: `and` binds closer than `or`; the
words of the language are small letters; an argument with blanks or brackets of its own is quoted, but for brackets
in a regular expression; the wording of errors, which count positions from 1. What comparisons mean: `subjects`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from labkit.ecs import quotas
from labkit.ecs.placement.subjects import OPERATORS, Comparison, comparison
from labkit.errors import AwsError
from labkit.kinds.ecs import ContainerInstance

DEEPEST = 40
"""More brackets within brackets than that aren't read: labkit's own limit."""

_SUBJECT = re.compile(r"[A-Za-z][A-Za-z0-9]*(?::[A-Za-z0-9._/\\-]+)?")
_OPERATOR = re.compile(r"==|!=|>=|<=|=~|!~|>|<|!(?:exists|in)\b|[a-z_]+\b")
_ARGUMENT = re.compile(r"[^\s,\[\]()'\"&|]+")
_OR, _AND, _NOT = re.compile(r"\|\||or\b"), re.compile(r"&&|and\b"), re.compile(r"!|not\b")
_PATTERNS = ("=~", "!~")


class QueryError(AwsError):
    """An expression that can't be read; `position` is where, counted from 1."""

    def __init__(self, text: str, what: str, at: int) -> None:
        self.position = at + 1
        super().__init__("InvalidParameterException", f"Invalid expression: {what} at position {self.position}.")
        self.hint = f"{text}\n{' ' * at}^"


@dataclass(frozen=True)
class Negation:
    """What holds where its part doesn't."""

    part: Node

    def holds(self, instance: ContainerInstance, groups: Collection[str]) -> bool:
        """Whether it holds of an instance that hosts tasks of these groups."""
        return not self.part.holds(instance, groups)


@dataclass(frozen=True)
class Junction:
    """Parts of which all must hold, or any."""

    parts: tuple[Node, ...]
    every: bool

    def holds(self, instance: ContainerInstance, groups: Collection[str]) -> bool:
        """Whether it holds of an instance that hosts tasks of these groups."""
        return (all if self.every else any)(part.holds(instance, groups) for part in self.parts)


Node = Comparison | Negation | Junction


@dataclass(frozen=True)
class Query:
    """An expression that was read; `holds(instance, groups)` says whether it means an instance."""

    text: str
    root: Node

    def holds(self, instance: ContainerInstance, groups: Collection[str] = ()) -> bool:
        """Whether it means an instance; `groups` are those of the tasks that it hosts."""
        return self.root.holds(instance, groups)


@lru_cache(maxsize=1024)
def parse_query(text: str) -> Query:
    """Read an expression. Raises QueryError, an InvalidParameterException that knows its position."""
    if len(text) > quotas.EXPRESSION_LENGTH:
        raise QueryError("", f"it is longer than {quotas.EXPRESSION_LENGTH} characters", quotas.EXPRESSION_LENGTH)
    return Query(text, _Reader(text).whole())


class _Reader:
    """Reads one expression from left to right; `at` is where it is."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0

    def whole(self) -> Node:
        found = self.disjunction()
        if self.at < len(self.text):
            raise self.error(f"unexpected {self.text[self.at]!r}")
        return found

    def disjunction(self) -> Node:
        parts = [self.conjunction()]
        while self.taken(_OR):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Junction(tuple(parts), every=False)

    def conjunction(self) -> Node:
        parts = [self.negation()]
        while self.taken(_AND):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else Junction(tuple(parts), every=True)

    def negation(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error("too many brackets")
        found: Node = Negation(self.negation()) if self.taken(_NOT) else self.bracketed()
        self.depth -= 1
        return found

    def bracketed(self) -> Node:
        if not self.sign("("):
            return self.comparison()
        found = self.disjunction()
        self.expect(")")
        return found

    def comparison(self) -> Node:
        start, subject = self.at, self.taken(_SUBJECT)
        if not subject:
            raise self.error("a subject is missing")
        place, word = self.at, self.taken(_OPERATOR)
        operator = OPERATORS.get(word)
        if operator is None:
            raise self.error(f"{word!r} is no operator" if word else "an operator is missing", place)
        place = self.at
        arguments = self.arguments(operator)
        try:
            return comparison(subject, operator, arguments)
        except ValueError as error:
            wrong: dict[str, int] = {"subject": start, "argument": place}
            raise self.error(str(error.args[0]), wrong[error.args[1]]) from None

    def arguments(self, operator: str) -> tuple[str, ...]:
        if operator in ("exists", "!exists"):
            return ()
        if operator not in ("in", "!in"):
            return (self.argument(operator),)
        self.expect("[")
        found = [self.argument(operator)]
        while self.sign(","):
            found.append(self.argument(operator))
        self.expect("]")
        return tuple(found)

    def argument(self, operator: str) -> str:
        quote = self.text[self.at : self.at + 1]
        if quote in ("'", '"') and quote:
            return self.quoted(quote)
        found = self.pattern() if operator in _PATTERNS else self.taken(_ARGUMENT)
        if not found:
            raise self.error("an argument is missing")
        return found

    def quoted(self, quote: str) -> str:
        end = self.text.find(quote, self.at + 1)
        if end < 0:
            raise self.error("a quote is not closed")
        found, self.at = self.text[self.at + 1 : end], end + 1
        self.skip()
        return found

    def pattern(self) -> str:
        """A regular expression: it ends at a blank, at && or ||, or at a bracket that it didn't open."""
        start, depth = self.at, 0
        while self.at < len(self.text):
            char = self.text[self.at]
            if not depth and (char.isspace() or char in ")]" or self.text.startswith(("&&", "||"), self.at)):
                break
            depth += (char in "([") - (char in ")]")
            self.at += 2 if char == "\\" else 1
        self.at = min(self.at, len(self.text))
        found = self.text[start : self.at]
        self.skip()
        return found

    def taken(self, what: re.Pattern[str]) -> str:
        """The next piece if it is of that form, "" otherwise."""
        self.skip()
        found = what.match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        self.skip()
        return found[0]

    def sign(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += 1
        self.skip()
        return True

    def expect(self, sign: str) -> None:
        if not self.sign(sign):
            raise self.error(f"{sign!r} is missing")

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def error(self, what: str, at: int | None = None) -> QueryError:
        return QueryError(self.text, what, self.at if at is None else at)
