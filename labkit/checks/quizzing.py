"""Quiz questions and predictions, as data: the widgets show them, the lessons keep them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from labkit.checks.misconceptions import answer_to


class Choice(NamedTuple):
    """One answer of a quiz, whether it is right, and what is said to whoever chooses it."""

    text: str
    right: bool
    why: str


class Item(NamedTuple):
    """One question of a quiz: `quiz(*item)` shows it."""

    question: str
    choices: tuple[Choice, ...]


class Foresight(NamedTuple):
    """A prediction: the learner commits to one of the options, then the lab finds the truth."""

    question: str
    options: tuple[str, ...]
    truth: Callable[[], object]
    because: str


def right(text: str, why: str) -> Choice:
    """A right answer, and why it is."""
    return Choice(text, True, why)


def wrong(text: str, misconception: str) -> Choice:
    """A wrong answer, replied to by the catalogue of misconceptions."""
    return Choice(text, False, answer_to(misconception))


def mistaken(text: str, why: str) -> Choice:
    """A wrong answer that stands for no common belief, with its own reply."""
    return Choice(text, False, why)
