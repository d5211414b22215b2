"""Kinds that shape other objects, as far as labkit acts on them.

Source: k8s.io/api core/v1, policy/v1, scheduling/v1 types.go, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.kinds.meta import Condition, IntOrString, LabelSelector, Meta, Quantity, Struct


class Status(Struct):
    """A status that is only a phase."""

    phase: str = ""


class Namespace(Struct):
    """A Namespace."""

    metadata: Meta = Meta()
    spec: dict[str, Any] = {}
    status: Status = Status()


class PriorityClass(Struct):
    """A PriorityClass."""

    metadata: Meta = Meta()
    value: int = 0
    global_default: bool = False
    preemption_policy: str = "PreemptLowerPriority"
    description: str = ""


class DisruptionBudgetSpec(Struct):
    """How many pods may be missing."""

    selector: LabelSelector | None = None
    min_available: IntOrString | None = None
    max_unavailable: IntOrString | None = None
    unhealthy_pod_eviction_policy: str = "IfHealthyBudget"


class DisruptionBudgetStatus(Struct):
    """How many pods may go now."""

    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0
    disrupted_pods: dict[str, str] = {}
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()


class PodDisruptionBudget(Struct):
    """A PodDisruptionBudget."""

    metadata: Meta = Meta()
    spec: DisruptionBudgetSpec = DisruptionBudgetSpec()
    status: DisruptionBudgetStatus = DisruptionBudgetStatus()


class Limit(Struct):
    """One item of a LimitRange."""

    type: str
    max: dict[str, Quantity] = {}
    min: dict[str, Quantity] = {}
    default: dict[str, Quantity] = {}
    default_request: dict[str, Quantity] = {}
    max_limit_request_ratio: dict[str, Quantity] = {}


class LimitRangeSpec(Struct):
    """The items of a LimitRange."""

    limits: tuple[Limit, ...] = ()


class LimitRange(Struct):
    """A LimitRange."""

    metadata: Meta = Meta()
    spec: LimitRangeSpec = LimitRangeSpec()


class QuotaSpec(Struct):
    """What a namespace may use."""

    hard: dict[str, Quantity] = {}
    scopes: tuple[str, ...] = ()
    scope_selector: dict[str, Any] | None = None


class QuotaStatus(Struct):
    """What a namespace uses."""

    hard: dict[str, Quantity] = {}
    used: dict[str, Quantity] = {}


class ResourceQuota(Struct):
    """A ResourceQuota."""

    metadata: Meta = Meta()
    spec: QuotaSpec = QuotaSpec()
    status: QuotaStatus = QuotaStatus()


class ServiceAccount(Struct):
    """A ServiceAccount."""

    metadata: Meta = Meta()
    automount_service_account_token: bool | None = None


class ConfigMap(Struct):
    """A ConfigMap or a Secret: their data."""

    metadata: Meta = Meta()
    data: dict[str, str] = {}
    binary_data: dict[str, str] = {}
    immutable: bool = False


class Secret(ConfigMap):
    """A Secret; `data` is base64."""

    type: str = "Opaque"
