"""Which machines to take away: empty ones, drifted ones, and such as fewer or a cheaper one could stand in for.

Methods in turn: emptiness, drift, consolidation of several nodes, consolidation of one. Each keeps to the pool's
budgets. A node may go if its pods find room elsewhere, or with one machine more that is cheaper than what it replaces.
Source: karpenter pkg/controllers/disruption/{controller,emptiness,drift,consolidation,multinodeconsolidation,
singlenodeconsolidation,helpers}.go, 1.14. Left out: static pools, the policy Balanced, time limits of the search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from labkit.autoscaling.karpenter import offerings
from labkit.autoscaling.karpenter.budgets import allowed
from labkit.autoscaling.karpenter.cost import eviction_cost, lifetime_remaining
from labkit.autoscaling.karpenter.offerings import CAPACITY_TYPE, POOL, SPOT
from labkit.autoscaling.karpenter.pools import HASH, Pool, claims_of, is_so, node_of, pools_of
from labkit.autoscaling.karpenter.provisioning import Planned, Simulation, simulated
from labkit.autoscaling.karpenter.requirements import Requirement, Requirements
from labkit.clock import EPOCH
from labkit.cloud.nodes import TYPE_LABEL
from labkit.cluster import Cluster
from labkit.instancetypes import instance_type
from labkit.kinds.registry import Key
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.snapshot import Snapshot

Object = dict[str, Any]

DO_NOT_DISRUPT = "karpenter.sh/do-not-disrupt"
DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
MOST_CANDIDATES = 100
LEAST_SPOT_TYPES = 15
NO_CHEAPER = "Can't replace with a cheaper node"
SPOT_TO_SPOT = "SpotToSpotConsolidation is disabled, can't replace a spot node with a spot node"


class Candidate(NamedTuple):
    """A machine that may be disrupted: its claim, price, the pods that would move, and what that costs."""

    claim: Object
    pool: Pool
    price: float
    pods: tuple[Key, ...]
    cost: float

    @property
    def name(self) -> str:
        """The claim's name."""
        return str(self.claim["metadata"]["name"])

    @property
    def is_spot(self) -> bool:
        """Whether it was bought as Spot."""
        return bool(self.claim["metadata"]["labels"][CAPACITY_TYPE] == SPOT)


class Command(NamedTuple):
    """What is to be done: these go, for a reason, once what stands in for them is up."""

    reason: str
    candidates: tuple[Candidate, ...]
    replacements: tuple[Planned, ...] = ()

    @property
    def decision(self) -> str:
        """delete or replace."""
        return "replace" if self.replacements else "delete"


class Blocked(NamedTuple):
    """Why a claim is no candidate."""

    words: str


def decided(cluster: Cluster) -> Command | None:
    """The first thing that one of the methods would do now; None if there is nothing to do."""
    found = candidates(cluster)
    methods: tuple[Callable[[Cluster, Sequence[Candidate]], Command | None], ...] = (empty, drifted, several, single)
    return next((command for method in methods if (command := method(cluster, found)) is not None), None)


def candidates(cluster: Cluster) -> list[Candidate]:
    """Every machine that may be disrupted, the cheapest to disturb first."""
    pools = {pool.name: pool for pool in pools_of(cluster)}
    held = (candidate(cluster, claim, pools) for claim in claims_of(cluster))
    return sorted((one for one in held if isinstance(one, Candidate)), key=lambda one: (one.cost, one.name))


def candidate(cluster: Cluster, claim: Object, pools: dict[str, Pool]) -> Candidate | Blocked:
    """A claim as a candidate, or why it is none."""
    pool, node = pools.get(claim["metadata"]["labels"].get(POOL, "")), node_of(cluster, claim)
    if pool is None or node is None or not is_so(claim, "Initialized"):
        return Blocked("state node isn't initialized")
    if "deletionTimestamp" in claim["metadata"] or is_so(claim, "DisruptionReason"):
        return Blocked("state node is marked for deletion")
    if cluster.require(node)["metadata"].get("annotations", {}).get(DO_NOT_DISRUPT) == "true":
        return Blocked(f'disruption is blocked through the "{DO_NOT_DISRUPT}" annotation')
    pods = tuple(reschedulable(cluster, node))
    for pod in pods:
        if why := _blocked(cluster, pod):
            return Blocked(why)
    return Candidate(claim, pool, price_of(claim), pods, _cost(cluster, claim, pool, pods))


def reschedulable(cluster: Cluster, node: Key) -> Iterator[Key]:
    """The pods of a node that would have to go elsewhere: no daemons, none that has ended or is leaving."""
    for key in cluster.into(node, "runs-on"):
        obj = cluster.get(key)
        if key.kind == "Pod" and obj is not None and not _stays(cluster, key, obj):
            yield key


def _stays(cluster: Cluster, key: Key, obj: Object) -> bool:
    owners = obj["metadata"].get("ownerReferences", ())
    is_daemon = any(one["kind"] in ("DaemonSet", "Node") for one in owners)
    return is_daemon or "deletionTimestamp" in obj["metadata"] or cluster.read(key).is_terminal


def _blocked(cluster: Cluster, pod: Key) -> str:
    if cluster.require(pod)["metadata"].get("annotations", {}).get(DO_NOT_DISRUPT) == "true":
        return f'pod "{pod.namespace}/{pod.name}" has "{DO_NOT_DISRUPT}" annotation'
    budgets = (key for key in cluster.into(pod, "selects") if key.kind == "PodDisruptionBudget")
    strict = next((key for key in budgets if not cluster.read(key).status.disruptions_allowed), None)
    return f'pdb "{strict.namespace}/{strict.name}" prevents pod evictions' if strict else ""


def _cost(cluster: Cluster, claim: Object, pool: Pool, pods: Sequence[Key]) -> float:
    age = cluster.clock.now - cluster.clock.seconds(claim["metadata"]["creationTimestamp"])
    total = 0.0
    for pod in pods:
        notes = cluster.require(pod)["metadata"].get("annotations", {})
        total += eviction_cost(notes.get(DELETION_COST, ""), cluster.read(pod).spec.priority)
    return total * lifetime_remaining(age, pool.expire_after)


def price_of(claim: Object) -> float:
    """USD an hour of a claim's machine."""
    labels = claim["metadata"]["labels"]
    of = instance_type(labels[TYPE_LABEL])
    return of.spot_price if labels[CAPACITY_TYPE] == SPOT else of.price


def left_by_budgets(cluster: Cluster, reason: str) -> Counter[str]:
    """How many machines of each pool may still go for that reason."""
    left: Counter[str] = Counter()
    now = EPOCH + timedelta(seconds=cluster.clock.now)
    for pool in pools_of(cluster):
        claims = claims_of(cluster, pool.name)
        gone = sum("deletionTimestamp" in one["metadata"] or not is_so(one, "Ready") for one in claims)
        gone += sum(is_so(one, "DisruptionReason") and "deletionTimestamp" not in one["metadata"] for one in claims)
        most = allowed(pool.budgets, len(claims), reason, now)
        left[pool.name] = len(claims) if most is None else max(most - gone, 0)
    return left


def within(cluster: Cluster, found: Sequence[Candidate], reason: str) -> list[Candidate]:
    """The candidates, in their order, that budgets let go."""
    left, taken = left_by_budgets(cluster, reason), []
    for one in found:
        if left[one.pool.name] > 0:
            left[one.pool.name] -= 1
            taken.append(one)
    return taken


def empty(cluster: Cluster, found: Sequence[Candidate]) -> Command | None:
    """Machines without pods, all at once."""
    idle = within(cluster, [one for one in found if not one.pods and consolidatable(cluster, one)], "Empty")
    return Command("Empty", tuple(idle)) if idle else None


def drifted(cluster: Cluster, found: Sequence[Candidate]) -> Command | None:
    """A machine that its pool would make differently today, and what its pods need instead."""
    for one in within(cluster, [one for one in found if has_drifted(one)], "Drifted"):
        simulation = without(cluster, [one])
        if not simulation.failed:
            return Command("Drifted", (one,), tuple(simulation.bought))
    return None


def has_drifted(one: Candidate) -> bool:
    """Whether the pool's template has changed, or its requirements no longer allow the machine's labels."""
    meta = one.claim["metadata"]
    if meta.get("annotations", {}).get(HASH) != one.pool.hash:
        return True
    return bool(Requirements.labels(meta["labels"]).apart(one.pool.requirements))


def several(cluster: Cluster, found: Sequence[Candidate]) -> Command | None:
    """As many machines as possible for at most one cheaper: the longest run of candidates, found by halving."""
    usable = within(cluster, underutilized(cluster, found), "Underutilized")[:MOST_CANDIDATES]
    best, least, most = None, 2, len(usable)
    while least <= most:
        middle = (least + most) // 2
        command = consolidated(cluster, usable[:middle])
        if isinstance(command, Command):
            best, least = command, middle + 1
        else:
            most = middle - 1
    return best


def single(cluster: Cluster, found: Sequence[Candidate]) -> Command | None:
    """One machine that isn't needed, or that a cheaper one could stand in for."""
    for one in within(cluster, underutilized(cluster, found), "Underutilized"):
        command = consolidated(cluster, [one])
        if isinstance(command, Command):
            return command
    return None


def underutilized(cluster: Cluster, found: Sequence[Candidate]) -> list[Candidate]:
    """Those that consolidation may look at."""
    wanted = (one for one in found if one.pool.policy == "WhenEmptyOrUnderutilized")
    return [one for one in wanted if consolidatable(cluster, one)]


def consolidatable(cluster: Cluster, one: Candidate) -> bool:
    """Whether no pod came or went for the pool's consolidateAfter."""
    if one.pool.consolidate_after is None:
        return False
    return cluster.clock.now >= quiet_since(cluster, one.claim) + one.pool.consolidate_after


def quiet_since(cluster: Cluster, claim: Object) -> float:
    """The moment since which no pod has come to a claim's node or gone."""
    last = (claim.get("status") or {}).get("lastPodEventTime") or claim["metadata"]["creationTimestamp"]
    return cluster.clock.seconds(last)


def without(cluster: Cluster, gone: Sequence[Candidate]) -> Simulation:
    """Where the pods of these machines would go if they were gone; with pods that wait already."""
    snapshot = Snapshot(cluster)
    moving = [snapshot.info(pod) for one in gone for pod in one.pods]
    return simulated(cluster, moving, [one.name for one in gone])


def consolidated(cluster: Cluster, gone: Sequence[Candidate]) -> Command | str:
    """What consolidation would do with these machines together; or why it does nothing."""
    simulation = without(cluster, gone)
    if simulation.failed:
        return "not all pods would schedule, " + "; ".join(simulation.failed.values())
    if not simulation.bought:
        return Command("Underutilized", tuple(gone))
    if len(simulation.bought) > 1:
        return f"Can't remove without creating {len(simulation.bought)} candidates"
    return _replaced(gone, simulation.bought[0])


def _replaced(gone: Sequence[Candidate], planned: Planned) -> Command | str:
    """The replacement, bound to what is cheaper than what goes."""
    price = sum(one.price for one in gone)
    all_spot = all(one.is_spot for one in gone)
    if all_spot and planned.choices[0][1].capacity_type == SPOT:
        return SPOT_TO_SPOT
    wanted = planned.requirements
    if _may_be_spot(wanted):
        wanted = wanted & Requirements({CAPACITY_TYPE: Requirement(CAPACITY_TYPE, frozenset({SPOT}))})
    cheaper = tuple(one for one in planned.machines if (sold := one.cheapest(wanted)) and sold.price < price)
    kept = _of_other_types(gone, cheaper)
    if not kept:
        return NO_CHEAPER
    bound = Planned(planned.name, planned.pool, wanted, kept, planned.asked, planned.pods)
    return Command("Underutilized", tuple(gone), (bound,))


def _may_be_spot(wanted: Requirements) -> bool:
    bought = wanted.get(CAPACITY_TYPE)
    return bought is None or bought.has(SPOT)


def _of_other_types(gone: Sequence[Candidate], machines: Sequence[offerings.Machine]) -> tuple[offerings.Machine, ...]:
    """Several machines must not become one of a type that is among them and as dear: they would only be restarted."""
    if len(gone) < 2:
        return tuple(machines)
    held = {one.claim["metadata"]["labels"][TYPE_LABEL]: one.price for one in gone}
    least = min((price for name, price in held.items() if any(m.type.name == name for m in machines)), default=None)
    return tuple(one for one in machines if least is None or one.type.price < least)


def waiting(cluster: Cluster) -> list[PodInfo]:
    """Pods that the scheduler said of that they fit nowhere."""
    found = []
    for key in cluster.keys("Pod"):
        pod = cluster.read(key)
        told = next((one for one in pod.status.conditions if one.type == "PodScheduled"), None)
        if not pod.spec.node_name and told is not None and told.reason == "Unschedulable":
            found.append(PodInfo.of(key, pod))
    return found
