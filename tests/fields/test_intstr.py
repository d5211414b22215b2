"""Int-or-percent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import FieldError
from labkit.fields import intstr

percents = st.integers(0, 200).map("{}%".format)
values = st.one_of(st.integers(0, 50), percents)


@pytest.mark.parametrize(
    ("value", "total", "up", "down"), [("25%", 10, 3, 2), ("100%", 7, 7, 7), (3, 10, 3, 3), ("-5%", 10, 0, -1)]
)
def test_percents_round_as_asked(value: int | str, total: int, up: int, down: int) -> None:
    assert intstr.scaled(value, total, round_up=True) == up
    assert intstr.scaled(value, total, round_up=False) == down


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("10", "invalid type: string is not a percentage"),
        ("a%", 'invalid value "a%": strconv.Atoi: parsing "a": invalid syntax'),
        ("9" * 20 + "%", f'invalid value "{"9" * 20}%": strconv.Atoi: parsing "{"9" * 20}": value out of range'),
    ],
)
def test_what_is_no_percentage_gets_the_real_words(value: str, words: str) -> None:
    with pytest.raises(FieldError) as error:
        intstr.scaled(value, 10, round_up=True)
    assert str(error.value) == f"invalid value for IntOrString: {words}"


@given(values, values, st.integers(0, 100))
def test_a_rolling_update_can_always_move(surge: int | str, unavailable: int | str, desired: int) -> None:
    posts = intstr.resolve_fenceposts(surge, unavailable, desired)
    assert posts.surge > 0 or posts.unavailable > 0


@given(values, values, st.integers(0, 100))
def test_unavailable_and_available_add_up(surge: int | str, unavailable: int | str, replicas: int) -> None:
    most = intstr.max_unavailable(surge, unavailable, replicas)
    assert 0 <= most <= replicas
    assert intstr.min_available(surge, unavailable, replicas) == replicas - most
    assert (
        intstr.max_surge(surge, unavailable, replicas) == intstr.resolve_fenceposts(surge, unavailable, replicas).surge
    )


def test_unset_counts_as_zero() -> None:
    assert intstr.resolve_fenceposts(None, None, 5) == (0, 1)
