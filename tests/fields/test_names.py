"""Names: what is wrong with them, in the API server's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.fields import names


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (names.dns1123_label, "web-1"),
        (names.dns1123_subdomain, "web.example.com"),
        (names.dns1123_subdomain_with_underscore, "_tcp.web"),
        (names.wildcard_dns1123_subdomain, "*.example.com"),
        (names.dns1035_label, "web"),
        (names.label_value, ""),
        (names.qualified_name, "example.com/My.name"),
        (names.port_name, "http-2"),
        (names.env_var_name, "PATH"),
        (names.relaxed_env_var_name, "1 a"),
        (names.config_map_key, "app.properties"),
        (names.percent, "25%"),
        (names.http_header_name, "X-Name"),
        (names.c_identifier, "_a1"),
        (names.port_number, 80),
    ],
)
def test_a_valid_name_has_nothing_wrong(check, value) -> None:
    assert check(value) == []


def test_a_name_with_a_newline_at_its_end_is_not_valid() -> None:
    assert names.dns1123_label("web\n")
    assert names.label_value("web\n")


def test_lengths_count_bytes() -> None:
    assert names.label_value("é" * 32)[0] == "must be no more than 63 bytes"
    assert names.dns1123_label("a" * 63) == []


def test_every_mistake_of_a_key_is_told() -> None:
    assert [error[:40] for error in names.qualified_name("/")] == [
        "prefix part must be non-empty",
        "name part must be non-empty",
        "name part must consist of alphanumeric c",
    ]


def test_dots_have_their_own_words() -> None:
    assert names.config_map_key("..") == ["must not be '..'"]
    assert names.config_map_key("..a") == ["must not start with '..'"]
    assert names.dns1123_label("a.b") == ["must not contain dots"]


@given(st.text(max_size=70))
def test_a_label_is_a_subdomain(value: str) -> None:
    if not names.dns1123_label(value):
        assert not names.dns1123_subdomain(value)
        assert not names.label_value(value)
        assert not names.qualified_name(value)
