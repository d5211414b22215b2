"""What a name may look like, and the API server's words when it doesn't.

Each check takes the value and returns the list of what is wrong with it, empty when it is valid. Lengths count bytes.
Source: apimachinery pkg/util/validation/validation.go and pkg/api/validate/content/{dns,kube,identifier}.go, v1.36.
"""

from __future__ import annotations

import re

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_UNDERSCORED = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_UNDERSCORED_SUBDOMAIN = rf"{_UNDERSCORED}(\.{_UNDERSCORED})*"
_RFC1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_WILDCARD = rf"\*\.{_SUBDOMAIN}"
_KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = f"({_KEY})?"
_ENV = "[-._a-zA-Z][-._a-zA-Z0-9]*"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"
_PERCENT = "[0-9]+%"
_HEADER = "[-A-Za-z0-9]+"
_C_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*"

_ALPHANUMERIC_ENDS = "and must start and end with an alphanumeric character"
_KEY_TEXT = f"must consist of alphanumeric characters, '-', '_' or '.', {_ALPHANUMERIC_ENDS}"
_RELAXED_ENV_TEXT = "a valid environment variable name must consist only of printable ASCII characters other than '='"


def dns1123_label(value: str) -> list[str]:
    """A label of a domain name by RFC 1123: a namespace, a container; at most 63 long."""
    errors = _too_long(value, 63)
    if _is(value, _LABEL):
        return errors
    if _is(value, _SUBDOMAIN):
        return [*errors, "must not contain dots"]
    text = f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', {_ALPHANUMERIC_ENDS}"
    return [*errors, regex_error(text, _LABEL, "my-name", "123-abc")]


def dns1123_subdomain(value: str) -> list[str]:
    """A domain name by RFC 1123: the name of most objects; at most 253 long."""
    text = (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        + _ALPHANUMERIC_ENDS
    )
    return _too_long(value, 253) + _mismatch(value, _SUBDOMAIN, text, "example.com")


def dns1123_subdomain_with_underscore(value: str) -> list[str]:
    """A domain name whose labels may have underscores: a pod's DNS search domains."""
    text = (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
        + _ALPHANUMERIC_ENDS
    )
    return _too_long(value, 253) + _mismatch(value, _UNDERSCORED_SUBDOMAIN, text, "example.com")


def wildcard_dns1123_subdomain(value: str) -> list[str]:
    """A domain name whose first label is `*`: a host of an Ingress."""
    text = (
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
        "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
    )
    return _too_long(value, 253) + _mismatch(value, _WILDCARD, text, "*.example.com")


def dns1035_label(value: str) -> list[str]:
    """A label of a domain name by RFC 1035, which starts with a letter: a Service's name until 1.33; 63 long."""
    text = (
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        "character, and end with an alphanumeric character"
    )
    return _too_long(value, 63) + _mismatch(value, _RFC1035, text, "my-name", "abc-123")


def label_value(value: str) -> list[str]:
    """The value of a label; at most 63 bytes."""
    text = (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
        + _ALPHANUMERIC_ENDS
    )
    return _too_long(value, 63, "bytes") + _mismatch(value, _VALUE, text, "MyValue", "my_value", "12345")


def qualified_name(value: str) -> list[str]:
    """The key of a label, annotation or taint, the name of a resource: a name, perhaps after a domain and `/`."""
    prefix, slash, name = value.rpartition("/")
    if "/" in prefix:
        text = regex_error(f"a valid label key {_KEY_TEXT}", _KEY, "MyName", "my.name", "123-abc")
        return [f"{text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    return (_prefix_part(prefix) if slash else []) + _name_part(name)


label_key = qualified_name


def _prefix_part(prefix: str) -> list[str]:
    if not prefix:
        return ["prefix part must be non-empty"]
    errors = [error for error in dns1123_subdomain(prefix) if not error.endswith(" characters")]
    return [f"prefix part {error}" for error in _too_long(prefix, 253, "bytes") + errors]


def _name_part(name: str) -> list[str]:
    errors = [] if name else ["must be non-empty"]
    errors += _too_long(name, 63, "bytes") + _mismatch(name, _KEY, _KEY_TEXT, "MyName", "my.name", "123-abc")
    return [f"name part {error}" for error in errors]


def port_name(value: str) -> list[str]:
    """The name of a port; at most 15 long, with a letter."""
    wrong = {
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)": not _is(value, "[-a-z0-9]+"),
        "must contain at least one letter (a-z)": not re.search("[a-z]", value),
        "must not contain consecutive hyphens": "--" in value,
        "must not begin or end with a hyphen": value.startswith("-") or value.endswith("-"),
    }
    return _too_long(value, 15) + [text for text, holds in wrong.items() if holds]


def port_number(value: int) -> list[str]:
    """The number of a port."""
    return in_range(value, 1, 65535)


def in_range(value: int, low: int, high: int) -> list[str]:
    """An integer from `low` to `high`, both included."""
    return [] if low <= value <= high else [f"must be between {low} and {high}, inclusive"]


def env_var_name(value: str) -> list[str]:
    """The name of an environment variable by the old, strict rule (ConfigMap keys taken with envFrom)."""
    text = (
        "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
        "and must not start with a digit"
    )
    return _mismatch(value, _ENV, text, "my.env-name", "MY_ENV.NAME", "MyEnvName1") + _dots(value)


def relaxed_env_var_name(value: str) -> list[str]:
    """The name of an environment variable by today's rule: printable ASCII without `=`."""
    if not value:
        return ["environment variable name must be non-empty"]
    return [] if all(" " <= char <= "~" and char != "=" for char in value) else [_RELAXED_ENV_TEXT]


def config_map_key(value: str) -> list[str]:
    """A key in the data of a ConfigMap or Secret; at most 253 long."""
    text = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    errors = _too_long(value, 253) + _mismatch(value, _CONFIG_KEY, text, "key.name", "KEY_NAME", "key-name")
    return errors + _dots(value)


def percent(value: str) -> list[str]:
    """A percentage as int-or-percent fields take it."""
    text = "a valid percent string must be a numeric string followed by an ending '%'"
    return _mismatch(value, _PERCENT, text, "1%", "93%")


def http_header_name(value: str) -> list[str]:
    """The name of an HTTP header in a probe."""
    text = "a valid HTTP header must consist of alphanumeric characters or '-'"
    return _mismatch(value, _HEADER, text, "X-Header-Name")


def c_identifier(value: str) -> list[str]:
    """An identifier of C, such as the prefix of envFrom once had to be."""
    text = (
        "a valid C identifier must start with alphabetic character or '_', "
        "followed by a string of alphanumeric characters or '_'"
    )
    return _mismatch(value, _C_IDENTIFIER, text, "my_name", "MY_NAME", "MyName")


def regex_error(text: str, pattern: str, *examples: str) -> str:
    """`text` with examples and the pattern, as every message about a mismatch ends."""
    listed = " or ".join(f"'{example}', " for example in examples)
    return f"{text} ({f'e.g. {listed}' if examples else ''}regex used for validation is '{pattern}')"


def _is(value: str, pattern: str) -> bool:
    return re.fullmatch(pattern, value) is not None


def _mismatch(value: str, pattern: str, text: str, *examples: str) -> list[str]:
    return [] if _is(value, pattern) else [regex_error(text, pattern, *examples)]


def _too_long(value: str, limit: int, unit: str = "characters") -> list[str]:
    return [f"must be no more than {limit} {unit}"] if len(value.encode(errors="replace")) > limit else []


def _dots(value: str) -> list[str]:
    if value in (".", ".."):
        return [f"must not be '{value}'"]
    return ["must not start with '..'"] if value.startswith("..") else []
