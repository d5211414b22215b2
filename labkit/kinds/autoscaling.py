"""VerticalPodAutoscalers, as far as labkit acts on them.

Source: vertical-pod-autoscaler pkg/apis/autoscaling.k8s.io/v1/types.go, 1.7.
"""

from __future__ import annotations

from typing import Any

from labkit.kinds.meta import Meta, Quantity, Struct


class TargetRef(Struct):
    """The controller whose pods are meant."""

    kind: str = ""
    name: str = ""
    api_version: str = ""


class EvictionRequirement(Struct):
    """What must hold of one of the resources for a pod to be evicted."""

    change_requirement: str
    resources: tuple[str, ...] = ()


class UpdatePolicy(Struct):
    """When a recommendation reaches the pods."""

    update_mode: str = "Recreate"
    min_replicas: int | None = None
    eviction_requirements: tuple[EvictionRequirement, ...] = ()


class ContainerPolicy(Struct):
    """What is recommended for one container, or with the name `*` for those that have no policy of their own."""

    container_name: str = "*"
    mode: str = "Auto"
    min_allowed: dict[str, Quantity] = {}
    max_allowed: dict[str, Quantity] = {}
    controlled_resources: tuple[str, ...] = ("cpu", "memory")
    controlled_values: str = "RequestsAndLimits"


class ResourcePolicy(Struct):
    """The policies of the containers."""

    container_policies: tuple[ContainerPolicy, ...] = ()


class VerticalSpec(Struct):
    """Whose pods are sized, when, and within which bounds."""

    target_ref: TargetRef = TargetRef()
    update_policy: UpdatePolicy = UpdatePolicy()
    resource_policy: ResourcePolicy = ResourcePolicy()

    def policy(self, container: str) -> ContainerPolicy:
        """The policy of a container: its own, the one for all, or the default."""
        policies = {one.container_name: one for one in self.resource_policy.container_policies}
        return policies.get(container) or policies.get("*") or ContainerPolicy(container_name=container)


class ContainerRecommendation(Struct):
    """What one container should ask for, and between which bounds it is left alone."""

    container_name: str
    target: dict[str, Quantity] = {}
    lower_bound: dict[str, Quantity] = {}
    upper_bound: dict[str, Quantity] = {}
    uncapped_target: dict[str, Quantity] = {}


class PodRecommendation(Struct):
    """The recommendations of a pod's containers."""

    container_recommendations: tuple[ContainerRecommendation, ...] = ()


class VerticalStatus(Struct):
    """What is recommended now."""

    recommendation: PodRecommendation | None = None
    conditions: tuple[dict[str, Any], ...] = ()


class VerticalPodAutoscaler(Struct):
    """A VerticalPodAutoscaler."""

    metadata: Meta = Meta()
    spec: VerticalSpec = VerticalSpec()
    status: VerticalStatus = VerticalStatus()
