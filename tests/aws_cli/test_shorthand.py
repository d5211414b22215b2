"""Shorthand: the values of the user guide's examples, the errors of the real command, and types by shape."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.aws_cli import model
from labkit.aws_cli.shorthand import ShorthandError, fitted, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=b", {"a": "b"}),
        ("a=b,c=d", {"a": "b", "c": "d"}),
        ("a=b,c", {"a": ["b", "c"]}),
        ("a=b,c,d=e", {"a": ["b", "c"], "d": "e"}),
        ("a=[b,c],d=e", {"a": ["b", "c"], "d": "e"}),
        ("a={b=c,d=[e,f]},g=h", {"a": {"b": "c", "d": ["e", "f"]}, "g": "h"}),
        ("a='b,c',d=\"e=f\"", {"a": "b,c", "d": "e=f"}),
        ("a=b\\,c", {"a": "b,c"}),
        ("a=", {"a": ""}),
        ("type=spread,field=attribute:ecs.os-type", {"type": "spread", "field": "attribute:ecs.os-type"}),
        ("type=memberOf,expression=attribute:a == b", {"type": "memberOf", "expression": "attribute:a == b"}),
        (
            "awsvpcConfiguration={subnets=[s-1,s-2],assignPublicIp=ENABLED}",
            {"awsvpcConfiguration": {"subnets": ["s-1", "s-2"], "assignPublicIp": "ENABLED"}},
        ),
    ],
)  # fmt: skip
def test_it_is_read_as_the_real_command_reads_it(text: str, value: Any) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "Expected: '=', received: 'EOF' for input:\na\n ^"),
        ("a=b,", "Expected: '<second>', received: '<none>' for input:\na=b,\n    ^"),
        ("a=[b", "Expected: ',', received: 'EOF' for input:\na=[b\n    ^"),
        ('a="b', "Expected: '<double quoted>', received: '<none>' for input:\na=\"b\n  ^"),
        (
            "a=b,a=c",
            'Second instance of key "a" encountered for input:\na=b,a=c\n    ^\n'
            'This is often because there is a preceding "," instead of a space.',
        ),
    ],
)
def test_an_error_is_worded_as_the_real_one(text: str, message: str) -> None:
    with pytest.raises(ShorthandError) as error:
        parse(text)
    assert str(error.value) == message


def shape(name: str, operation: str = "CreateService") -> Any:
    return model.command("ecs", operation).model.input_shape.members[name]


def test_values_get_the_types_of_their_shape() -> None:
    vpc = fitted(parse("awsvpcConfiguration={subnets=s-1,assignPublicIp=ENABLED}"), shape("networkConfiguration"))
    assert vpc["awsvpcConfiguration"]["subnets"] == ["s-1"]
    kept = fitted(
        parse("maximumPercent=200,deploymentCircuitBreaker={enable=true,rollback=false}"),
        shape("deploymentConfiguration"),
    )
    assert kept == {"maximumPercent": 200, "deploymentCircuitBreaker": {"enable": True, "rollback": False}}


words = st.text(alphabet="abc-:.1", min_size=1, max_size=6)
values = st.one_of(words, st.lists(words, min_size=2, max_size=3))


def written(value: str | list[str]) -> str:
    return f"[{','.join(value)}]" if isinstance(value, list) else value


@given(st.dictionaries(words.filter(str.isalnum), values, min_size=1))
def test_what_is_written_is_read_again(value: dict[str, Any]) -> None:
    assert parse(",".join(f"{key}={written(one)}" for key, one in value.items())) == value
