"""Columns of words: each distinct value gets a code, so that a test runs once per value, not once per node."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ABSENT = -1


def gathered(amounts: Ints, rows: Ints, columns: Iterable[int]) -> Ints:
    """Some rows and columns of a table, each column in one piece: what runs along them is several times as fast."""
    return np.array([amounts[:, column][rows] for column in columns], np.int64).reshape(-1, len(rows)).T


class Coded:
    """One value per row as a code; `values[code]` is the value, code -1 means that the row has none."""

    def __init__(self, values: Iterable[Hashable | None] = ()) -> None:
        self.values: list[Any] = []
        self._codes: dict[Hashable, int] = {}
        self.codes: Ints = np.array([self.code(value) for value in values], np.int64)

    def code(self, value: Hashable | None) -> int:
        """The code of a value, a new one if it was never seen."""
        if value is None:
            return ABSENT
        found = self._codes.get(value)
        if found is None:
            found = self._codes[value] = len(self.values)
            self.values.append(value)
        return found

    def known(self, value: Hashable) -> int:
        """The code of a value, or -1 if no row ever had it."""
        return self._codes.get(value, ABSENT)

    def put(self, row: int, value: Hashable | None) -> None:
        """Give a row its value."""
        self.codes[row] = self.code(value)

    def grow(self, count: int) -> None:
        """Add that many rows without a value."""
        self.codes = np.concatenate([self.codes, np.full(count, ABSENT, np.int64)])

    def value(self, row: int) -> Any:
        """The value of a row, or None."""
        code = int(self.codes[row])
        return None if code == ABSENT else self.values[code]

    def copy(self) -> Coded:
        """The same values for the same rows; what rows get from now on is its own."""
        twin = Coded()
        twin.values, twin._codes, twin.codes = self.values, self._codes, self.codes.copy()
        return twin

    def where(self, test: Callable[[Any], bool], rows: Ints) -> Bools:
        """Which of the rows pass a test of their value; the test gets None where there is none."""
        passed = np.array([*(test(value) for value in self.values), test(None)], np.bool_)
        return passed[self.codes[rows]]

    def count(self, number: Callable[[Any], int], rows: Ints) -> Ints:
        """A number for each of the rows, computed once per value."""
        numbers = np.array([*(number(value) for value in self.values), number(None)], np.int64)
        return numbers[self.codes[rows]]

    def only(self, row: int) -> Coded:
        """The same codes for a single row."""
        twin = Coded.__new__(Coded)
        twin.values, twin._codes, twin.codes = self.values, self._codes, self.codes[row : row + 1].copy()
        return twin
