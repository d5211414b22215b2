"""Profiles: which plugins run, in what order, with what weight.

Source: pkg/scheduler/apis/config/v1/default_plugins.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType
from typing import Any

from labkit.errors import LabError
from labkit.scheduler.balancedallocation import NodeResourcesBalancedAllocation
from labkit.scheduler.dynamicresources import DynamicResources
from labkit.scheduler.imagelocality import ImageLocality
from labkit.scheduler.interpodaffinity import InterPodAffinity
from labkit.scheduler.nodeaffinity import NodeAffinity
from labkit.scheduler.nodename import NodeName
from labkit.scheduler.nodeports import NodePorts
from labkit.scheduler.noderesourcesfit import NodeResourcesFit
from labkit.scheduler.nodeunschedulable import NodeUnschedulable
from labkit.scheduler.nodevolumelimits import NodeVolumeLimits
from labkit.scheduler.pernode import as_plugin
from labkit.scheduler.podtopologyspread import PodTopologySpread
from labkit.scheduler.preemption import DefaultPreemption
from labkit.scheduler.tainttoleration import TaintToleration
from labkit.scheduler.volumebinding import VolumeBinding
from labkit.scheduler.volumerestrictions import VolumeRestrictions
from labkit.scheduler.volumezone import VolumeZone

PLUGINS: tuple[Any, ...] = (
    NodeUnschedulable(),
    NodeName(),
    TaintToleration(),
    NodeAffinity(),
    NodePorts(),
    NodeResourcesFit(),
    VolumeRestrictions(),
    NodeVolumeLimits(),
    VolumeBinding(),
    VolumeZone(),
    PodTopologySpread(),
    InterPodAffinity(),
    DynamicResources(),
    DefaultPreemption(),
    NodeResourcesBalancedAllocation(),
    ImageLocality(),
)
"""Every plugin of the default profile, in the order in which they run at each point."""

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        "TaintToleration": 3,
        "NodeAffinity": 2,
        "NodeResourcesFit": 1,
        "PodTopologySpread": 2,
        "InterPodAffinity": 2,
        "DynamicResources": 2,
        "NodeResourcesBalancedAllocation": 1,
        "ImageLocality": 1,
    }
)
"""What a point of a plugin's normalised score counts."""


@dataclass(frozen=True)
class Profile:
    """A scheduler's plugins and their weights (1 if not listed).

    `percentage`: how many percent of the nodes to find feasible before scoring; 0 adapts to their number.
    `points`: for some of prefilter, filter, postfilter and score the plugins that run there, by name, in order;
    elsewhere all run that can.
    """

    name: str = "default-scheduler"
    plugins: tuple[Any, ...] = PLUGINS
    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS)
    percentage: int = 0
    points: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def filters(self) -> tuple[Any, ...]:
        """The plugins that filter, in order."""
        return self.offering("filter")

    @cached_property
    def filter_names(self) -> frozenset[str]:
        """The names of the plugins that filter."""
        return frozenset(plugin.name for plugin in self.filters)

    @cached_property
    def prefilters(self) -> tuple[Any, ...]:
        """The plugins that prepare themselves for a pod, in order."""
        return self.offering("prefilter")

    @cached_property
    def scorers(self) -> tuple[Any, ...]:
        """The plugins that score, in order."""
        return self.offering("score")

    def offering(self, point: str) -> tuple[Any, ...]:
        """The plugins that have a method of that name and run there, in order."""
        able = tuple(plugin for plugin in self.plugins if hasattr(plugin, point))
        if point not in self.points:
            return able
        named = {plugin.name: plugin for plugin in able}
        return tuple(named[name] for name in self.points[point] if name in named)

    # Variations

    def with_plugin(self, plugin: Any, weight: int = 1) -> Profile:
        """The profile with one plugin more, which runs last; or in place of the one with the same name.

        `plugin`: an object or its class; one with `filter_node` or `score_node` is asked node by node.
        """
        plugin = as_plugin(plugin)
        known = {one.name: one for one in self.plugins} | {plugin.name: plugin}
        points = {
            point: names if plugin.name in names or not hasattr(plugin, point) else (*names, plugin.name)
            for point, names in self.points.items()
        }
        weights = {**self.weights, plugin.name: weight}
        return replace(self, plugins=tuple(known.values()), weights=weights, points=points)

    def without(self, *names: str) -> Profile:
        """The profile without these plugins; LabError if it hasn't got one of them."""
        self._check(names)
        return replace(self, plugins=tuple(one for one in self.plugins if one.name not in names))

    def weighted(self, **weights: int) -> Profile:
        """The profile with other weights: `weighted(NodeResourcesFit=5)`; LabError for a plugin it hasn't got."""
        self._check(weights)
        for name, weight in weights.items():
            if weight < 1:
                raise LabError(f"{name}: a weight is 1 or more, not {weight}", f'To leave it out: without("{name}")')
        return replace(self, weights={**self.weights, **weights})

    def named(self, name: str) -> Profile:
        """The profile under another schedulerName."""
        return replace(self, name=name)

    def _check(self, names: Iterable[str]) -> None:
        known = [one.name for one in self.plugins]
        for name in names:
            if name not in known:
                close = get_close_matches(name, known, 1) or [", ".join(known)]
                raise LabError(f'the profile has no plugin "{name}"', f"Did you mean {close[0]}?")

    def __str__(self) -> str:
        scoring = ", ".join(f"{one.name} {self.weights.get(one.name, 1)}" for one in self.offering("score"))
        return f"{self.name}: {scoring}"


DEFAULT = Profile()
