"""Which plugins run at which extension point, in what order, with what weight: defaults and a configuration merged.

Source: pkg/scheduler/apis/config/v1/default_plugins.go mergePlugins, framework/runtime/framework.go
expandMultiPointPlugins and getScoreWeights, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from labkit.kinds.meta import Struct
from labkit.scheduler.profile import PLUGINS, WEIGHTS

METHODS = {"preFilter": "prefilter", "filter": "filter", "postFilter": "postfilter", "score": "score"}
"""The extension points at which labkit's plugins run, with the method that stands for each."""

POINTS = (
    "preFilter", "filter", "postFilter", "reserve", "preScore", "score",
    "preBind", "bind", "postBind", "permit", "preEnqueue", "queueSort",
)  # fmt: skip
"""All extension points in the order in which the real scheduler looks them through."""

SILENT = {
    "SchedulingGates": "preEnqueue",
    "PrioritySort": "queueSort",
    "DefaultBinder": "bind",
    "GangScheduling": "permit",
    "NodeDeclaredFeatures": "filter",
}
"""Real plugins that are no objects here: the queue, binding and the front door do their work, or nothing needs them."""

ELSEWHERE = {("DynamicResources", "filter"), ("VolumeBinding", "score")}
"""What real plugins also extend, where those here have nothing to do."""


class PluginRef(Struct):
    """A plugin by name; the weight counts for scoring, 0 or none is 1."""

    name: str
    weight: int | None = None


class PluginSet(Struct):
    """What is enabled besides the default plugins, and which of those are disabled; `*` is all of them."""

    enabled: tuple[PluginRef, ...] = ()
    disabled: tuple[PluginRef, ...] = ()

    @property
    def off(self) -> frozenset[str]:
        """The names that are disabled."""
        return frozenset(one.name for one in self.disabled)


class Plugins(Struct):
    """A plugin set for each extension point; multiPoint is for all that a plugin extends."""

    multi_point: PluginSet = PluginSet()
    pre_enqueue: PluginSet = PluginSet()
    queue_sort: PluginSet = PluginSet()
    pre_filter: PluginSet = PluginSet()
    filter: PluginSet = PluginSet()
    post_filter: PluginSet = PluginSet()
    pre_score: PluginSet = PluginSet()
    score: PluginSet = PluginSet()
    reserve: PluginSet = PluginSet()
    permit: PluginSet = PluginSet()
    pre_bind: PluginSet = PluginSet()
    bind: PluginSet = PluginSet()
    post_bind: PluginSet = PluginSet()

    def at(self, point: str) -> PluginSet:
        """The set of an extension point by its name in a configuration."""
        found: PluginSet = getattr(self, "".join(f"_{one.lower()}" if one.isupper() else one for one in point))
        return found


class PluginError(ValueError):
    """A plugin that isn't there, or not at that point; the text is the real scheduler's."""


class Chosen(NamedTuple):
    """What runs: names in order for each extension point, and the weights of those that score."""

    points: dict[str, tuple[str, ...]]
    weights: dict[str, int]


def chosen(plugins: Plugins, registry: Mapping[str, Any]) -> Chosen:
    """What a profile's plugin sets come to; PluginError where the real scheduler would not start."""
    multi = merged(default_refs(), plugins.multi_point)
    for point in POINTS:
        check(point, plugins.at(point).enabled, registry)
    for ref in multi:
        if ref.name not in registry and ref.name not in SILENT:
            raise PluginError(does_not_exist("preFilter", ref.name))
    points = {point: expanded(point, plugins.at(point), multi, registry) for point in POINTS}
    return Chosen(points, weights_of((*plugins.score.enabled, *multi)))


def default_refs() -> list[PluginRef]:
    """The default plugins, as a configuration would enable them."""
    running = [PluginRef(one.name, WEIGHTS.get(one.name)) for one in PLUGINS]
    known = {ref.name for ref in running}
    before = [PluginRef(name) for name in ("SchedulingGates", "PrioritySort")]
    return [*(ref for ref in before if ref.name not in known), *running, PluginRef("DefaultBinder")]


def merged(defaults: Iterable[PluginRef], custom: PluginSet) -> list[PluginRef]:
    """The default plugins without the disabled ones, each replaced where it is enabled anew; then what else is."""
    again = {ref.name: ref for ref in custom.enabled}
    kept = [] if "*" in custom.off else [ref for ref in defaults if ref.name not in custom.off]
    replaced = {ref.name for ref in kept if ref.name in again}
    return [*(again.get(ref.name, ref) for ref in kept), *(ref for ref in custom.enabled if ref.name not in replaced)]


def expanded(point: str, own: PluginSet, multi: Iterable[PluginRef], registry: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that run at one point: multiPoint's that are named there again, the rest of multiPoint, the others."""
    named = [ref.name for ref in own.enabled]
    if "*" in own.off:
        return tuple(named)
    shared = [ref.name for ref in multi if ref.name not in own.off and extends(registry, ref.name, point)]
    twice = next((name for name in shared if shared.count(name) > 1 and name not in named), None)
    if twice:
        raise PluginError(f'plugin "{twice}" already registered as "{interface(point)}"')
    over = [name for name in named if name in shared]
    return tuple(dict.fromkeys([*over, *shared, *named]))


def check(point: str, enabled: Iterable[PluginRef], registry: Mapping[str, Any]) -> None:
    """Every plugin enabled at a point is there, extends it, and is named once."""
    seen: set[str] = set()
    for ref in enabled:
        if ref.name not in registry and ref.name not in SILENT:
            raise PluginError(does_not_exist(point, ref.name))
        if point in METHODS and not extends(registry, ref.name, point) and (ref.name, point) not in ELSEWHERE:
            raise PluginError(f'plugin "{ref.name}" does not extend {interface(point)} plugin')
        if ref.name in seen:
            raise PluginError(f'plugin "{ref.name}" already registered as "{interface(point)}"')
        seen.add(ref.name)


def extends(registry: Mapping[str, Any], name: str, point: str) -> bool:
    """Whether a plugin has something to do at a point."""
    if name in registry and point in METHODS:
        return hasattr(registry[name], METHODS[point])
    return SILENT.get(name) == point


def weights_of(refs: Iterable[PluginRef]) -> dict[str, int]:
    """The weight that each name has first; 1 where it has none."""
    found: dict[str, int] = {}
    for ref in refs:
        found.setdefault(ref.name, ref.weight or 1)
    return found


def interface(point: str) -> str:
    """What the real scheduler calls the interface of a point."""
    return f"{point[0].upper()}{point[1:]}Plugin"


def does_not_exist(point: str, name: str) -> str:
    """What it says of a plugin that it doesn't know."""
    return f'{interface(point)} "{name}" does not exist'
