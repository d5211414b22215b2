"""ReplicaSets: as many pods of one template as wanted."""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.ownership import (
    Adoption,
    adopt,
    available_in,
    claimed,
    controlled,
    controller_uid,
    has_ended,
    is_active,
    is_available,
    pod_from,
)
from labkit.controllers.ranking import pods_to_delete
from labkit.controllers.watching import claimant_of, itself
from labkit.errors import ApiError
from labkit.kinds.conditions import condition, find_condition, put, without
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key, key_of

Dict = dict[str, Any]
Failure = tuple[str, str]
"""Why pods couldn't be made or deleted: (reason, message)."""

RETRY = 5.0
"""Seconds until a refused pod is tried again by controllers that don't back off here."""
FIRST_RETRY, LAST_RETRY = 0.005, 1000.0
"""The queue waits so many seconds after a first failure, twice as long after each more, at most the second."""


class ReplicaSetController:
    """Keeps the number of a ReplicaSet's pods at `spec.replicas`.

    Does: adopts matching orphans, releases pods that match no more, creates missing pods, deletes surplus ones in
    the real order, counts them in the status.
    Reads: ReplicaSet, its pods, pods of its Deployment's other ReplicaSets.
    Writes: Pod, status; events SuccessfulCreate, SuccessfulDelete, FailedCreate; condition ReplicaFailure.
    Runs again: when the ReplicaSet or a pod of it changes; when a ready pod has been so for minReadySeconds; 5 s
    after a refused creation.
    Source: pkg/controller/replicaset/replica_set.go, v1.36.
    Left out: slow start. Of expectations, which guard against a late cache, only the pause is there: what a sync did
    to pods is seen after others have acted.
    """

    name = "replicaset-controller"
    kind = "ReplicaSet"
    awaits_its_writes = True

    def __init__(self) -> None:
        self.watches = {self.kind: itself, "Pod": claimant_of(self.kind)}

    def reconcile(self, cluster: Cluster, key: Key | Adoption) -> float | None:
        """One sync, or an orphan that may be adopted: that wakes the owner."""
        if isinstance(key, Adoption):
            adopt(cluster, key, is_active)
            return None
        owner = cluster.get(key)
        if owner is None:
            return None
        pods = claimed(cluster, key, "Pod", is_active)
        leaving = [one for one in controlled(cluster, key, "Pod") if _is_leaving(cluster.require(one))]
        # Counted before anything is done, as the real controller does: the next sync shows what this one did.
        wanted = owner["spec"].get("replicas", 1)
        status = counted(cluster, owner, pods, len(leaving))
        stopped = "deletionTimestamp" in owner["metadata"]
        failure = None if stopped else self._manage(cluster, key, owner, pods, wanted)
        self._report(cluster, key, status, failure)
        if failure:
            return retry_in(cluster, key)
        return available_in(cluster, pods, owner["spec"].get("minReadySeconds", 0))

    def _manage(self, cluster: Cluster, key: Key, owner: Dict, pods: list[Key], wanted: int) -> Failure | None:
        if len(pods) < wanted:
            return self._create(cluster, key, owner, wanted - len(pods))
        surplus = self._surplus(cluster, key, pods, len(pods) - wanted) if len(pods) > wanted else []
        cluster.delete_together(surplus)
        for pod in surplus:
            cluster.record(key, "Normal", "SuccessfulDelete", f"Deleted pod: {pod.name}", self.name)
        return None

    def _create(self, cluster: Cluster, key: Key, owner: Dict, count: int) -> Failure | None:
        for _ in range(count):
            try:
                pod = key_of(cluster.create(pod_from(owner["spec"]["template"], owner)))
            except ApiError as error:
                if is_namespace_ending(error):
                    return None
                cluster.record(key, "Warning", "FailedCreate", f"Error creating: {error.message}", self.name)
                return "FailedCreate", error.message
            cluster.record(key, "Normal", "SuccessfulCreate", f"Created pod: {pod.name}", self.name)
        return None

    def _surplus(self, cluster: Cluster, key: Key, pods: list[Key], count: int) -> list[Key]:
        by_uid = {cluster.read(pod).metadata.uid: pod for pod in pods}
        chosen = pods_to_delete([cluster.read(pod) for pod in pods], count, _related(cluster, key), cluster.clock)
        return [by_uid[pod.metadata.uid] for pod in chosen]

    def _report(self, cluster: Cluster, key: Key, status: Dict, failure: Failure | None) -> None:
        old = cluster.require(key).get("status") or {}
        conditions = old.get("conditions") or []
        if failure and find_condition({"status": old}, "ReplicaFailure") is None:
            conditions = put(conditions, condition("ReplicaFailure", "True", *failure, cluster.clock.stamp()))
        elif not failure:
            conditions = without(conditions, "ReplicaFailure")
        cluster.set_status(key, status | ({"conditions": conditions} if conditions else {}))


def retry_in(cluster: Cluster, owner: Key) -> float:
    """Seconds until what was refused is tried again: doubled by each failure since the condition ReplicaFailure came.

    Source: client-go util/workqueue/default_rate_limiters.go ItemExponentialFailureRateLimiter, v1.36.
    """
    obj = cluster.require(owner)
    since = (find_condition(obj, "ReplicaFailure") or {}).get("lastTransitionTime", "")
    counts = [
        int(event["count"])
        for event in cluster.list("Event", owner.namespace)
        if event["reason"] == "FailedCreate"
        and event["involvedObject"].get("uid") == obj["metadata"]["uid"]
        and event["lastTimestamp"] >= since
    ]
    return float(min(FIRST_RETRY * 2 ** min(max(sum(counts) - 1, 0), 20), LAST_RETRY))


def is_namespace_ending(error: ApiError) -> bool:
    """Whether a creation was refused because the namespace is being deleted; then there is nothing to tell or retry."""
    causes = error.details.get("causes") or ()
    return any(cause.get("reason") == "NamespaceTerminating" for cause in causes)


def counted(cluster: Cluster, owner: Dict, pods: list[Key], leaving: int) -> Dict:
    """A ReplicaSet's status without conditions: zeros are left out, except the two the API always shows."""
    template = (owner["spec"]["template"].get("metadata") or {}).get("labels") or {}
    min_ready = owner["spec"].get("minReadySeconds", 0)
    labelled = [cluster.require(pod)["metadata"].get("labels") or {} for pod in pods]
    counts = {
        "fullyLabeledReplicas": sum(template.items() <= labels.items() for labels in labelled),
        "readyReplicas": sum(cluster.read(pod).is_ready for pod in pods),
        "availableReplicas": sum(is_available(cluster, pod, min_ready) for pod in pods),
    }
    shown = {name: count for name, count in counts.items() if count}
    told = {} if owner["kind"] == "ReplicationController" else {"terminatingReplicas": leaving}
    ends = told | {"observedGeneration": owner["metadata"].get("generation", 1)}
    return {"replicas": len(pods)} | shown | ends


def _is_leaving(pod: Dict) -> bool:
    return "deletionTimestamp" in pod["metadata"] and not has_ended(pod)


def _related(cluster: Cluster, key: Key) -> list[Pod]:
    """The pods of every ReplicaSet of the same Deployment; none for a ReplicaSet that stands alone."""
    uid = controller_uid(cluster.require(key))
    if not uid:
        return []
    owners = [owner for owner in cluster.into(key, "owns") if owner.kind == "Deployment"]
    sets = [one for owner in owners for one in controlled(cluster, owner, "ReplicaSet")]
    return [cluster.read(pod) for one in sets for pod in controlled(cluster, one, "Pod")]
