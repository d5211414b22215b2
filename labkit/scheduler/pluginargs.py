"""The arguments of plugins as a configuration writes them: decoded, defaulted, validated, made into plugins.

Source: kube-scheduler config/v1/types_pluginargs.go, pkg/scheduler/apis/config/v1/defaults.go,
apis/config/validation/validation_pluginargs.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from labkit.errors import Cause
from labkit.fields import names
from labkit.kinds.meta import Struct
from labkit.kinds.pod import NodeAffinity as Affinity
from labkit.kinds.pod import TopologySpreadConstraint
from labkit.manifests.causes import duplicate, each, forbidden, invalid, required, unsupported
from labkit.scheduler.balancedallocation import NodeResourcesBalancedAllocation
from labkit.scheduler.interpodaffinity import InterPodAffinity
from labkit.scheduler.nodeaffinity import NodeAffinity
from labkit.scheduler.noderesourcesfit import NodeResourcesFit
from labkit.scheduler.podtopologyspread import PodTopologySpread
from labkit.scheduler.preemption import DefaultPreemption
from labkit.scheduler.scoringstrategy import (
    HIGHEST_POINT,
    LeastAllocated,
    MostAllocated,
    Point,
    RequestedToCapacityRatio,
    Weighted,
)
from labkit.scheduler.spreading import HARD, SOFT

STRATEGIES = ("LeastAllocated", "MostAllocated", "RequestedToCapacityRatio")
DEFAULTING = ("System", "List")
SPECIFIED = "must be specified when type is RequestedToCapacityRatio"
NOT_SPECIFIED = "must be nil when type is not RequestedToCapacityRatio"
NO_SELECTOR = "constraint must not define a selector, as they deduced for each pod"


class Args(Struct):
    """What all arguments may say of themselves."""

    api_version: str = ""
    kind: str = ""


class ResourceSpec(Struct):
    """A resource and its weight; 0 is 1."""

    name: str
    weight: int = 0


class ShapePoint(Struct):
    """A point of a curve."""

    utilization: int = 0
    score: int = 0


class Shape(Struct):
    """The curve of RequestedToCapacityRatio."""

    shape: tuple[ShapePoint, ...] = ()


class ScoringStrategy(Struct):
    """How NodeResourcesFit scores."""

    type: str = ""
    resources: tuple[ResourceSpec, ...] = ()
    requested_to_capacity_ratio: Shape | None = None


class NodeResourcesFitArgs(Args):
    """What NodeResourcesFit leaves out of its filter, and how it scores."""

    ignored_resources: tuple[str, ...] = ()
    ignored_resource_groups: tuple[str, ...] = ()
    scoring_strategy: ScoringStrategy = ScoringStrategy(type="LeastAllocated")


class NodeResourcesBalancedAllocationArgs(Args):
    """Which resources are to be balanced."""

    resources: tuple[ResourceSpec, ...] = ()


class InterPodAffinityArgs(Args):
    """What others' required affinity weighs, and whether others' preferences count for a pod without its own."""

    hard_pod_affinity_weight: int = 1
    ignore_preferred_terms_of_existing_pods: bool = False


class PodTopologySpreadArgs(Args):
    """The constraints of pods that have none."""

    default_constraints: tuple[TopologySpreadConstraint, ...] = ()
    defaulting_type: str = ""


class NodeAffinityArgs(Args):
    """An affinity that every pod has besides its own."""

    added_affinity: Affinity | None = None


class DefaultPreemptionArgs(Args):
    """How many candidates are enough."""

    min_candidate_nodes_percentage: int = 10
    min_candidate_nodes_absolute: int = 100


class VolumeBindingArgs(Args):
    """How long binding may take; here it takes no time."""

    bind_timeout_seconds: int = 600
    shape: tuple[ShapePoint, ...] = ()


class DynamicResourcesArgs(Args):
    """How long filtering and binding devices may take; here there are none."""

    filter_timeout: str = ""
    binding_timeout: str = ""


# What is wrong with them


def fit_problems(args: NodeResourcesFitArgs, path: str) -> Iterator[Cause]:
    """What is wrong with the arguments of NodeResourcesFit."""
    for number, resource in enumerate(args.ignored_resources):
        yield from each(f"{path}ignoredResources[{number}]", resource, names.qualified_name(resource))
    for number, group in enumerate(args.ignored_resource_groups):
        if "/" in group:
            yield invalid(f"{path}ignoredResourceGroups[{number}]", group, "resource group name can't contain '/'")
    strategy, path = args.scoring_strategy, f"{path}scoringStrategy."
    if strategy.type not in STRATEGIES:
        yield unsupported(f"{path}type", strategy.type, STRATEGIES)
    for number, one in enumerate(strategy.resources):
        if not 0 <= one.weight <= 100:
            text = f"resource weight of {one.name} not in valid range (0, 100]"
            yield invalid(f"{path}resources[{number}].weight", one.weight, text)
    yield from ratio_problems(strategy, f"{path}requestedToCapacityRatio")


def ratio_problems(strategy: ScoringStrategy, path: str) -> Iterator[Cause]:
    """Whether the curve is there exactly where it is needed, and a curve."""
    ratio = strategy.requested_to_capacity_ratio
    if strategy.type == "RequestedToCapacityRatio":
        yield from shape_problems(ratio.shape, f"{path}.shape") if ratio else [required(path, SPECIFIED)]
    elif ratio:
        yield forbidden(path, NOT_SPECIFIED)


def shape_problems(shape: tuple[ShapePoint, ...], path: str) -> Iterator[Cause]:
    """A curve has a point, its points go to the right, and all within bounds."""
    if not shape:
        yield required(path, "at least one point must be specified")
    for number in range(1, len(shape)):
        if shape[number - 1].utilization >= shape[number].utilization:
            text = "values must be sorted in increasing order"
            yield invalid(f"{path}[{number}].utilization", shape[number].utilization, text)
            break
    for number, point in enumerate(shape):
        yield from within(f"{path}[{number}].utilization", point.utilization, 0, 100)
        yield from within(f"{path}[{number}].score", point.score, 0, HIGHEST_POINT)


def balance_problems(args: NodeResourcesBalancedAllocationArgs, path: str) -> Iterator[Cause]:
    """Resources are listed once, each with weight 1."""
    listed = [one.name for one in args.resources]
    for number, one in enumerate(args.resources):
        if one.name in listed[:number]:
            yield duplicate(f"{path}resources[{number}].name", one.name)
        if one.weight not in (0, 1):
            yield invalid(f"{path}resources[{number}].weight", one.weight, "must be 1")


def pod_affinity_problems(args: InterPodAffinityArgs, path: str) -> Iterator[Cause]:
    """The weight is 0 to 100."""
    return within(f"{path}hardPodAffinityWeight", args.hard_pod_affinity_weight, 0, 100)


def spread_problems(args: PodTopologySpreadArgs, path: str) -> Iterator[Cause]:
    """What is wrong with default constraints."""
    kind, constraints = args.defaulting_type or "System", args.default_constraints
    if kind not in DEFAULTING:
        yield unsupported(f"{path}defaultingType", kind, DEFAULTING)
    elif kind == "System" and constraints:
        yield invalid(f"{path}defaultingType", kind, "when .defaultConstraints are not empty")
    for number, one in enumerate(constraints):
        yield from constraint_problems(one, f"{path}defaultConstraints[{number}]")
        pairs = [(other.topology_key, other.when_unsatisfiable) for other in constraints[: number + 1]]
        if pairs[-1] in pairs[:-1]:
            yield duplicate(f"{path}defaultConstraints[{number}]", f"{{{pairs[-1][0]}, {pairs[-1][1]}}}")


def constraint_problems(one: TopologySpreadConstraint, path: str) -> Iterator[Cause]:
    """What is wrong with one default constraint."""
    if one.max_skew <= 0:
        yield invalid(f"{path}.maxSkew", one.max_skew, "not in valid range (0, inf)")
    if not one.topology_key:
        yield required(f"{path}.topologyKey", "can not be empty")
    else:
        yield from each(f"{path}.topologyKey", one.topology_key, names.qualified_name(one.topology_key))
    if not one.when_unsatisfiable:
        yield required(f"{path}.whenUnsatisfiable", "can not be empty")
    elif one.when_unsatisfiable not in (HARD, SOFT):
        yield unsupported(f"{path}.whenUnsatisfiable", one.when_unsatisfiable, (HARD, SOFT))
    if one.label_selector is not None:
        yield forbidden(f"{path}.labelSelector", NO_SELECTOR)


def preemption_problems(args: DefaultPreemptionArgs, path: str) -> Iterator[Cause]:
    """Percentage and number are in range, and not both 0."""
    percentage, absolute = args.min_candidate_nodes_percentage, args.min_candidate_nodes_absolute
    paths = f"{path}minCandidateNodesPercentage", f"{path}minCandidateNodesAbsolute"
    yield from within(paths[0], percentage, 0, 100)
    if absolute < 0:
        yield invalid(paths[1], absolute, "not in valid range [0, inf)")
    if percentage == absolute == 0:
        text = "cannot be zero at the same time as minCandidateNodes"
        yield invalid(paths[0], 0, f"{text}Absolute")
        yield invalid(paths[1], 0, f"{text}Percentage")


def volume_problems(args: VolumeBindingArgs, path: str) -> Iterator[Cause]:
    """The timeout isn't negative; a shape needs a gate that is off."""
    if args.bind_timeout_seconds < 0:
        text = "invalid BindTimeoutSeconds, should not be a negative value"
        yield invalid(f"{path}bindTimeoutSeconds", args.bind_timeout_seconds, text)


def within(path: str, value: int, lowest: int, highest: int) -> Iterator[Cause]:
    """A number is in a range."""
    if not lowest <= value <= highest:
        yield invalid(path, value, f"not in valid range [{lowest}, {highest}]")


def none(args: Args, path: str) -> Iterator[Cause]:
    """Nothing to be wrong with."""
    return iter(())


# What they make of a plugin


def fit(plugin: Any, args: NodeResourcesFitArgs) -> NodeResourcesFit:
    """NodeResourcesFit with its strategy and what it ignores."""
    wanted = args.scoring_strategy
    resources = weighted(wanted.resources)
    if wanted.type == "RequestedToCapacityRatio" and wanted.requested_to_capacity_ratio:
        points = (Point(one.utilization, one.score) for one in wanted.requested_to_capacity_ratio.shape)
        strategy: Any = RequestedToCapacityRatio(tuple(points), resources)
    else:
        strategy = (MostAllocated if wanted.type == "MostAllocated" else LeastAllocated)(resources)
    ignored = frozenset(args.ignored_resources), frozenset(args.ignored_resource_groups)
    return NodeResourcesFit(strategy, *ignored)


def weighted(listed: Iterable[ResourceSpec]) -> tuple[Weighted, ...]:
    """Resources with their weights; cpu and memory if none are named."""
    return tuple(Weighted(one.name, one.weight or 1) for one in listed) or LeastAllocated().resources


def balance(plugin: Any, args: NodeResourcesBalancedAllocationArgs) -> NodeResourcesBalancedAllocation:
    """NodeResourcesBalancedAllocation over its resources."""
    return NodeResourcesBalancedAllocation(tuple(one.name for one in args.resources) or ("cpu", "memory"))


def pod_affinity(plugin: Any, args: InterPodAffinityArgs) -> InterPodAffinity:
    """InterPodAffinity with its weight."""
    return InterPodAffinity(args.hard_pod_affinity_weight, args.ignore_preferred_terms_of_existing_pods)


def spread(plugin: Any, args: PodTopologySpreadArgs) -> PodTopologySpread:
    """PodTopologySpread with its default constraints."""
    return PodTopologySpread(args.default_constraints if args.defaulting_type == "List" else None)


def node_affinity(plugin: Any, args: NodeAffinityArgs) -> NodeAffinity:
    """NodeAffinity with what is added to every pod's."""
    return NodeAffinity(args.added_affinity)


def preemption(plugin: Any, args: DefaultPreemptionArgs) -> Any:
    """DefaultPreemption with its numbers of candidates."""
    numbers = {"least_percentage": args.min_candidate_nodes_percentage}
    return replace(plugin or DefaultPreemption(), least_candidates=args.min_candidate_nodes_absolute, **numbers)


def as_it_is(plugin: Any, args: Args) -> Any:
    """A plugin that its arguments change nothing of."""
    return plugin


class Known(NamedTuple):
    """A plugin that takes arguments: their struct, what can be wrong with them, what they make of it."""

    args: type[Args]
    problems: Callable[..., Iterator[Cause]]
    apply: Callable[..., Any]


KNOWN: dict[str, Known] = {
    "DefaultPreemption": Known(DefaultPreemptionArgs, preemption_problems, preemption),
    "DynamicResources": Known(DynamicResourcesArgs, none, as_it_is),
    "InterPodAffinity": Known(InterPodAffinityArgs, pod_affinity_problems, pod_affinity),
    "NodeAffinity": Known(NodeAffinityArgs, none, node_affinity),
    "NodeResourcesBalancedAllocation": Known(NodeResourcesBalancedAllocationArgs, balance_problems, balance),
    "NodeResourcesFit": Known(NodeResourcesFitArgs, fit_problems, fit),
    "PodTopologySpread": Known(PodTopologySpreadArgs, spread_problems, spread),
    "VolumeBinding": Known(VolumeBindingArgs, volume_problems, as_it_is),
}
"""Every plugin of the default profile that takes arguments."""
