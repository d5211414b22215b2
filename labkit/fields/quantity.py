"""Quantities: `250m` CPU, `1.5Gi` memory, `1e3` of anything.

    milli("250m") == 250        value("1Gi") == 1073741824        canonical("1.5Gi") == "1536Mi"

Exact decimal arithmetic, never floats; value and milli round up as the real functions do. A quantity remembers its
format and is printed in it: without loss, without fraction, with the largest suffix.
Source: apimachinery pkg/api/resource/{quantity,suffix}.go, v1.36. Left out: decimal exponents beyond ±10,000.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from labkit.errors import FieldError
from labkit.fields.amount import NANO, ZERO, Amount, strip
from labkit.fields.gotext import INT64_MAX, is_int

DECIMAL_SI, BINARY_SI, DECIMAL_EXPONENT = "DecimalSI", "BinarySI", "DecimalExponent"
MILLI = -3

DECIMAL_SUFFIXES = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY_SUFFIXES = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_NAMES = {exponent: suffix for suffix, exponent in DECIMAL_SUFFIXES.items()}
_BINARY_NAMES = {exponent: suffix for suffix, exponent in BINARY_SUFFIXES.items()} | {0: ""}

_SCANNER = re.compile(
    r"(?P<value>(?P<sign>[+-]?)0*(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?)(?P<suffix>[eEinumkKMGTP]*[-+]?[0-9]*)"
)
_SMALL_DIGITS = 18
_LARGEST_EXPONENT = 10_000

FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIX_WRONG = "unable to parse quantity's suffix"
NUMBER_WRONG = "unable to parse numeric part of quantity"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the format it is printed in: DecimalSI, BinarySI or DecimalExponent."""

    amount: Amount = ZERO
    format: str = DECIMAL_SI
    text: str = ""  # what it was read from, where that is canonical already

    def value(self) -> int:
        """Whole units; what isn't whole is rounded up."""
        return self.amount.scaled(0)

    def milli(self) -> int:
        """Thousandths; finer ones are rounded up."""
        return self.amount.scaled(MILLI)

    def scaled(self, exponent: int) -> int:
        """Units of 10^`exponent`, rounded up."""
        return self.amount.scaled(exponent)

    def float(self) -> float:
        """The approximate binary number."""
        return self.amount.float()

    @property
    def sign(self) -> int:
        """-1, 0 or 1."""
        return (self.amount.number > 0) - (self.amount.number < 0)

    def compare(self, other: Quantity) -> int:
        """-1, 0 or 1: below, equal, above; formats don't matter."""
        return self.amount.compare(other.amount)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.amount + other.amount, self.format if self.sign else other.format)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.amount + -other.amount, self.format if self.sign else other.format)

    def __neg__(self) -> Quantity:
        return Quantity(-self.amount, self.format)

    def __str__(self) -> str:
        if self.text or not self.sign:
            return self.text or "0"
        return _binary(self.amount) if self._prints_binary() else _decimal(self.amount, self.format)

    def _prints_binary(self) -> bool:
        # A fraction, or less than 1Ki, would lose digits or say little in binary suffixes.
        small = Amount(-1024).compare(self.amount) < 0 < Amount(1024).compare(self.amount)
        return self.format == BINARY_SI and not small and self.amount.rounded(0).compare(self.amount) == 0


def _decimal(amount: Amount, style: str) -> str:
    number, exponent = amount.decimal()
    if style == DECIMAL_EXPONENT:
        return f"{number}e{exponent}" if exponent else str(number)
    # Beyond E there is no suffix, and v1.36 then drops the exponent: 1000E prints as 1.
    return f"{number}{_DECIMAL_NAMES.get(exponent, '')}"


def _binary(amount: Amount) -> str:
    number, times = strip(amount.rounded(0).rescaled(0).number, 1024)
    return f"{number}{_BINARY_NAMES.get(times * 10, '')}"


def of(number: int, style: str = DECIMAL_SI, exponent: int = 0) -> Quantity:
    """The quantity `number` times 10^`exponent`; `of(1500, exponent=MILLI)` prints `1500m`."""
    return Quantity(Amount(number, exponent), style)


def total(quantities: Iterable[Quantity]) -> Quantity:
    """Their sum, in the format of the first that isn't zero."""
    return sum(quantities, Quantity())


@lru_cache(maxsize=65536)
def parse(text: str) -> Quantity:
    """The quantity that `text` writes; FieldError in the words of ParseQuantity if it writes none."""
    if text == "0":
        return Quantity(text="0")
    found = _SCANNER.fullmatch(text)
    if not text or not found:
        raise FieldError(FORMAT_WRONG)
    base, exponent, style = _suffix(found["suffix"])
    if abs(exponent) > _LARGEST_EXPONENT:
        raise FieldError(NUMBER_WRONG)
    if base == 2:
        return _read_binary(found, exponent)
    return _read_decimal(found, exponent, style)


def _suffix(suffix: str) -> tuple[int, int, str]:
    """Base, exponent and format of a suffix."""
    if suffix in DECIMAL_SUFFIXES:
        return 10, DECIMAL_SUFFIXES[suffix], DECIMAL_SI
    if suffix in BINARY_SUFFIXES:
        return 2, BINARY_SUFFIXES[suffix], BINARY_SI
    if len(suffix) > 1 and suffix[0] in "eE" and is_int(suffix[1:]):
        return 10, int(suffix[1:]), DECIMAL_EXPONENT
    raise FieldError(SUFFIX_WRONG)


def _digits(found: re.Match[str]) -> tuple[str, str, int]:
    """Digits before and after the point, and the sign as a factor."""
    return found["whole"] or "0", found["fraction"] or "", -1 if found["sign"] == "-" else 1


def _read_decimal(found: re.Match[str], exponent: int, style: str) -> Quantity:
    whole, fraction, sign = _digits(found)
    exponent -= len(fraction)
    digits = whole + fraction
    amount = Amount(sign * int(digits), exponent)
    if len(digits) > _SMALL_DIGITS or exponent < NANO:
        return Quantity(_big(amount), style)
    canonical = exponent % 3 == 0 and not digits.endswith("000") and digits[0] != "0"
    return Quantity(amount, style, found.string if canonical else "")


def _read_binary(found: re.Match[str], exponent: int) -> Quantity:
    whole, fraction, sign = _digits(found)
    digits = int(whole + fraction)
    number = sign * digits << exponent
    if not fraction and len(whole) + exponent * 3 // 10 <= 14:
        return Quantity(Amount(number), BINARY_SI, found.string if digits % 8 else "")
    amount = _big(Amount(number, -len(fraction)))
    if abs(number) > INT64_MAX * 10 ** len(fraction):
        amount = Amount(sign * INT64_MAX, 0, big=True)
    below_one = number and Amount(abs(amount.number), amount.exponent).compare(Amount(1)) < 0
    return Quantity(amount, DECIMAL_SI if below_one else BINARY_SI)


def _big(amount: Amount) -> Amount:
    """As a big decimal, which is kept in whole nanos: finer ones are rounded away from zero."""
    return amount._replace(big=True).rounded(NANO) if amount.number else amount._replace(big=True)


def written(value: Any) -> str:
    """A manifest's value as the text that the quantity parser gets: numbers as JSON writes them, texts trimmed."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError(FORMAT_WRONG)
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e21):
        return str(int(value))
    return repr(value)


@lru_cache(maxsize=65536)
def read(value: str | float) -> Quantity:
    """The quantity of a manifest's value: `"250m"`, `"1Gi"`, `2`, `0.5`; FieldError if it is none."""
    return parse(written(value))


@lru_cache(maxsize=65536)
def milli(value: str | float) -> int:
    """A manifest's quantity in thousandths, rounded up: `milli("250m") == 250`, `milli(1) == 1000`."""
    return read(value).milli()


@lru_cache(maxsize=65536)
def value(value: str | float) -> int:
    """A manifest's quantity in whole units, rounded up: `value("1Gi") == 1073741824`, `value("1500m") == 2`."""
    return read(value).value()


@lru_cache(maxsize=65536)
def canonical(value: str | float) -> str:
    """A manifest's quantity as the API server prints it: `canonical("1024Mi") == "1Gi"`, `canonical(1000) == "1k"`."""
    return str(read(value))


def compare(one: str | float, other: str | float) -> int:
    """-1, 0 or 1: `one` is below, equal to, above `other`."""
    return read(one).compare(read(other))


def from_json(raw: str) -> Quantity:
    """The quantity of a raw JSON value, as UnmarshalJSON takes it: `1.5`, `"1Gi"`, `null` (0)."""
    if raw == "null":
        return Quantity()
    quoted = len(raw) >= 2 and raw[0] == raw[-1] == '"'
    return parse((raw[1:-1] if quoted else raw).strip())
