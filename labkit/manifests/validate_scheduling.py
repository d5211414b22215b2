"""What a pod asks of its node: affinity, spreading, tolerations; and the taints of nodes.

Source: pkg/apis/core/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.manifests.causes import duplicate, each, invalid, one_of, required, unsupported
from labkit.manifests.validate_meta import label_name, label_selector, operands

Object = dict[str, Any]
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def scheduling(spec: Object, path: str) -> Iterator[Cause]:
    """Affinity and spread constraints of a pod's spec."""
    affinity = spec.get("affinity") or {}
    if affinity.get("nodeAffinity"):
        yield from _node_affinity(affinity["nodeAffinity"], f"{path}.affinity.nodeAffinity")
    for key in ("podAffinity", "podAntiAffinity"):
        if affinity.get(key):
            yield from _pod_affinity(affinity[key], f"{path}.affinity.{key}")
    yield from _spread(spec.get("topologySpreadConstraints") or (), f"{path}.topologySpreadConstraints")


def _node_affinity(affinity: Object, path: str) -> Iterator[Cause]:
    if affinity.get(_REQUIRED) is not None:
        yield from node_selector(affinity[_REQUIRED], f"{path}.{_REQUIRED}")
    for index, term in enumerate(affinity.get(_PREFERRED) or ()):
        at = f"{path}.{_PREFERRED}[{index}]"
        yield from _weight(term, at)
        yield from _node_term(term.get("preference") or {}, f"{at}.preference")


def node_selector(selector: Object, path: str) -> Iterator[Cause]:
    """A NodeSelector: at least one term, each well formed."""
    terms = selector.get("nodeSelectorTerms") or ()
    if not terms:
        yield required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")
    for index, term in enumerate(terms):
        yield from _node_term(term, f"{path}.nodeSelectorTerms[{index}]")


def _node_term(term: Object, path: str) -> Iterator[Cause]:
    for index, one in enumerate(term.get("matchExpressions") or ()):
        yield from _node_expression(one, f"{path}.matchExpressions[{index}]")
    for index, one in enumerate(term.get("matchFields") or ()):
        yield from _node_field(one, f"{path}.matchFields[{index}]")


def _node_expression(one: Object, path: str) -> Iterator[Cause]:
    operator, values = one.get("operator", ""), one.get("values") or []
    if operator in ("Gt", "Lt"):
        if len(values) != 1:
            yield required(f"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'")
    else:
        yield from operands(operator, values, path, ("In", "NotIn"))
    yield from label_name(f"{path}.key", one.get("key", ""))


def _node_field(one: Object, path: str) -> Iterator[Cause]:
    operator, values, key = one.get("operator", ""), one.get("values") or [], one.get("key", "")
    if operator not in ("In", "NotIn"):
        yield invalid(f"{path}.operator", operator, "not a valid selector operator")
    elif len(values) != 1:
        why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        yield required(f"{path}.values", why)
    if key != "metadata.name":
        yield invalid(f"{path}.key", key, "not a valid field selector key")
        return
    for index, value in enumerate(values):
        yield from each(f"{path}.values[{index}]", value, names.dns1123_subdomain(value))


def _weight(term: Object, path: str) -> Iterator[Cause]:
    weight = term.get("weight", 0)
    if not 1 <= weight <= 100:
        yield invalid(f"{path}.weight", weight, "must be in the range 1-100")


def _pod_affinity(affinity: Object, path: str) -> Iterator[Cause]:
    for index, term in enumerate(affinity.get(_REQUIRED) or ()):
        yield from _pod_term(term, f"{path}.{_REQUIRED}[{index}]")
    for index, term in enumerate(affinity.get(_PREFERRED) or ()):
        at = f"{path}.{_PREFERRED}[{index}]"
        yield from _weight(term, at)
        yield from _pod_term(term.get("podAffinityTerm") or {}, f"{at}.podAffinityTerm")


def _pod_term(term: Object, path: str) -> Iterator[Cause]:
    yield from label_selector(term.get("labelSelector"), f"{path}.labelSelector")
    yield from label_selector(term.get("namespaceSelector"), f"{path}.namespaceSelector")
    for index, name in enumerate(term.get("namespaces") or ()):
        yield from each(f"{path}.namespace[{index}]", name, names.dns1123_label(name))
    yield from _topology_key(term, path)


def _topology_key(one: Object, path: str) -> Iterator[Cause]:
    if not one.get("topologyKey"):
        yield required(f"{path}.topologyKey", "can not be empty")
    else:
        yield from label_name(f"{path}.topologyKey", one["topologyKey"])


def _spread(constraints: Any, path: str) -> Iterator[Cause]:
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(constraints):
        at, when = f"{path}[{index}]", one.get("whenUnsatisfiable", "")
        if one.get("maxSkew", 0) <= 0:
            yield invalid(f"{at}.maxSkew", one.get("maxSkew", 0), "must be greater than zero")
        yield from _topology_key(one, at)
        if when not in ("DoNotSchedule", "ScheduleAnyway"):
            yield unsupported(f"{at}.whenUnsatisfiable", when, ("DoNotSchedule", "ScheduleAnyway"))
        pair = (one.get("topologyKey", ""), when)
        if pair in seen:
            yield duplicate(f"{at}.{{topologyKey, whenUnsatisfiable}}", f"{{{pair[0]}, {pair[1]}}}")
        seen.add(pair)
        yield from _spread_details(one, at, when)


def _spread_details(one: Object, path: str, when: str) -> Iterator[Cause]:
    domains = one.get("minDomains")
    if domains is not None and domains <= 0:
        yield invalid(f"{path}.minDomains", domains, "must be greater than zero")
    if domains is not None and when != "DoNotSchedule":
        text = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {when}"
        yield invalid(f"{path}.minDomains", domains, text)
    for key in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        yield from one_of(one, path, key, ("Honor", "Ignore"))
    yield from label_selector(one.get("labelSelector"), f"{path}.labelSelector")


def tolerations(given: Any, path: str) -> Iterator[Cause]:
    """The tolerations of a pod."""
    for index, one in enumerate(given):
        at, effect = f"{path}[{index}]", one.get("effect", "")
        if one.get("key"):
            yield from label_name(f"{at}.key", one["key"])
        elif one.get("operator", "") != "Exists":
            text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            yield invalid(f"{at}.operator", one.get("operator", ""), text)
        if one.get("tolerationSeconds") is not None and effect != "NoExecute":
            yield invalid(f"{at}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
        yield from _toleration_value(one, at)
        if effect and effect not in EFFECTS:
            yield unsupported(f"{at}.effect", effect, EFFECTS)


def _toleration_value(one: Object, path: str) -> Iterator[Cause]:
    operator, value = one.get("operator", ""), one.get("value", "")
    if operator in ("", "Equal"):
        errors = names.label_value(value)
        if errors:
            yield invalid(f"{path}.operator", value, ";".join(errors))
    elif operator == "Exists":
        if value:
            yield invalid(f"{path}.operator", value, "value must be empty when `operator` is 'Exists'")
    else:
        # The server knows Lt and Gt, and lists them when one is used, but the feature is off.
        known = ("Equal", "Exists", "Lt", "Gt") if operator in ("Lt", "Gt") else ("Equal", "Exists")
        yield unsupported(f"{path}.operator", operator, known)


def taints(given: Any, path: str) -> Iterator[Cause]:
    """The taints of a node."""
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(given):
        at, key, effect = f"{path}[{index}]", one.get("key", ""), one.get("effect", "")
        yield from label_name(f"{at}.key", key)
        if errors := names.label_value(one.get("value", "")):
            yield invalid(f"{at}.value", one["value"], ";".join(errors))
        if not effect:
            yield required(f"{at}.effect")
        elif effect not in EFFECTS:
            yield unsupported(f"{at}.effect", effect, EFFECTS)
        if (key, effect) in seen:
            yield duplicate(at, {"key": key, "value": one.get("value", ""), "effect": effect})
        seen.add((key, effect))
