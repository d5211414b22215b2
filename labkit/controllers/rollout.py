"""A Deployment with its ReplicaSets, as one sync sees them."""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.controllers import revisions, rolling
from labkit.controllers.ownership import claimed, controlled, controller_ref, has_ended
from labkit.controllers.progress import Facts, Group
from labkit.controllers.rolling import Bounds, Size
from labkit.controllers.templatehash import LABEL, template_hash, without_hash
from labkit.kinds.registry import Key

Dict = dict[str, Any]


class Rollout:
    """Which ReplicaSet is the new one, which are old (oldest first), and how big each is.

    Everything is read from the cluster when asked for, but which ReplicaSets there are is settled at the start, and so
    are the sizes that the status is made from: the real sync scales copies and counts what it began with.
    `stale`: the real controller's copy of the Deployment is an old one by now, so the status can't be written.
    """

    def __init__(self, cluster: Cluster, key: Key) -> None:
        self.cluster = cluster
        self.key = key
        self.stale = False
        wanted = without_hash(self.deployment["spec"]["template"])
        found = claimed(cluster, key, "ReplicaSet")
        by_age = sorted(found, key=lambda one: (cluster.require(one)["metadata"]["creationTimestamp"], one.name))
        same = [one for one in by_age if without_hash(cluster.require(one)["spec"]["template"]) == wanted]
        self.new: Key | None = same[0] if same else None
        self.old = [one for one in by_age if one != self.new]
        self._begun_with = {one: cluster.read(one).spec.replicas for one in found}

    @property
    def deployment(self) -> Dict:
        """The Deployment as it is now."""
        return self.cluster.require(self.key)

    @property
    def status(self) -> Dict:
        """Its status as it is now."""
        return self.deployment.get("status") or {}

    @property
    def limits(self) -> Bounds:
        """What its strategy allows."""
        spec = self.cluster.read(self.key).spec
        return rolling.bounds(spec.strategy, spec.replicas)

    @property
    def old_sizes(self) -> list[Size]:
        """The old ReplicaSets' sizes, oldest first."""
        return [self.size(one) for one in self.old]

    @property
    def new_size(self) -> Size | None:
        """The new ReplicaSet's size; None while there is none."""
        return self.size(self.new) if self.new else None

    def size(self, key: Key) -> Size:
        """The size of one ReplicaSet."""
        one = self.cluster.read(key)
        notes = one.metadata.annotations
        desired, maximum = (revisions.number(notes.get(name)) for name in (revisions.DESIRED, revisions.MAXIMUM))
        return Size(key.name, one.spec.replicas, one.status.available_replicas, desired, maximum)

    def was_scaled(self) -> bool:
        """Whether the Deployment's size is another than the active ReplicaSets were last made for."""
        sizes = [*self.old_sizes, *([self.new_size] if self.new_size else [])]
        return any(one.replicas > 0 and one.desired not in (None, self.limits.replicas) for one in sizes)

    def old_pods_run(self) -> bool:
        """Whether a pod of an old template is still there, terminating ones included."""
        if any(self.cluster.read(one).status.replicas for one in self.old):
            return True
        pods = [pod for one in self.old for pod in controlled(self.cluster, one, "Pod")]
        return any(not has_ended(self.cluster.require(pod)) for pod in pods)

    def facts(self) -> Facts:
        """What the status is made from."""
        deployment = self.cluster.read(self.key)
        return Facts(
            name=self.key.name,
            generation=deployment.metadata.generation,
            limits=self.limits,
            deadline=deployment.spec.progress_deadline_seconds,
            new_name=self.new.name if self.new else "",
            new=self._group(self.new) if self.new else None,
            old=[self._group(one) for one in self.old if self.cluster.get(one)],
        )

    def _group(self, key: Key) -> Group:
        one = self.cluster.read(key)
        conditions = (self.cluster.require(key).get("status") or {}).get("conditions") or ()
        failure = next((each for each in conditions if each["type"] == "ReplicaFailure"), None)
        status = one.status
        return Group(
            self._begun_with.get(key, one.spec.replicas), status.replicas, status.ready_replicas,
            status.available_replicas, status.terminating_replicas, failure,
        )  # fmt: skip


def replica_set(deployment: Dict, replicas: int, annotations: dict[str, str]) -> Dict:
    """The ReplicaSet for a Deployment's template: its name, labels and selector carry the template's hash."""
    meta, spec = deployment["metadata"], deployment["spec"]
    template = spec["template"]
    hashed = template_hash(template, (deployment.get("status") or {}).get("collisionCount", 0))
    labels = {**((template.get("metadata") or {}).get("labels") or {}), LABEL: hashed}
    selector = spec.get("selector") or {}
    made = {
        "replicas": replicas,
        "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), LABEL: hashed}},
        "template": {**template, "metadata": {**(template.get("metadata") or {}), "labels": labels}},
    }
    if spec.get("minReadySeconds"):
        made["minReadySeconds"] = spec["minReadySeconds"]
    named = {"name": f"{meta['name']}-{hashed}", "namespace": meta["namespace"], "labels": labels}
    named |= {"annotations": annotations, "ownerReferences": [controller_ref(deployment)]}
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": named, "spec": made}
