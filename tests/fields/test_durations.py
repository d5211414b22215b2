"""Durations: ages, Go's notation, what learners write."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import FieldError
from labkit.fields import durations


@pytest.mark.parametrize(
    ("seconds", "age", "short"),
    [
        (-2, "<invalid>", "<invalid>"),
        (-1.5, "0s", "0s"),
        (119.9, "119s", "1m"),
        (179, "2m59s", "2m"),
        (28740, "7h59m", "7h"),
        (180000, "2d2h", "2d"),
        (63158400, "2y1d", "2y"),
    ],
)
def test_ages_have_two_or_three_figures(seconds: float, age: str, short: str) -> None:
    assert (durations.human(seconds), durations.short_human(seconds)) == (age, short)


@pytest.mark.parametrize(
    ("span", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("2h", 7200),
        (90, 90),
        ("90", 90),
        (0.5, 0.5),
        ("1.5s", 1.5),
        ("1d12h", 129600),
        ("1d", 86400),
    ],
)
def test_a_span_is_read_in_seconds(span: str | float, seconds: float) -> None:
    assert durations.seconds(span) == seconds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 'time: invalid duration ""'),
        ("1x", 'time: unknown unit "x" in duration "1x"'),
        ("1m3", 'time: missing unit in duration "1m3"'),
        ("soon", 'time: invalid duration "soon"'),
        (".s", 'time: invalid duration ".s"'),
        ("9999999h", 'time: invalid duration "9999999h"'),
        (float("inf"), 'time: invalid duration "inf"'),
    ],
)
def test_what_is_no_span_gets_the_words_of_go(text: str, words: str) -> None:
    with pytest.raises(FieldError) as error:
        durations.seconds(text)
    assert str(error.value) == words


@pytest.mark.parametrize("value", [None, True, []])
def test_a_span_is_a_text_or_a_number(value) -> None:
    with pytest.raises(FieldError):
        durations.seconds(value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.3, "300ms"),
        (1.5e-6, "1.5µs"),
        (90, "1m30s"),
        (7200, "2h0m0s"),
        (-1.5, "-1.5s"),
        (3600.25, "1h0m0.25s"),
    ],
)
def test_go_prints_durations_so(seconds: float, text: str) -> None:
    assert durations.format_go(seconds) == text


@given(st.integers(-(10**15), 10**15))
def test_what_go_prints_go_reads(nanoseconds: int) -> None:
    text = durations.format_go(Fraction(nanoseconds, 10**9))  # type: ignore[arg-type]
    assert durations.parse_go(text) == nanoseconds
