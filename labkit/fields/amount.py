"""The two representations of a quantity's number, with their 64-bit arithmetic.

Go keeps a quantity as an int64 times a power of ten, and as a big decimal where that isn't enough. Both are exact, but
they round and overflow differently, so an Amount knows which one it is (`big`). The value is `number` times
10^`exponent`.
Source: apimachinery pkg/api/resource/{amount,math,scale_int}.go, v1.36.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit.fields.gotext import INT64_MAX, INT64_MIN, wrap64

NANO = -9
_LOOP_FREE = (0, 1, 2, 3, 6, 9)  # powers of ten that Go multiplies by in one step, keeping what overflowed


class Amount(NamedTuple):
    """A decimal number: `number` times 10^`exponent`; `big` when Go would hold it as a big decimal."""

    number: int
    exponent: int = 0
    big: bool = False

    def scaled(self, exponent: int) -> int:
        """The value in units of 10^`exponent`, rounded as Go does, wrapped to 64 bits where Go wraps."""
        if self.big:
            return _scaled_big(self.number, exponent - self.exponent)
        if self.exponent < exponent:
            return _away_from_zero(self.number, exponent - self.exponent)
        return _scaled_up(self.number, self.exponent - exponent)

    def rounded(self, exponent: int) -> Amount:
        """The value as a multiple of 10^`exponent`, away from zero; a coarser one stays as it is unless it is big."""
        if self.exponent >= exponent:
            return self.rescaled(exponent) if self.big else self
        return Amount(_away_from_zero(self.number, exponent - self.exponent), exponent, self.big)

    def rescaled(self, exponent: int) -> Amount:
        """The same value with a smaller exponent."""
        return Amount(self.number * 10 ** (self.exponent - exponent), exponent, self.big)

    def __add__(self, other: Amount) -> Amount:  # type: ignore[override]
        if not self.big and not other.big:
            if not other.number:
                return self
            if not self.number:
                return other
        exponent = min(self.exponent, other.exponent)
        total = self.rescaled(exponent).number + other.rescaled(exponent).number
        big = self.big or other.big or not all(map(_fits, (total, *_aligned(self, other, exponent))))
        return Amount(total, exponent, big)

    def __neg__(self) -> Amount:
        return Amount(-self.number, self.exponent, self.big)

    def compare(self, other: Amount) -> int:
        """-1, 0 or 1: below, equal, above."""
        exponent = min(self.exponent, other.exponent)
        mine, yours = _aligned(self, other, exponent)
        return (mine > yours) - (mine < yours)

    def decimal(self) -> tuple[int, int]:
        """Mantissa and exponent, the exponent as large as possible and a multiple of 3."""
        number, exponent = strip(self.number, 10)
        exponent += self.exponent
        return number * 10 ** (exponent % 3), exponent - exponent % 3

    def float(self) -> float:
        """The nearest binary number Go's quick conversion finds; the last digits may be off, as there."""
        return float(self.number) * float(f"1e{self.exponent}") if self.exponent else float(self.number)


ZERO = Amount(0)


def strip(number: int, factor: int) -> tuple[int, int]:
    """`number` divided by `factor` as often as it goes, and how often that was."""
    times = 0
    while number and number % factor == 0:
        number, times = number // factor, times + 1
    return number, times


def _aligned(one: Amount, other: Amount, exponent: int) -> tuple[int, int]:
    return one.rescaled(exponent).number, other.rescaled(exponent).number


def _fits(number: int) -> bool:
    return INT64_MIN <= number <= INT64_MAX


def _away_from_zero(number: int, digits: int) -> int:
    quotient: int = -(-abs(number) // 10**digits)
    return quotient if number >= 0 else -quotient


def _scaled_up(number: int, digits: int) -> int:
    # Go multiplies by ten in a loop and gives 0 up at the first overflow, except where it has a short cut.
    if digits in _LOOP_FREE:
        return wrap64(number * 10**digits)
    product: int = number * 10**digits if digits <= 19 or not number else INT64_MAX + 1
    return product if _fits(product) else 0


def _scaled_big(number: int, digits: int) -> int:
    if digits == 0:
        return wrap64(number)
    if digits < 0:
        factor = 10**-digits if -digits <= 18 else INT64_MIN
        return wrap64(_low64(number) * factor)
    divisor: int = 10**digits
    if number < INT64_MAX and digits < 19:
        # The short cut is meant for numbers that fit, but a large negative one gets in, cut to its low 64 bits.
        low = _low64(number)
        quotient = abs(low) // divisor * (1 if low >= 0 else -1)
        return quotient + (low % divisor != 0)
    return wrap64(number // divisor + (number % divisor != 0))


def _low64(number: int) -> int:
    low = wrap64(abs(number))
    return low if number >= 0 else wrap64(-low)
