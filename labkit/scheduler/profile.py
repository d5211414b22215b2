"""Profiles: which plugins run, in what order, with what weight.

Source: pkg/scheduler/apis/config/v1/default_plugins.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from labkit.scheduler.balancedallocation import NodeResourcesBalancedAllocation
from labkit.scheduler.dynamicresources import DynamicResources
from labkit.scheduler.imagelocality import ImageLocality
from labkit.scheduler.interpodaffinity import InterPodAffinity
from labkit.scheduler.nodeaffinity import NodeAffinity
from labkit.scheduler.nodename import NodeName
from labkit.scheduler.nodeports import NodePorts
from labkit.scheduler.noderesourcesfit import NodeResourcesFit
from labkit.scheduler.nodeunschedulable import NodeUnschedulable
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
    """

    name: str = "default-scheduler"
    plugins: tuple[Any, ...] = PLUGINS
    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS)
    percentage: int = 0

    @cached_property
    def filters(self) -> tuple[Any, ...]:
        """The plugins that filter, in order."""
        return self.offering("filter")

    def offering(self, point: str) -> tuple[Any, ...]:
        """The plugins that have a method of that name, in order."""
        return tuple(plugin for plugin in self.plugins if hasattr(plugin, point))


DEFAULT = Profile()
