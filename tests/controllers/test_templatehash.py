from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.controllers.templatehash import fnv32a, safe_encode, template_hash, without_hash


def test_fnv32a_is_the_published_function() -> None:
    assert fnv32a(b"") == 0x811C9DC5
    assert fnv32a(b"a") == 0xE40C292C
    assert fnv32a(b"foobar") == 0xBF9CF968


def test_the_alphabet_has_no_vowels() -> None:
    assert safe_encode("0123456789") == "456789bcdf"


@given(st.dictionaries(st.text(), st.text()))
def test_the_order_of_fields_does_not_matter(labels: dict[str, str]) -> None:
    turned = dict(reversed(labels.items()))
    assert template_hash({"metadata": {"labels": labels}}) == template_hash({"metadata": {"labels": turned}})


def test_a_collision_gives_another_hash() -> None:
    assert template_hash({}, 0) != template_hash({}, 1)


def test_templates_are_compared_without_the_hash_label() -> None:
    made = {"metadata": {"labels": {"app": "web", "pod-template-hash": "x"}}}
    assert without_hash(made) == {"metadata": {"labels": {"app": "web"}}}
