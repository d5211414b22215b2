"""kubectl's JSONPath dialect."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.kubectl.jsonpath import JSONPathError, find, go_value, parse, relaxed, render

NODES = {
    "items": [
        {
            "metadata": {"name": "a", "labels": {"kubernetes.io/os": "linux"}},
            "cpu": 4,
            "conditions": [{"type": "Ready", "status": "True"}, {"type": "DiskPressure", "status": "False"}],
        },
        {"metadata": {"name": "b"}, "cpu": 2},
    ]
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{.items[*].metadata.name}", "a b"),
        ('{range .items[*]}{.metadata.name}{"\\t"}{.cpu}{"\\n"}{end}', "a\t4\nb\t2\n"),
        ("{.items[?(@.cpu>3)].metadata.name}", "a"),
        ('{.items[0].conditions[?(@.type=="Ready")].status}', "True"),
        ("{.items[?(@.conditions)].metadata.name}", "a"),
        ("{.items[-1].metadata.name}", "b"),
        ("{.items[0:2].cpu}", "4 2"),
        ("{.items[0,1].cpu}", "4 2"),
        ("{.items[*]['metadata.name','cpu']}", "a b 4 2"),
        ("{.items[0].metadata.labels.kubernetes\\.io/os}", "linux"),
        ("{.items[0].metadata.labels['kubernetes\\.io/os']}", "linux"),
        ("{..name}", "a b"),
        ("{.items[1].metadata}", '{"name":"b"}'),
        ("{$.items[0].cpu}{' of '}{@.items[1].cpu}", "4 of 2"),
        ("cpus: {.items[*].cpu}.", "cpus: 4 2."),
        ("{.items[*].nothing}{.nothing.at.all}", ""),
        ("{range .nothing[*]}never{end}then", "then"),
        ("{range .items[*]}{range .conditions[*]}{.type},{end};{end}", "Ready,DiskPressure,;;"),
        ("{.items[1:1].cpu}", ""),
    ],
)
def test_a_template_renders_as_the_real_one(template, text):
    assert render(template, NODES) == text


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{.items", "unclosed action"),
        ("{.items[0}", "unterminated array"),
        ("{.items[x]}", "invalid array index x"),
        ('{"open}', "unterminated quoted string"),
        ("{.items[?(@.cpu>3}", "unterminated filter"),
        ("{.items[?(@.cpu>3)}", "unclosed array expect ]"),
        ("{....name}", "invalid multiple recursive descent"),
        ("{.items[7]}", "array index out of bounds: index 7, length 2"),
        ("{.items[1:0]}", "starting index 1 is greater than ending index 0"),
        ("{.items[0:2:0]}", "step must be > 0"),
        ("{.items[0].metadata[0]}", "map[labels:map[kubernetes.io/os:linux] name:a] is not array or slice"),
        ('{.items[?(@.cpu>"3")]}', "incompatible types for comparison"),
        ("{end}", "not in range, nothing to end"),
        ("{name}", "unrecognized identifier name"),
    ],
)
def test_a_wrong_template_is_refused_in_the_real_words(template, message):
    with pytest.raises(JSONPathError) as caught:
        render(template, NODES)
    assert str(caught.value) == message


@pytest.mark.parametrize("path", [".a.b", "a.b", "{.a.b}", "{a.b}"])
def test_a_path_may_come_with_or_without_dot_and_braces(path):
    assert relaxed(path) == "{.a.b}"


def test_a_path_with_half_a_brace_is_refused():
    with pytest.raises(JSONPathError, match="unexpected path string"):
        relaxed("{.a")


def test_values_print_as_go_prints_them():
    assert go_value({"b": [1, True], "a": None}) == "map[a:<nil> b:[1 true]]"


@given(st.text(alphabet="{}[]().*'\"@$?=ab1,:-\\ \n", max_size=20))
def test_any_template_renders_or_is_refused(template):
    with contextlib.suppress(JSONPathError):
        assert isinstance(render(template, NODES), str)


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4), st.integers())
def test_a_path_finds_what_was_put_there(path, value):
    data = value
    for step in reversed(path):
        data = {step: data}
    assert find("{." + ".".join(path) + "}", data) == [[value]]
    assert len(parse("{." + ".".join(path) + "}")) == 1
