"""--sort-by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import CommandError
from labkit.kinds import KINDS
from labkit.kubectl.resources import Item
from labkit.kubectl.sorting import sorted_by


def items(*values):
    return [Item(KINDS["Pod"], {"v": value} if value is not None else {}) for value in values]


def order(*values):
    return [item.obj.get("v") for item in sorted_by(items(*values), ".v")]


def test_numbers_quantities_and_names_have_their_own_orders():
    assert order(10, 9) == [9, 10]
    assert order("1Gi", "900Mi", "2Gi") == ["900Mi", "1Gi", "2Gi"]
    assert order("web-10", "web-9", "db") == ["db", "web-9", "web-10"]


def test_what_lacks_the_field_comes_first_and_nothing_comes_if_all_lack_it():
    assert order("b", None, "a") == [None, "a", "b"]
    assert order(None, None) == []


def test_objects_cannot_be_sorted():
    with pytest.raises(CommandError, match="unsortable"):
        order({"a": 1}, {"a": 2})


@given(st.lists(st.integers()))
def test_the_order_of_numbers_is_theirs(values):
    assert order(*values) == sorted(values)
