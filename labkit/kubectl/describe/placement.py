"""What says where a pod may run: tolerations, topology spread constraints, taints.

Source: kubectl pkg/describe/describe.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Iterable

from labkit.fields import selectors
from labkit.kubectl.describe.metadata import Object
from labkit.kubectl.describe.writer import Writer


def tolerations(w: Writer, title: str, found: Iterable[Object] | None) -> None:
    """Tolerations, one a line, by key."""
    w.listed(title, map(_toleration, sorted(found or (), key=lambda each: each.get("key", ""))))


def _toleration(each: Object) -> str:
    key, value, effect = each.get("key", ""), each.get("value", ""), each.get("effect", "")
    text = key + (f"={value}" if value else "") + (f":{effect}" if effect else "")
    if each.get("operator") == "Exists" and not value:
        text += " op=Exists" if key or effect else "op=Exists"
    seconds = each.get("tolerationSeconds")
    return text if seconds is None else f"{text} for {seconds}s"


def spread(w: Writer, title: str, found: Iterable[Object] | None) -> None:
    """Topology spread constraints, one a line, by topology key; nothing without any."""
    constraints = sorted(found or (), key=lambda each: each.get("topologyKey", ""))
    if constraints:
        w.listed(title, map(_constraint, constraints))


def _constraint(each: Object) -> str:
    text = f"{each['topologyKey']}:{each['whenUnsatisfiable']} when max skew {each['maxSkew']} is exceeded"
    chosen = each.get("labelSelector")
    return text if chosen is None else f"{text} for selector {selectors.format(chosen)}"


def taints(w: Writer, title: str, found: Iterable[Object] | None) -> None:
    """Taints, one a line, by effect and key."""
    ordered = sorted(found or (), key=lambda each: f"{each.get('effect', '')},{each.get('key', '')}")
    w.listed(title, map(taint, ordered))


def taint(each: Object) -> str:
    """`dedicated=db:NoSchedule`, `dedicated:NoSchedule`."""
    key, value, effect = each.get("key", ""), each.get("value", ""), each.get("effect", "")
    if not effect:
        return f"{key}={value}:" if value else key
    return f"{key}={value}:{effect}" if value else f"{key}:{effect}"
