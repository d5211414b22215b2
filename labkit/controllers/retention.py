"""Who owns the claims of a StatefulSet's pods: its persistentVolumeClaimRetentionPolicy. All pure.

Source: pkg/controller/statefulset/stateful_set_utils.go updateClaimOwnerRefForSetAndPod, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labkit.controllers.ownership import controller_ref

Dict = dict[str, Any]


def owners(held: Sequence[Dict], owner: Dict, pod: Dict, is_surplus: bool) -> list[Dict]:
    """The owner references that a claim is to have, which has those `held`.

    `is_surplus`: the pod is scaled away. With whenScaled Delete it takes the claim along: it becomes its owner. With
    whenDeleted Delete the claim goes with the set. A claim that something else controls is left to that.
    """
    family = (owner["metadata"]["uid"], pod["metadata"]["uid"])
    others = [one for one in held if one.get("uid") not in family]
    if any(one.get("controller") for one in others):
        return others
    policy = owner["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    if is_surplus and policy.get("whenScaled") == "Delete":
        return [*others, controller_ref(pod)]
    if policy.get("whenDeleted") == "Delete":
        return [*others, controller_ref(owner)]
    return others
