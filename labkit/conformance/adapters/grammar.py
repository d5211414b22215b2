"""Adapters of the tables quantity, selectors, names, intstr and duration_human: labkit.fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.fields import durations, intstr, names, quantity, selectors

Row = dict[str, Any]


def parse_quantity(row: Row) -> Row:
    """`s` → everything a quantity can be asked."""
    read = quantity.parse(row["s"])
    return {
        "canonical": str(read),
        "value": read.value(),
        "milliValue": read.milli(),
        "format": read.format,
        "float": read.float(),
        "sign": read.sign,
    }


def compare_quantities(row: Row) -> int:
    """`a`, `b` → -1, 0, 1."""
    return quantity.parse(row["a"]).compare(quantity.parse(row["b"]))


def add_quantities(row: Row) -> str:
    """`a`, `b` → their sum as printed."""
    return str(quantity.parse(row["a"]) + quantity.parse(row["b"]))


def subtract_quantities(row: Row) -> str:
    """`a`, `b` → their difference as printed."""
    return str(quantity.parse(row["a"]) - quantity.parse(row["b"]))


def quantity_from_json(row: Row) -> Row:
    """`raw` JSON → what is stored."""
    read = quantity.from_json(row["raw"])
    return {"marshalled": f'"{read}"', "milliValue": read.milli()}


def parse_selector(row: Row) -> Row:
    """`selector` text → its normal form, and which of `labels` it selects."""
    selector = selectors.parse(row["selector"])
    return {"string": str(selector), "matches": [selector.matches(labels) for labels in row["labels"]]}


def label_selector(row: Row) -> Row:
    """A manifest's `selector` → its text, and which of `labels` it selects."""
    selector = selectors.compile(row["selector"])
    return {
        "string": str(selector),
        "formatted": selectors.format(row["selector"]),
        "matches": [selectors.matches(row["selector"], labels) for labels in row["labels"]],
    }


def pod_field_selector(row: Row) -> Row:
    """A field `selector` → its normal form, and which of `pods` (field → value) it selects."""
    selector = selectors.parse_fields("Pod", row["selector"])
    return {"string": str(selector), "matches": [selector.matches(_texts(pod)) for pod in row["pods"]]}


def _texts(fields: Row) -> dict[str, str]:
    return {path: str(value).lower() if isinstance(value, bool) else value for path, value in fields.items()}


def scaled(row: Row) -> Row:
    """`value` of `total`, rounded up and down."""
    return {
        "up": intstr.scaled(row["value"], row["total"], round_up=True),
        "down": intstr.scaled(row["value"], row["total"], round_up=False),
    }


def fenceposts(row: Row) -> Row:
    """maxSurge and maxUnavailable of `desired`."""
    return intstr.resolve_fenceposts(row["maxSurge"], row["maxUnavailable"], row["desired"])._asdict()


def rolling_limits(row: Row) -> Row:
    """What a rolling update of `replicas` may do."""
    given = (row["maxSurge"], row["maxUnavailable"], row["replicas"])
    return {
        "maxSurge": intstr.max_surge(*given),
        "maxUnavailable": intstr.max_unavailable(*given),
        "minAvailable": intstr.min_available(*given),
    }


def _on_value(check: Callable[[Any], list[str]]) -> Callable[[Row], list[str]]:
    return lambda row: check(row["value"])


def _on_milliseconds(write: Callable[[float], str]) -> Callable[[Row], str]:
    return lambda row: write(row["ms"] / 1000)


_CHECKS: dict[str, Callable[[Any], list[str]]] = {
    "IsDNS1123Label": names.dns1123_label,
    "IsDNS1123Subdomain": names.dns1123_subdomain,
    "IsDNS1035Label": names.dns1035_label,
    "IsValidLabelValue": names.label_value,
    "IsQualifiedName": names.qualified_name,
    "IsValidPortName": names.port_name,
    "IsEnvVarName": names.env_var_name,
    "IsRelaxedEnvVarName": names.relaxed_env_var_name,
    "IsConfigMapKey": names.config_map_key,
    "IsValidPercent": names.percent,
    "IsWildcardDNS1123Subdomain": names.wildcard_dns1123_subdomain,
    "IsValidPortNum": names.port_number,
    "IsDNS1123SubdomainWithUnderscore": names.dns1123_subdomain_with_underscore,
    "IsHTTPHeaderName": names.http_header_name,
    "IsCIdentifier": names.c_identifier,
}

TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("quantity", "parse"): parse_quantity,
    ("quantity", "cmp"): compare_quantities,
    ("quantity", "add"): add_quantities,
    ("quantity", "sub"): subtract_quantities,
    ("quantity", "json"): quantity_from_json,
    ("selectors", "parse"): parse_selector,
    ("selectors", "labelSelector"): label_selector,
    ("selectors", "podFieldSelector"): pod_field_selector,
    ("intstr", "GetScaledValueFromIntOrPercent"): scaled,
    ("intstr", "ResolveFenceposts"): fenceposts,
    ("intstr", "MaxSurge_MaxUnavailable"): rolling_limits,
    ("duration_human", "HumanDuration"): _on_milliseconds(durations.human),
    ("duration_human", "ShortHumanDuration"): _on_milliseconds(durations.short_human),
} | {("names", name): _on_value(check) for name, check in _CHECKS.items()}
