"""YAML and JSON to the letter."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labkit.kubectl.serialized import compare_keys, to_json, to_yaml, without_managed_fields

texts = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("true", '"true"'), ("yes", '"yes"'), ("1", '"1"'), ("1.5", '"1.5"'), ("", '""'), ("null", '"null"'),
        ("2026-01-05T09:00:00Z", '"2026-01-05T09:00:00Z"'), ("010", '"010"'), ("12:30:45", '"12:30:45"'),
        ("250m", "250m"), ("128Mi", "128Mi"), ("25%", "25%"), ("1.0.0", "1.0.0"), ("nginx:1.25", "nginx:1.25"),
        ("*/5 * * * *", "'*/5 * * * *'"), ("a: b", "'a: b'"), ("#no", "'#no'"), ("it's", "it's"), ("-", "'-'"),
        (True, "true"), (None, "null"), (3, "3"), ([], "[]"), ({}, "{}"),
    ],
)  # fmt: skip
def test_a_scalar_is_quoted_where_the_real_one_is(value, text):
    assert to_yaml({"k": value}) == f"k: {text}\n"


def test_text_of_several_lines_is_a_block():
    assert to_yaml({"a": "x\ny\n", "b": "x\ny"}) == "a: |\n  x\n  y\nb: |-\n  x\n  y\n"


def test_lists_stand_under_their_key_and_keys_are_sorted():
    assert to_yaml({"b": [{"y": 1, "x": [1]}], "a": 1}) == 'a: 1\nb:\n- x:\n  - 1\n  "y": 1\n'


def test_long_lines_are_folded_at_80():
    lines = to_yaml({"message": "word " * 30}).splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 85 for line in lines)


def test_keys_with_numbers_are_in_order_of_the_numbers():
    assert list(yaml.safe_load(to_yaml({"p10": 0, "p2": 0, "p.x": 0, "pa": 0}))) == ["p.x", "p2", "p10", "pa"]


@given(texts, texts)
def test_the_order_of_keys_is_antisymmetric(one, other):
    assert (compare_keys(one, other) > 0) == (compare_keys(other, one) < 0)


@given(values)
def test_json_reads_back_as_what_was_written(value):
    assert json.loads(to_json(value)) == value


def test_json_is_indented_by_four_and_escapes_angles():
    assert to_json({"a": ["<none>"]}) == '{\n    "a": [\n        "\\u003cnone\\u003e"\n    ]\n}\n'


def test_managed_fields_are_not_shown():
    assert without_managed_fields({"metadata": {"name": "x", "managedFields": [1]}}) == {"metadata": {"name": "x"}}


def test_folded_text_in_double_quotes_goes_on_as_goyaml_does():
    lines = to_yaml({"message": "a tab\t" + "and words " * 12}).splitlines()
    assert lines[0].startswith('message: "a tab\\tand words')
    assert not lines[0].endswith("\\")
