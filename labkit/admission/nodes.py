"""New nodes at the door: none is to get pods before it was seen to be ready.

Source: plugin/pkg/admission/nodetaint/admission.go, v1.36.
"""

from __future__ import annotations

from labkit.admission.world import Object

NOT_READY = {"effect": "NoSchedule", "key": "node.kubernetes.io/not-ready"}


def tainted(node: Object) -> Object:
    """The node with the taint not-ready, which the node lifecycle controller takes off once it reports that it is."""
    spec = node.get("spec") or {}
    taints = spec.get("taints") or []
    if any(one.get("key") == NOT_READY["key"] and one.get("effect") == NOT_READY["effect"] for one in taints):
        return node
    return {**node, "spec": {**spec, "taints": [*taints, NOT_READY]}}
