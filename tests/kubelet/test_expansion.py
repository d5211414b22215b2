"""References to variables: `$(NAME)`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.kubelet.expansion import expanded


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$(A)", "1"),
        ("x-$(A)-$(B)-y", "x-1-2-y"),
        ("$(C)", "$(C)"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$A ${A} $", "$A ${A} $"),
        ("$(A", "$(A"),
        ("$()", "$()"),
    ],
)
def test_a_reference_is_its_value_and_what_is_unknown_stays(text: str, result: str) -> None:
    assert expanded(text, {"A": "1"}, {"A": "other", "B": "2"}) == result


@given(st.text(alphabet="ab $(){}", max_size=20))
def test_a_doubled_dollar_escapes_every_reference(text: str) -> None:
    assert expanded(text.replace("$", "$$"), {"a": "1", "b": "2", "": "3"}) == text


@given(st.text(alphabet="ab(){}", max_size=20))
def test_a_text_without_dollars_is_left_alone(text: str) -> None:
    assert expanded(text, {"a": "1"}) == text
