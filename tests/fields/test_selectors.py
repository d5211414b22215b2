"""Selectors: of manifests, of `kubectl -l`, of `kubectl --field-selector`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import FieldError
from labkit.fields import fieldsyntax, selectors
from labkit.kinds.meta import LabelSelector, Requirement

words = st.text("abc", min_size=1, max_size=3)
labels = st.dictionaries(words, words, max_size=4)
expressions = st.one_of(
    st.fixed_dictionaries({"key": words, "operator": st.sampled_from(["Exists", "DoesNotExist"])}),
    st.fixed_dictionaries(
        {"key": words, "operator": st.sampled_from(["In", "NotIn"]), "values": st.lists(words, min_size=1, max_size=3)}
    ),
)
label_selectors = st.fixed_dictionaries({}, optional={"matchLabels": labels, "matchExpressions": st.lists(expressions)})


def refusal(text: str) -> str:
    with pytest.raises(FieldError) as error:
        selectors.parse(text)
    return str(error.value)


def test_none_selects_nothing_and_empty_everything() -> None:
    assert not selectors.matches(None, {"app": "web"})
    assert selectors.matches({}, {"app": "web"})
    assert selectors.matches({}, None)
    assert selectors.compile({}).everything
    assert not selectors.compile(None).everything


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("b=1,a", "a,b=1"),
        ("app in (web, api)", "app in (api,web)"),
        ("app notin ()", "app notin ()"),
        ("x in (a,,b)", "x in (,a,b)"),
        ("!a , n>3", "!a,n>3"),
        ("in=in", "in=in"),
        ("", ""),
    ],
)
def test_a_selector_is_printed_sorted(text: str, normal: str) -> None:
    assert str(selectors.parse(text)) == normal


@pytest.mark.parametrize(
    ("text", "words_"),
    [
        ("a,", "found '', expected: identifier after ','"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("a in (", "unable to parse requirement: found '', expected: ',', ')' or identifier"),
        ("a in (b,,)", "unable to parse requirement: found ')', expected: ',', or identifier"),
        ("a in (b,", "unable to parse requirement: found '', expected: ',', or identifier"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
    ],
)
def test_what_is_no_selector_gets_the_real_words(text: str, words_: str) -> None:
    assert refusal(text) == words_


def test_an_absent_label_satisfies_the_negative_operators_only() -> None:
    texts = ["a=1", "a!=1", "a in (1)", "a notin (1)", "a", "!a", "a>0", "a<9"]
    assert [selectors.parse(text).matches({}) for text in texts] == [
        False,
        True,
        False,
        True,
        False,
        True,
        False,
        False,
    ]


def test_several_mistakes_of_one_requirement_are_listed_together() -> None:
    with pytest.raises(FieldError) as error:
        selectors.compile({"matchExpressions": [{"key": "", "operator": "In"}]})
    assert str(error.value).startswith('[key: Invalid value: "": name part must be non-empty; ')
    assert str(error.value).endswith(
        "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty]"
    )


def test_structs_and_dicts_select_alike() -> None:
    struct = LabelSelector({"app": "web"}, (Requirement("tier", "In", ("front",)),))
    assert selectors.matches(struct, {"app": "web", "tier": "front"})
    assert not selectors.matches(struct, {"app": "web"})
    assert selectors.format(struct) == "app=web,tier in (front)"


def test_kubectl_prints_none_and_error() -> None:
    assert selectors.format(None) == selectors.format({}) == "<none>"
    assert selectors.format({"matchLabels": {"a b": ""}}) == "<error>"


@given(label_selectors, labels)
def test_a_manifests_selector_means_what_its_text_means(selector: dict, given_labels: dict[str, str]) -> None:
    text = str(selectors.compile(selector))
    assert selectors.matches(selector, given_labels) == selectors.parse(text).matches(given_labels)


@given(labels, labels)
def test_a_map_of_labels_is_a_selector(wanted: dict[str, str], given_labels: dict[str, str]) -> None:
    expected = wanted.items() <= given_labels.items()
    assert selectors.matches_set(wanted, given_labels) == expected
    assert selectors.from_labels(wanted).matches(given_labels) == expected
    assert selectors.matches({"matchLabels": wanted}, given_labels) == expected


@given(st.text("ab=!,()<> in\0ü", max_size=16))
def test_any_text_is_a_selector_or_a_field_error(text: str) -> None:
    try:
        selector = selectors.parse(text)
    except FieldError:
        return
    assert selectors.parse(str(selector)) == selector


def test_a_field_selector_knows_the_fields_of_its_kind() -> None:
    assert str(selectors.parse_fields("Pod", "spec.host=n1")) == "spec.nodeName=n1"
    assert selectors.parse_fields("Node", "spec.unschedulable!=true").matches({})
    with pytest.raises(FieldError, match=r"^field label not supported: spec.nodeName$"):
        selectors.parse_fields("Node", "spec.nodeName=n1")


@pytest.mark.parametrize(
    ("text", "words_"),
    [
        ("a", "invalid selector: 'a'; can't understand 'a'"),
        ("a=b=c", "invalid field selector: unescaped character in value: 61"),
        ("a=b\\c", "invalid field selector: invalid escape sequence: \\c"),
        ("a=b\\", "invalid field selector: invalid escape sequence: \\"),
    ],
)
def test_what_is_no_field_selector_gets_the_real_words(text: str, words_: str) -> None:
    with pytest.raises(FieldError) as error:
        fieldsyntax.parse(text)
    assert str(error.value) == words_


@given(st.lists(st.tuples(words, st.text("a,=\\", max_size=4), st.booleans()), max_size=3))
def test_a_field_selector_survives_being_printed(terms: list[tuple[str, str, bool]]) -> None:
    printed = str(fieldsyntax.FieldSelector(tuple(fieldsyntax.FieldTerm(*term) for term in terms)))
    assert sorted(map(str, fieldsyntax.parse(printed).terms)) == sorted(
        str(fieldsyntax.FieldTerm(*term)) for term in terms
    )
