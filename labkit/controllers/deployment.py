"""Deployments: a ReplicaSet for each template, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.clock import Clock
from labkit.cluster import Cluster
from labkit.controllers import progress, revisions, rolling
from labkit.controllers.ownership import Adoption, adopt
from labkit.controllers.progress import Facts
from labkit.controllers.replicaset import is_namespace_ending
from labkit.controllers.rolling import Scaling, Size
from labkit.controllers.rollout import Rollout, replica_set
from labkit.controllers.watching import claimant_of, controller_of, itself
from labkit.errors import ApiError
from labkit.history import Entry
from labkit.kinds.conditions import condition, find_condition, put
from labkit.kinds.registry import Key, key_of

Dict = dict[str, Any]


def deployment_of_pod(cluster: Cluster, entry: Entry) -> list[Key]:
    """The Deployment behind a pod that went away: Recreate waits for that."""
    if entry.new is not None:
        return []
    sets = controller_of("ReplicaSet")(cluster, entry)
    return [owner for one in sets for owner in cluster.into(one, "owns") if owner.kind == "Deployment"]


class DeploymentController:
    """Makes a ReplicaSet for a Deployment's template and moves the pods over to it.

    Does: adopts ReplicaSets, creates the new one, scales new and old ones by strategy (RollingUpdate within maxSurge
    and maxUnavailable, Recreate), scales proportionally in mid-rollout, numbers revisions, clears up old ReplicaSets.
    Reads: Deployment, its ReplicaSets, their pods.
    Writes: ReplicaSet, the annotation deployment.kubernetes.io/revision, status; event ScalingReplicaSet; conditions
    Available, Progressing, ReplicaFailure.
    Runs again: when the Deployment or a ReplicaSet of it changes, a pod of it goes, or the progress deadline passes.
    Source: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate,progress}.go, v1.36.
    Left out: rollback through the old spec.rollbackTo annotation; hash collisions.
    """

    name = "deployment-controller"
    kind = "Deployment"

    def __init__(self) -> None:
        self.watches = {"Deployment": itself, "ReplicaSet": claimant_of("Deployment"), "Pod": deployment_of_pod}

    def reconcile(self, cluster: Cluster, key: Key | Adoption) -> float | None:
        """One sync, or an orphan that may be adopted: that wakes the owner."""
        if isinstance(key, Adoption):
            adopt(cluster, key)
            return None
        if cluster.get(key) is None:
            return None
        rollout = Rollout(cluster, key)
        if "deletionTimestamp" in cluster.require(key)["metadata"]:
            return self._finish(rollout, progress.status_of)
        rollout.stale = self._note_pause(cluster, key)
        if cluster.read(key).spec.paused or rollout.was_scaled():
            return self._sync(rollout)
        return self._recreate(rollout) if not rollout.limits.rolling else self._roll(rollout)

    def _sync(self, rollout: Rollout) -> float | None:
        self._renew(rollout)
        scalings = rolling.scale(rollout.limits, rollout.old_sizes, rollout.new_size, rollout.status.get("replicas", 0))
        self._scale(rollout, scalings)
        if rollout.cluster.read(rollout.key).spec.paused:
            revisions.clean_up(rollout.cluster, rollout.key, rollout.old)
        return self._finish(rollout, progress.status_of)

    def _roll(self, rollout: Rollout) -> float | None:
        self._create_new(rollout)
        if (size := rollout.new_size) is None:
            return self._finish(rollout, progress.rollout_status)
        _, scalings = rolling.step(rollout.limits, rollout.old_sizes, size)
        self._scale(rollout, scalings)
        if not scalings:
            self._clean_up(rollout)
        return self._finish(rollout, progress.rollout_status)

    def _recreate(self, rollout: Rollout) -> float | None:
        self._renew(rollout)
        shrinking = [Scaling(one.name, one.replicas, 0) for one in rollout.old_sizes if one.replicas]
        self._scale(rollout, shrinking)
        if shrinking or rollout.old_pods_run():
            return self._finish(rollout, progress.rollout_status)
        self._create_new(rollout)
        size = rollout.new_size
        if size and size.replicas != rollout.limits.replicas:
            self._scale(rollout, [Scaling(size.name, size.replicas, rollout.limits.replicas)])
        self._clean_up(rollout)
        return self._finish(rollout, progress.rollout_status)

    def _clean_up(self, rollout: Rollout) -> None:
        if progress.is_complete(rollout.facts(), rollout.status):
            revisions.clean_up(rollout.cluster, rollout.key, rollout.old)

    def _scale(self, rollout: Rollout, scalings: list[Scaling]) -> None:
        for one in scalings:
            target = Key("ReplicaSet", rollout.key.namespace, one.name)
            notes = revisions.size_notes(rollout.limits)
            rollout.cluster.patch(target, {"metadata": {"annotations": notes}, "spec": {"replicas": one.after}})
            if one.before != one.after:
                rollout.cluster.record(rollout.key, "Normal", "ScalingReplicaSet", str(one), self.name)

    def _renew(self, rollout: Rollout) -> None:
        """Bring the new ReplicaSet, if there is one, up to the Deployment's annotations and revision."""
        if rollout.new is None:
            return
        cluster, deployment = rollout.cluster, rollout.deployment
        number = revisions.newest([cluster.require(one) for one in rollout.old]) + 1
        changed = revisions.renewed(cluster.require(rollout.new), deployment, number, rollout.limits)
        if changed != cluster.require(rollout.new):
            cluster.update(changed)
        number_text = changed["metadata"]["annotations"][revisions.REVISION]
        found = f'Found new replica set "{rollout.new.name}"'
        known = find_condition(deployment, "Progressing") is not None
        self._mark(rollout, number_text, None if known else ("FoundNewReplicaSet", found))

    def _create_new(self, rollout: Rollout) -> None:
        if rollout.new is not None:
            self._renew(rollout)
            return
        number = revisions.newest([rollout.cluster.require(one) for one in rollout.old]) + 1
        size = rolling.new_replicas(rollout.limits, rollout.old_sizes, Size("", 0))
        made = replica_set(rollout.deployment, size, revisions.for_new(rollout.deployment, number, rollout.limits))
        try:
            rollout.new = key_of(rollout.cluster.create(made))
        except ApiError as error:
            if not is_namespace_ending(error):
                failed = f'Failed to create new replica set "{made["metadata"]["name"]}": {error.message}'
                self._mark(rollout, "", ("ReplicaSetCreateError", failed), "False")
            return
        if size:
            scaling = str(Scaling(rollout.new.name, 0, size))
            rollout.cluster.record(rollout.key, "Normal", "ScalingReplicaSet", scaling, self.name)
        self._mark(rollout, str(number), ("NewReplicaSetCreated", f'Created new replica set "{rollout.new.name}"'))

    def _mark(self, rollout: Rollout, number: str, why: tuple[str, str] | None, state: str = "True") -> None:
        """Write the Deployment's revision and, with `why`, its condition Progressing: one write of the status."""
        if rollout.stale:
            return
        cluster, old = rollout.cluster, rollout.deployment
        annotations = old["metadata"].get("annotations") or {}
        if number and annotations.get(revisions.REVISION) != number:
            cluster.patch(rollout.key, {"metadata": {"annotations": {revisions.REVISION: number}}})
        if why:
            new = condition("Progressing", state, *why, cluster.clock.stamp(), updated=True)
            status = rollout.status
            cluster.set_status(rollout.key, status | {"conditions": put(status.get("conditions", ()), new)})

    def _note_pause(self, cluster: Cluster, key: Key) -> bool:
        """Write that the Deployment is paused or resumed; whether there was anything to write."""
        deployment = cluster.require(key)
        current = find_condition(deployment, "Progressing") or {}
        if current.get("reason") == progress.TIMED_OUT:
            return False
        paused, noted = bool(deployment["spec"].get("paused")), current.get("reason") == progress.PAUSED
        if paused == noted:
            return False
        why = (progress.PAUSED, "Deployment is paused") if paused else ("DeploymentResumed", "Deployment is resumed")
        new = condition("Progressing", "Unknown", *why, cluster.clock.stamp(), updated=True)
        status = deployment.get("status") or {}
        cluster.set_status(key, status | {"conditions": put(status.get("conditions", ()), new)})
        return True

    def _finish(self, rollout: Rollout, make: Callable[[Facts, Dict, Clock], Dict]) -> float | None:
        if rollout.stale:
            return None
        facts, previous = rollout.facts(), rollout.status
        status = make(facts, previous, rollout.cluster.clock)
        if status != previous:
            rollout.cluster.set_status(rollout.key, status)
            return None
        if make is not progress.rollout_status or progress.has_arrived(previous):
            return None
        after = progress.recheck_after(facts, status, previous, rollout.cluster.clock)
        return None if after is None else max(after, 1.0)
