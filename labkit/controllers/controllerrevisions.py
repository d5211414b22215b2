"""ControllerRevisions: the history of templates that StatefulSets and DaemonSets keep.

Source: pkg/controller/history/controller_history.go, pkg/controller/statefulset/stateful_set_utils.go, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.ownership import controlled, controller_ref
from labkit.controllers.templatehash import template_hash
from labkit.kinds.registry import Key

Dict = dict[str, Any]

HASH_LABEL = {"StatefulSet": "controller.kubernetes.io/hash", "DaemonSet": "controller-revision-hash"}


def history(cluster: Cluster, owner: Key) -> list[Dict]:
    """The owner's revisions, oldest first."""
    held = [cluster.require(one) for one in controlled(cluster, owner, "ControllerRevision")]
    return sorted(held, key=lambda one: (one["revision"], one["metadata"]["name"]))


def current(cluster: Cluster, owner: Key) -> Dict:
    """The revision of the owner's present template: the newest, one that is used again, or a new one."""
    held, obj = history(cluster, owner), cluster.require(owner)
    data = template_of(obj)
    number = held[-1]["revision"] + 1 if held else 1
    same = [one for one in held if one["data"] == data]
    if not same:
        return cluster.create(_made(obj, data, number))
    if same[-1] is held[-1]:
        return same[-1]
    return cluster.update({**same[-1], "revision": number})


def template_of(obj: Dict) -> Dict:
    """What a revision keeps: the template, as a patch that puts it back."""
    return {"spec": {"template": {"$patch": "replace", **obj["spec"]["template"]}}}


def applied(obj: Dict, revision: Dict) -> Dict:
    """The template that a revision keeps."""
    kept = revision["data"]["spec"]["template"]
    return {field: value for field, value in kept.items() if field != "$patch"}


def _made(obj: Dict, data: Dict, number: int) -> Dict:
    meta, template = obj["metadata"], obj["spec"]["template"]
    hashed = template_hash(template, (obj.get("status") or {}).get("collisionCount", 0))
    labels = {**((template.get("metadata") or {}).get("labels") or {}), HASH_LABEL[obj["kind"]]: hashed}
    named = {"name": f"{meta['name']}-{hashed}", "namespace": meta["namespace"], "labels": labels}
    named["ownerReferences"] = [controller_ref(obj)]
    return {
        "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": named, "data": data, "revision": number,
    }  # fmt: skip


def truncate(cluster: Cluster, owner: Key, limit: int, live: set[str]) -> None:
    """Delete the oldest revisions beyond `limit` that are not in `live` (names still in use)."""
    idle = [one for one in history(cluster, owner) if one["metadata"]["name"] not in live]
    for one in idle[: max(len(idle) - limit, 0)]:
        cluster.delete(Key("ControllerRevision", owner.namespace, one["metadata"]["name"]))
