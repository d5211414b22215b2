"""Quantities: read, rounded, printed, added."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import FieldError, LabError
from labkit.fields import quantity

digits = st.integers(0, 99_999).map(str)
numbers = st.one_of(digits, st.tuples(digits, digits).map(".".join))
texts = st.tuples(st.sampled_from(["", "-"]), numbers, st.sampled_from(["m", "", "k", "M", "G", "Ki", "Mi", "Gi"]))
quantities = texts.map("".join)


def exact(text: str) -> Fraction:
    amount = quantity.parse(text).amount
    return amount.number * Fraction(10) ** amount.exponent


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("0.3Gi", "322122547200m"),
        ("1500m", "1500m"),
        ("1000m", "1"),
        ("1e1", "10"),
        (1000, "1k"),
        (0.5, "500m"),
        (2.0, "2"),
        (" 1 ", "1"),
        ("0Gi", "0"),
    ],
)
def test_a_quantity_prints_in_its_own_format(text: str | float, canonical: str) -> None:
    assert quantity.canonical(text) == canonical


@pytest.mark.parametrize(
    ("text", "value", "milli"),
    [
        ("250m", 1, 250),
        ("1Gi", 1 << 30, 1000 << 30),
        ("0.0001", 1, 1),
        (2, 2, 2000),
        ("-1500m", -2, -1500),
        (0.1, 1, 100),
    ],
)
def test_value_and_milli_round_up(text: str | float, value: int, milli: int) -> None:
    assert (quantity.value(text), quantity.milli(text)) == (value, milli)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", quantity.FORMAT_WRONG),
        ("1 Gi", quantity.FORMAT_WRONG),
        ("1GB", quantity.FORMAT_WRONG),
        ("1\n", quantity.FORMAT_WRONG),
        ("1K", quantity.SUFFIX_WRONG),
        ("100mm", quantity.SUFFIX_WRONG),
        ("1e99999999", quantity.NUMBER_WRONG),
    ],
)
def test_what_is_no_quantity_gets_the_real_words(text: str, words: str) -> None:
    with pytest.raises(FieldError) as error:
        quantity.parse(text)
    assert str(error.value) == words
    assert isinstance(error.value, LabError)
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize("value", [None, True, [], {}])
def test_a_value_that_is_neither_text_nor_number_is_refused(value: object) -> None:
    with pytest.raises(FieldError):
        quantity.written(value)


def test_json_numbers_and_texts_are_read_alike() -> None:
    assert [str(quantity.from_json(raw)) for raw in ("1.5", '"1.5"', "null", '" 2 "')] == ["1500m", "1500m", "0", "2"]


def test_a_sum_keeps_the_format_of_its_first_part_that_is_not_zero() -> None:
    parts = [quantity.parse(text) for text in ("0", "1Gi", "512Mi")]
    assert str(quantity.total(parts)) == "1536Mi"
    assert str(quantity.of(1500, exponent=quantity.MILLI)) == "1500m"


@given(quantities)
def test_printing_loses_nothing(text: str) -> None:
    printed = str(quantity.parse(text))
    assert exact(printed) == exact(text)
    assert str(quantity.parse(printed)) == printed


@given(quantities)
def test_value_and_milli_are_the_next_whole_numbers(text: str) -> None:
    read = quantity.parse(text)
    if not read.amount.big:  # big negative numbers round the other way in the real code too
        for unit, got in ((1, read.value()), (1000, read.milli())):
            assert 0 <= abs(got) - abs(exact(text) * unit) < 1


@given(quantities, quantities)
def test_adding_and_comparing_are_exact(one: str, other: str) -> None:
    left, right = quantity.parse(one), quantity.parse(other)
    assert exact(str(left + right)) == exact(one) + exact(other)
    assert exact(str(left - right)) == exact(one) - exact(other)
    assert left.compare(right) == (exact(one) > exact(other)) - (exact(one) < exact(other))


@given(st.text(max_size=12))
def test_any_text_is_a_quantity_or_a_field_error(text: str) -> None:
    with contextlib.suppress(FieldError):
        assert quantity.parse(quantity.canonical(text)).compare(quantity.parse(text.strip())) == 0
