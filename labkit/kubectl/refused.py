"""Refusals that several commands share."""

from __future__ import annotations

from labkit.errors import ApiError
from labkit.kinds import Key
from labkit.kubectl.call import Call


def check_placed(call: Call, name: str) -> None:
    """Refuse a pod that isn't there, or that no node has."""
    if "/" in name:
        return
    pod = call.cluster.require(Key("Pod", call.namespace, name))
    if not pod["spec"].get("nodeName"):
        raise ApiError.bad_request(f"pod {name} does not have a host assigned")
