"""StatefulSets: pods with a number, a name that stays, and claims of their own."""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.controllers import controllerrevisions, ordinals
from labkit.controllers.ordinals import Member, Rules
from labkit.controllers.ownership import Adoption, adopt, available_in, claimed, is_available, pod_from
from labkit.controllers.replicaset import RETRY, is_namespace_ending
from labkit.controllers.retention import owners
from labkit.controllers.watching import claimant_of, itself
from labkit.errors import ApiError, Cause
from labkit.fields import names
from labkit.kinds.registry import Key
from labkit.manifests import validate

Dict = dict[str, Any]

REVISION = "controller-revision-hash"


class StatefulSetController:
    """Keeps a StatefulSet's pods NAME-0, NAME-1, … with their claims, in order.

    Does: creates pods one after the other (OrderedReady) or all at once (Parallel), shrinks from the top, updates
    from the top down to the partition one at a time, replaces pods that ended, makes claims from templates.
    Reads: StatefulSet, its pods, claims and revisions. Writes: Pod, PersistentVolumeClaim, ControllerRevision, status;
    events SuccessfulCreate, SuccessfulDelete, FailedCreate.
    Runs again: when the set or a pod of it changes; when a ready pod has been so for minReadySeconds.
    Source: pkg/controller/statefulset/stateful_set_control.go, v1.36.
    Left out: MaxUnavailableStatefulSet, a gate that is off.
    """

    name = "statefulset-controller"
    kind = "StatefulSet"

    def __init__(self) -> None:
        self.watches = {"StatefulSet": itself, "Pod": claimant_of("StatefulSet")}

    def reconcile(self, cluster: Cluster, key: Key | Adoption) -> float | None:
        """One sync, or an orphan that may be adopted: that wakes the owner."""
        if isinstance(key, Adoption):
            adopt(cluster, key)
            return None
        if cluster.get(key) is None:
            return None
        pods = {ordinal: pod for pod in claimed(cluster, key, "Pod") if (ordinal := ordinal_of(pod.name, key)) >= 0}
        obj = cluster.require(key)
        if "deletionTimestamp" in obj["metadata"]:
            return None
        update = controllerrevisions.current(cluster, key)
        rules = _rules(cluster, key, update["metadata"]["name"])
        members = [_member(cluster, ordinal, pod, obj) for ordinal, pod in sorted(pods.items())]
        plan = ordinals.decide(rules, members)
        for ordinal in (one.ordinal for one in members if not one.terminating):
            _own_claims(cluster, key, rules, ordinal)
        if self._claim(cluster, key, plan):
            return 0.0
        failed = self._carry_out(cluster, key, rules, plan)
        _report(cluster, key, rules, members)
        live = {rules.current, rules.update, *(one.revision for one in members)}
        controllerrevisions.truncate(cluster, key, cluster.read(key).spec.revision_history_limit, live)
        there = [pod for pod in pods.values() if cluster.get(pod)]
        return RETRY if failed else available_in(cluster, there, obj["spec"].get("minReadySeconds", 0))

    def _carry_out(self, cluster: Cluster, key: Key, rules: Rules, plan: ordinals.Plan) -> bool:
        for ordinal in plan.delete:
            name = f"{key.name}-{ordinal}"
            cluster.delete(Key("Pod", key.namespace, name))
            text = f"Delete Pod {name} in StatefulSet {key.name} successful"
            cluster.record(key, "Normal", "SuccessfulDelete", text, self.name)
        return not all(self._create(cluster, key, rules, ordinal, revision) for ordinal, revision in plan.create)

    def _create(self, cluster: Cluster, key: Key, rules: Rules, ordinal: int, revision: str) -> bool:
        obj, name = cluster.require(key), f"{key.name}-{ordinal}"
        if any(cluster.get(claim) is None for claim in claims(key, obj, ordinal)):
            return False
        try:
            kept = cluster.get(Key("ControllerRevision", key.namespace, revision))
            template = controllerrevisions.applied(obj, kept) if kept else obj["spec"]["template"]
            pod = numbered_pod(obj, template, ordinal, revision)
            validate.check(pod)  # nobody has looked at the template's spec
            cluster.create(pod)
        except ApiError as error:
            if not is_namespace_ending(error):
                text = f"create Pod {name} in StatefulSet {key.name} failed error: {error.message}"
                cluster.record(key, "Warning", "FailedCreate", text, self.name)
            return False
        _own_claims(cluster, key, rules, ordinal)
        text = f"Create Pod {name} in StatefulSet {key.name} successful"
        cluster.record(key, "Normal", "SuccessfulCreate", text, self.name)
        return True

    def _claim(self, cluster: Cluster, key: Key, plan: ordinals.Plan) -> bool:
        """Make the claims of the pods that are to come; whether any was missing. They are seen before their pods."""
        obj, made = cluster.require(key), False
        for ordinal, _ in plan.create:
            for template in obj["spec"].get("volumeClaimTemplates") or ():
                made |= self._create_claim(cluster, key, claim_for(obj, template, ordinal), f"{key.name}-{ordinal}")
        return made

    def _create_claim(self, cluster: Cluster, key: Key, claim: Dict, pod: str) -> bool:
        name = claim["metadata"]["name"]
        if cluster.get(Key("PersistentVolumeClaim", key.namespace, name)) is not None:
            return False
        try:
            if wrong := names.dns1123_subdomain(name):
                cause = Cause("metadata.name", "FieldValueInvalid", f'Invalid value: "{name}": {wrong[0]}')
                raise ApiError.invalid("PersistentVolumeClaim", "", name, [cause])
            cluster.create(claim)
        except ApiError as error:
            if not is_namespace_ending(error):
                text = f"create Claim {name} for Pod {pod} in StatefulSet {key.name} failed error: {error.message}"
                cluster.record(key, "Warning", "FailedCreate", text, self.name)
            return False
        text = f"Create Claim {name} Pod {pod} in StatefulSet {key.name} success"
        cluster.record(key, "Normal", "SuccessfulCreate", text, self.name)
        return True


def _own_claims(cluster: Cluster, key: Key, rules: Rules, ordinal: int) -> None:
    """Let the claims of a pod be owned as the retention policy says."""
    owner, pod = cluster.require(key), cluster.get(Key("Pod", key.namespace, f"{key.name}-{ordinal}"))
    for claim in claims(key, owner, ordinal):
        if pod is None or cluster.get(claim) is None:
            continue
        held = cluster.require(claim)["metadata"].get("ownerReferences") or []
        wanted = owners(held, owner, pod, not rules.start <= ordinal < rules.start + rules.replicas)
        if wanted != held:
            cluster.patch(claim, {"metadata": {"ownerReferences": wanted or None}})


def ordinal_of(pod: str, key: Key) -> int:
    """The number in a pod's name, -1 if it isn't one of this set's names."""
    parent, _, number = pod.rpartition("-")
    return int(number) if parent == key.name and number.isdigit() else -1


def _rules(cluster: Cluster, key: Key, update: str) -> Rules:
    one = cluster.read(key)
    strategy = one.spec.update_strategy
    return Rules(
        replicas=one.spec.replicas,
        current=one.status.current_revision or update,
        update=update,
        current_replicas=one.status.current_replicas,
        start=one.spec.ordinals.start,
        ordered=one.spec.pod_management_policy != "Parallel",
        rolling=strategy.type == "RollingUpdate",
        partition=strategy.rolling_update.partition if strategy.rolling_update else None,
    )


def _member(cluster: Cluster, ordinal: int, key: Key, owner: Dict) -> Member:
    pod = cluster.read(key)
    return Member(
        ordinal=ordinal,
        revision=pod.metadata.labels.get(REVISION, ""),
        phase=pod.status.phase or "Pending",
        ready=pod.is_ready,
        available=is_available(cluster, key, owner["spec"].get("minReadySeconds", 0)),
        terminating=pod.metadata.deletion_timestamp is not None,
    )


def _report(cluster: Cluster, key: Key, rules: Rules, members: list[Member]) -> None:
    numbers = ordinals.counts(rules, members)
    current = rules.current
    if ordinals.is_updated(rules, numbers):
        current, numbers["currentReplicas"] = rules.update, numbers["updatedReplicas"]
    old = cluster.require(key)
    shown = {name: count for name, count in numbers.items() if count or name in ("replicas", "availableReplicas")}
    revisions = {"currentRevision": current, "updateRevision": rules.update, "collisionCount": 0}
    cluster.set_status(key, {"observedGeneration": old["metadata"].get("generation", 1)} | shown | revisions)


def numbered_pod(owner: Dict, template: Dict, ordinal: int, revision: str) -> Dict:
    """The pod of that number: its name, its labels, its place in DNS, its claims as volumes."""
    pod = pod_from(template, owner)
    name = f"{owner['metadata']['name']}-{ordinal}"
    own = {
        "apps.kubernetes.io/pod-index": str(ordinal), REVISION: revision, "statefulset.kubernetes.io/pod-name": name,
    }  # fmt: skip
    meta = {**pod["metadata"], "name": name, "labels": {**pod["metadata"].get("labels", {}), **own}}
    spec = {**pod["spec"], "hostname": name}
    if owner["spec"].get("serviceName"):
        spec["subdomain"] = owner["spec"]["serviceName"]
    templates = [template_name(one) for one in owner["spec"].get("volumeClaimTemplates") or ()]
    if templates:
        own_volumes = [{"name": one, "persistentVolumeClaim": {"claimName": f"{one}-{name}"}} for one in templates]
        others = [one for one in spec.get("volumes") or () if one.get("name", "") not in templates]
        spec["volumes"] = [*own_volumes, *others]
    return {**pod, "metadata": meta, "spec": spec}


def claim_for(owner: Dict, template: Dict, ordinal: int) -> Dict:
    """The claim that a template makes for the pod of that number."""
    meta = template.get("metadata") or {}
    name = f"{template_name(template)}-{owner['metadata']['name']}-{ordinal}"
    selected = (owner["spec"].get("selector") or {}).get("matchLabels") or {}
    named = {**meta, "name": name, "namespace": owner["metadata"]["namespace"]}
    named["labels"] = {**(meta.get("labels") or {}), **selected}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": named, "spec": template["spec"]}


def template_name(template: Dict) -> str:
    """The name of a claim's template; the API server takes one without a name, and its claims fail."""
    return str((template.get("metadata") or {}).get("name", ""))


def claims(key: Key, owner: Dict, ordinal: int) -> list[Key]:
    """The claims of the pod of that number."""
    templates = owner["spec"].get("volumeClaimTemplates") or ()
    return [
        Key("PersistentVolumeClaim", key.namespace, f"{template_name(one)}-{key.name}-{ordinal}") for one in templates
    ]
