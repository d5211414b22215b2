"""The cluster query language: what it reads, what it means, and where it says that it is wrong."""

from __future__ import annotations

import fleets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.ecs.placement import QueryError, parse_query

STACK = fleets.instance("i1", {"attributes": {"stack": "prod", "size": "10"}, "version": "1.14.5", "ec2": "i-abcd1234"})


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("attribute:stack == prod", True),
        ("attribute:stack equals prod", True),
        ("attribute:stack==prod", True),
        ("attribute:stack not_equals prod", False),
        ("attribute:stack exists", True),
        ("attribute:other exists", False),
        ("attribute:other !exists", True),
        ("attribute:other not_exists", True),
        ("attribute:other != prod", False),
        ("attribute:other !in [prod]", False),
        ("attribute:other !~ prod", False),
        ("attribute:stack in [test, prod]", True),
        ("attribute:stack !in [test, prod]", False),
        ("attribute:stack not_in [test]", True),
        ("attribute:stack =~ pro", False),
        ("attribute:stack =~ pro.*", True),
        ("attribute:stack matches (prod|test)", True),
        ("attribute:stack =~ [a-q]r.{2}", True),
        ("attribute:stack !~ test.*", True),
        ("attribute:stack not_matches p.*", False),
        ("attribute:size > 9", True),
        ("attribute:size less_than 9", False),
        ("agentVersion == 1.14.5", True),
        ("agentVersion >= 1.9.0", True),
        ("agentVersion greater_than_equal 1.102.0", False),
        ("agentConnected == true", True),
        ("agentConnected != true", False),
        ("ec2InstanceId in ['i-abcd1234', \"i-wxyx7890\"]", True),
        ("registeredAt < 2026-01-02", True),
        ("registeredAt >= 2026-01-01T00:00:00", True),
        ("registeredAt == 2026-01-01T01:00:00+01:00", True),
        ("registeredAt > 2026-01-01T00:00:00Z", False),
        ("runningTasksCount <= 0", True),
        ("task:group == service:web", True),
        ("task:group != service:web", False),
        ("task:group != service:other", True),
        ("task:group =~ service:.*", True),
        ("task:group in [database, family:web]", False),
        ("not(task:group == service:web)", False),
        ("not attribute:stack == test", True),
        ("!attribute:stack == test", True),
        ("!(attribute:stack == test)", True),
        ("not not attribute:stack == prod", True),
        ("attribute:stack == test and attribute:stack == prod or agentConnected == true", True),
        ("attribute:stack == test and (attribute:stack == prod or agentConnected == true)", False),
        ("agentConnected == true or attribute:stack == test and attribute:stack == test", True),
        ("attribute:stack == prod && agentConnected == true || runningTasksCount == 7", True),
        ("attribute:stack=~p.*&&agentConnected==true", True),
    ],
)
def test_an_expression_means(text: str, holds: bool) -> None:
    assert parse_query(text).holds(STACK, ["service:web"]) == holds


@pytest.mark.parametrize(
    ("text", "position", "what"),
    [
        ("", 1, "a subject is missing"),
        ("attribute:stack", 16, "an operator is missing"),
        ("attribute:stack ~ prod", 17, "an operator is missing"),
        ("attribute:stack like prod", 17, "'like' is no operator"),
        ("stack == prod", 1, "'stack' is no subject"),
        ("attribute:stack ==", 19, "an argument is missing"),
        ("attribute:stack == prod and", 28, "a subject is missing"),
        ("attribute:stack == prod prod", 25, "unexpected 'p'"),
        ("(attribute:stack exists", 24, "')' is missing"),
        ("attribute:stack exists)", 23, "unexpected ')'"),
        ("attribute:stack in prod", 20, "'[' is missing"),
        ("attribute:stack in [prod", 25, "']' is missing"),
        ("attribute:stack == 'prod", 20, "a quote is not closed"),
        ("attribute:stack =~ *x", 20, "is no regular expression"),
        ("agentVersion =~ 1.*", 1, "agentVersion can't be compared with =~"),
        ("agentVersion < new", 16, "'new' can't be compared"),
        ("agentConnected == true or runningTasksCount > many", 47, "'many' can't be compared"),
        ("(" * 50 + "agentConnected == true" + ")" * 50, 41, "too many brackets"),
        ("agentConnected == true" + " " * 2000, 2001, "longer than 2000 characters"),
    ],
)
def test_an_error_knows_its_position(text: str, position: int, what: str) -> None:
    with pytest.raises(QueryError) as error:
        parse_query(text)
    assert error.value.position == position
    assert error.value.code == "InvalidParameterException"
    assert what in error.value.message and f"at position {position}." in error.value.message


@given(st.text(alphabet="attribute:stack=~!<>()[],'\"&|notridx 1.", max_size=60))
def test_any_text_is_read_or_refused_within_it(text: str) -> None:
    position = 1
    try:
        parse_query(text).holds(STACK, ["service:web"])
    except QueryError as error:
        position = error.position
    assert 1 <= position <= len(text) + 1


names = st.sampled_from(["prod", "test", "x"])
leaves = names.map(lambda name: f"attribute:stack == {name}")
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
    ),
    max_leaves=6,
)


@given(trees)
def test_brackets_not_and_or_mean_what_they_do_in_python(text: str) -> None:
    python = text.replace("attribute:stack == ", "'prod' == ")
    for name in ("prod", "test", "x"):
        python = python.replace(f"== {name}", f"== '{name}'")
    assert parse_query(text).holds(STACK) == eval(python)
