"""PodDisruptionBudgets: how many of their pods may go now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.controllers.ownership import controller_uid
from labkit.controllers.watching import selecting
from labkit.errors import LabError
from labkit.fields import intstr
from labkit.history import Entry
from labkit.kinds.conditions import condition, in_place
from labkit.kinds.meta import OwnerReference
from labkit.kinds.pod import Pod
from labkit.kinds.policy import DisruptionBudgetSpec, PodDisruptionBudget
from labkit.kinds.registry import KINDS, Key

Dict = dict[str, Any]

DELETION_TIMEOUT = 120.0
"""Seconds that an evicted pod may take to be marked as deleted; after that the eviction counts as lost."""

ARRIVAL = 0.01
"""Seconds until a new budget is looked at: what is applied together comes one after the other in a real cluster."""

SCALABLE = ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")
_RETRY = 5.0
_MOMENT = 0.001  # an eviction counts as lost after its time, not at it


class Member(NamedTuple):
    """A pod under a budget. `disrupted`: seconds since its eviction was granted, None if none was."""

    name: str
    ready: bool
    leaving: bool = False
    disrupted: float | None = None


class Health(NamedTuple):
    """What a budget's status says of its pods."""

    current: int
    desired: int
    expected: int

    @property
    def allowed(self) -> int:
        """Pods that may go now."""
        return max(self.current - self.desired, 0) if self.expected > 0 else 0


def wanted(spec: DisruptionBudgetSpec, pods: int, scale: int) -> tuple[int, int]:
    """(expected, desired) pods: `pods` match now, their controllers want `scale`; percentages round up."""
    if spec.max_unavailable is not None:
        return scale, max(scale - intstr.scaled(spec.max_unavailable, scale, round_up=True), 0)
    if isinstance(spec.min_available, str):
        return scale, intstr.scaled(spec.min_available, scale, round_up=True)
    return (pods, spec.min_available) if spec.min_available is not None else (0, 0)


def needs_scale(spec: DisruptionBudgetSpec) -> bool:
    """Whether the budget is a share of what the controllers want, not a number of pods."""
    return spec.max_unavailable is not None or isinstance(spec.min_available, str)


def is_disrupted(pod: Member) -> bool:
    """Whether a granted eviction of the pod is still waiting to be carried out."""
    return not pod.leaving and pod.disrupted is not None and pod.disrupted <= DELETION_TIMEOUT


def is_healthy(pod: Member) -> bool:
    """Whether a pod counts: ready, not leaving, and not about to."""
    about_to = pod.disrupted is not None and pod.disrupted < DELETION_TIMEOUT
    return pod.ready and not pod.leaving and not about_to


def is_overdue(pod: Member) -> bool:
    """Whether the pod should have been deleted long ago, and wasn't."""
    return not pod.leaving and pod.disrupted is not None and pod.disrupted > DELETION_TIMEOUT


def recheck_in(pods: Iterable[Member]) -> float | None:
    """Seconds until the first granted eviction counts as lost."""
    waits = [DELETION_TIMEOUT - pod.disrupted for pod in pods if is_disrupted(pod) and pod.disrupted is not None]
    return min(waits, default=None)


def allowance(status: Dict, generation: int, stamp: str) -> Dict:
    """The condition DisruptionAllowed that belongs to the status's disruptionsAllowed."""
    allowed = status.get("disruptionsAllowed", 0) > 0
    words = ("True", "SufficientPods") if allowed else ("False", "InsufficientPods")
    return condition("DisruptionAllowed", *words, "", stamp) | {"observedGeneration": generation}


def unmanaged_text(selector: Dict | None) -> str:
    """The warning about pods that no controller has; the selector is written as Go prints its struct."""
    labels = "".join(f"{name}: {value}," for name, value in sorted(((selector or {}).get("matchLabels") or {}).items()))
    rules = "".join(
        f"LabelSelectorRequirement{{Key:{one['key']},Operator:{one['operator']},"
        f"Values:[{' '.join(one.get('values') or ())}],}},"
        for one in (selector or {}).get("matchExpressions") or ()
    )
    parts = f"MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{rules}}},"
    told = f"&LabelSelector{{{parts}}}"
    return (
        f"Pods selected by this PodDisruptionBudget (selector: {told}) were found to be unmanaged. As a result, the "
        "status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for "
        'these pods please set ".spec.minAvailable" field of the PDB to an integer value.'
    )


class NoScaleError(LabError):
    """A pod's controller is not there, or can't be scaled."""


class Arrived(NamedTuple):
    """A budget that is new: it is looked at a moment later, when the pods that came with it are there."""

    budget: Key


def budget_changed(cluster: Cluster, entry: Entry) -> Iterable[Key | Arrived]:
    """The budget that changed."""
    return [entry.key if entry.old is not None else Arrived(entry.key)]


class Overlap(NamedTuple):
    """A pod that several budgets cover; only the chosen one is looked at when the pod changes."""

    pod: Key
    budget: Key


_covering = selecting("PodDisruptionBudget")


def covering(cluster: Cluster, entry: Entry) -> Iterable[Key | Overlap]:
    """The budget of the pod that changed; of several the first by name, as the real one takes any."""
    found = sorted(_covering(cluster, entry))
    return [Overlap(entry.key, found[0])] if len(found) > 1 else found


class DisruptionController:
    """Keeps the status of PodDisruptionBudgets.

    Does: counts the healthy pods, how many are wanted and how many may go; forgets evictions that were carried out
    or took longer than 120 s.
    Reads: PodDisruptionBudget, its pods, the controllers of those. Writes: status; events NoPods, UnmanagedPods,
    NotDeleted, CalculateExpectedPodCountFailed, MultiplePodDisruptionBudgets.
    Runs again: when the budget or a pod of it changes, when a granted eviction is overdue;
    5 s after it failed.
    Source: pkg/controller/disruption/disruption.go, v1.36.
    Left out: the condition DisruptionTarget taken back from pods that were not deleted after all.
    """

    name = "controllermanager"
    kind = "PodDisruptionBudget"

    def __init__(self) -> None:
        self.watches = {"PodDisruptionBudget": budget_changed, "Pod": covering}

    def reconcile(self, cluster: Cluster, key: Key | Overlap | Arrived) -> float | None:
        """One sync; of a pod with several budgets, of one of them."""
        if isinstance(key, Arrived):
            cluster.clock.wake((self.name, key.budget), ARRIVAL)
            return None
        if isinstance(key, Overlap):
            name = f'"{key.pod.namespace}"/"{key.pod.name}"'
            why = f'Pod {name} matches multiple PodDisruptionBudgets.  Chose "{key.budget.name}" arbitrarily.'
            cluster.record(key.pod, "Warning", "MultiplePodDisruptionBudgets", why, self.name)
            return self.reconcile(cluster, key.budget)
        obj = cluster.get(key)
        if obj is None or "deletionTimestamp" in obj["metadata"]:
            return None
        budget, pods = cluster.read(key), _pods(cluster, key)
        try:
            scale = self._scale(cluster, key, obj, pods) if needs_scale(budget.spec) else 0
        except NoScaleError as error:
            self._fail(cluster, key, obj, str(error))
            return _RETRY
        expected, desired = wanted(budget.spec, len(pods), scale)
        members = [_member(cluster, pod, budget) for pod in pods]
        if not pods:
            cluster.record(key, "Normal", "NoPods", "No matching pods found", self.name)
        for _ in filter(is_overdue, members):
            why = f"Pod was expected by PDB {key.namespace}/{key.name} to be deleted but it wasn't"
            cluster.record(key, "Warning", "NotDeleted", why, self.name)
        self._report(cluster, key, Health(sum(map(is_healthy, members)), desired, expected), members)
        wait = recheck_in(members)
        return None if wait is None else wait + _MOMENT

    def _scale(self, cluster: Cluster, key: Key, obj: Dict, pods: Sequence[Pod]) -> int:
        """What the pods' controllers want, all together; NoScaleError names the first pod without a countable one."""
        owned = [pod for pod in pods if pod.metadata.controller is not None]
        scales = dict(scale_of(cluster, pod) for pod in owned)
        if len(owned) < len(pods):
            cluster.record(key, "Warning", "UnmanagedPods", unmanaged_text(obj["spec"].get("selector")), self.name)
        return sum(scales.values())

    def _report(self, cluster: Cluster, key: Key, health: Health, members: Sequence[Member]) -> None:
        obj = cluster.require(key)
        old, generation = obj.get("status") or {}, obj["metadata"].get("generation", 1)
        granted = old.get("disruptedPods") or {}
        kept = {pod.name: granted[pod.name] for pod in members if is_disrupted(pod)}
        counts = {"currentHealthy": health.current, "desiredHealthy": health.desired}
        status: Dict = counts | {"disruptionsAllowed": health.allowed, "expectedPods": health.expected}
        status |= {"observedGeneration": generation} | ({"disruptedPods": kept} if kept else {})
        new = allowance(status, generation, cluster.clock.stamp())
        status["conditions"] = in_place(old.get("conditions") or (), new)
        cluster.set_status(key, status)

    def _fail(self, cluster: Cluster, key: Key, obj: Dict, why: str) -> None:
        """Nothing may go while nobody knows how many pods there should be."""
        text = f"Failed to calculate the number of expected pods: {why}"
        cluster.record(key, "Warning", "CalculateExpectedPodCountFailed", text, self.name)
        old = obj.get("status") or {}
        generation = obj["metadata"].get("generation", 1)
        failed = condition("DisruptionAllowed", "False", "SyncFailed", why, cluster.clock.stamp())
        conditions = in_place(old.get("conditions") or (), failed | {"observedGeneration": generation})
        counts = {name: old.get(name, 0) for name in ("currentHealthy", "desiredHealthy", "expectedPods")}
        status = old | counts | {"disruptionsAllowed": 0, "observedGeneration": generation, "conditions": conditions}
        cluster.set_status(key, status)


def scale_of(cluster: Cluster, pod: Pod) -> tuple[str, int]:
    """(uid, wanted replicas) of whatever controls the pod; a ReplicaSet's Deployment counts in its place."""
    missing = NoScaleError(f'found no controllers for pod "{pod.metadata.name}"')
    reference, namespace = pod.metadata.controller, pod.metadata.namespace
    assert reference is not None
    owner = cluster.get(Key(reference.kind, namespace, reference.name))
    if reference.kind == "ReplicaSet" and owner is not None and controller_uid(owner):
        above = next(one for one in owner["metadata"]["ownerReferences"] if one.get("controller"))
        if above["kind"] == "Deployment":
            owner = cluster.get(Key("Deployment", namespace, above["name"]))
            reference = _reference(above)
    if reference.kind not in SCALABLE and reference.kind in KINDS:
        row = KINDS[reference.kind]
        raise NoScaleError(f"{row.qualified} does not implement the scale subresource")
    if owner is None or owner["metadata"]["uid"] != reference.uid:
        raise missing
    return reference.uid, owner["spec"].get("replicas", 1)


def _reference(owner: Dict) -> OwnerReference:
    return OwnerReference(owner["kind"], owner["name"], owner.get("uid", ""), controller=True)


def _pods(cluster: Cluster, key: Key) -> list[Pod]:
    return [cluster.read(one) for one in cluster.out(key, "selects") if cluster.get(one) is not None]


def _member(cluster: Cluster, pod: Pod, budget: PodDisruptionBudget) -> Member:
    granted = budget.status.disrupted_pods.get(pod.metadata.name)
    since = None if granted is None else cluster.clock.now - cluster.clock.seconds(granted)
    return Member(pod.metadata.name, pod.is_ready, pod.metadata.deletion_timestamp is not None, since)
