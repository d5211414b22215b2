"""Pods, as far as labkit acts on them.

Every field has Go's zero value: nobody looks at the template of a StatefulSet before its pods are made.
Source: k8s.io/api core/v1/types.go, v1.36.
"""

from __future__ import annotations

from typing import Any

import msgspec

from labkit.kinds.meta import Condition, LabelSelector, Meta, Quantity, Requirement, Struct


class Resources(Struct):
    """Requests and limits by resource name."""

    requests: dict[str, Quantity] = {}
    limits: dict[str, Quantity] = {}


class ContainerPort(Struct):
    """A port that a container opens; `host_port` 0 means none on the node."""

    container_port: int = 0
    name: str = ""
    protocol: str = "TCP"
    host_port: int = 0
    host_ip: str = msgspec.field(default="", name="hostIP")


class KeySelector(Struct):
    """A key of a ConfigMap or Secret."""

    name: str = ""
    key: str = ""
    optional: bool = False


class FieldSelector(Struct):
    """A field of the pod itself, for the downward API."""

    field_path: str = ""


class EnvSource(Struct):
    """Where an environment variable's value comes from."""

    config_map_key_ref: KeySelector | None = None
    secret_key_ref: KeySelector | None = None
    field_ref: FieldSelector | None = None
    resource_field_ref: dict[str, Any] | None = None


class EnvVar(Struct):
    """One environment variable."""

    name: str = ""
    value: str = ""
    value_from: EnvSource | None = None


class EnvFrom(Struct):
    """All keys of a ConfigMap or Secret as environment variables."""

    prefix: str = ""
    config_map_ref: KeySelector | None = None
    secret_ref: KeySelector | None = None


class VolumeMount(Struct):
    """A volume seen inside a container."""

    name: str = ""
    mount_path: str = ""
    read_only: bool = False
    sub_path: str = ""
    sub_path_expr: str = ""


class Probe(Struct):
    """When a container counts as started, live or ready."""

    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    success_threshold: int = 1
    failure_threshold: int = 3
    termination_grace_period_seconds: int | None = None
    http_get: dict[str, Any] | None = None
    tcp_socket: dict[str, Any] | None = None
    exec: dict[str, Any] | None = None
    grpc: dict[str, Any] | None = None


class Container(Struct):
    """One container; as an init container with restart policy Always it is a sidecar."""

    name: str = ""
    image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    resources: Resources = Resources()
    volume_mounts: tuple[VolumeMount, ...] = ()
    image_pull_policy: str = ""
    restart_policy: str = ""
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: dict[str, Any] | None = None

    @property
    def is_sidecar(self) -> bool:
        """Whether an init container keeps running beside the main ones."""
        return self.restart_policy == "Always"


class Toleration(Struct):
    """A taint that the pod puts up with; empty key, value or effect match any."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = None


class NodeSelectorTerm(Struct):
    """Expressions on a node's labels and fields, all of which must hold."""

    match_expressions: tuple[Requirement, ...] = ()
    match_fields: tuple[Requirement, ...] = ()


class NodeSelector(Struct):
    """Terms, one of which must hold."""

    node_selector_terms: tuple[NodeSelectorTerm, ...] = ()


class PreferredNodeTerm(Struct):
    """A term and what it is worth, 1 to 100."""

    weight: int = 0
    preference: NodeSelectorTerm = NodeSelectorTerm()


class NodeAffinity(Struct):
    """Which nodes the pod needs, and which it likes."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None
    preferred_during_scheduling_ignored_during_execution: tuple[PreferredNodeTerm, ...] = ()

    @property
    def required(self) -> NodeSelector | None:
        """The required terms."""
        return self.required_during_scheduling_ignored_during_execution

    @property
    def preferred(self) -> tuple[PreferredNodeTerm, ...]:
        """The preferred terms."""
        return self.preferred_during_scheduling_ignored_during_execution


class PodAffinityTerm(Struct):
    """Pods to be near or far from, and what near means."""

    topology_key: str = ""
    label_selector: LabelSelector | None = None
    namespaces: tuple[str, ...] = ()
    namespace_selector: LabelSelector | None = None
    match_label_keys: tuple[str, ...] = ()
    mismatch_label_keys: tuple[str, ...] = ()


class WeightedPodAffinityTerm(Struct):
    """A pod affinity term and what it is worth, 1 to 100."""

    weight: int = 0
    pod_affinity_term: PodAffinityTerm = PodAffinityTerm()


class PodAffinity(Struct):
    """Pods to be near (or, as anti-affinity, far from)."""

    required_during_scheduling_ignored_during_execution: tuple[PodAffinityTerm, ...] = ()
    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...] = ()

    @property
    def required(self) -> tuple[PodAffinityTerm, ...]:
        """The required terms."""
        return self.required_during_scheduling_ignored_during_execution

    @property
    def preferred(self) -> tuple[WeightedPodAffinityTerm, ...]:
        """The preferred terms."""
        return self.preferred_during_scheduling_ignored_during_execution


class Affinity(Struct):
    """Where the pod wants to be."""

    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAffinity | None = None


class TopologySpreadConstraint(Struct):
    """How evenly matching pods are to lie over the domains of a topology."""

    max_skew: int = 0
    topology_key: str = ""
    when_unsatisfiable: str = ""
    label_selector: LabelSelector | None = None
    min_domains: int | None = None
    node_affinity_policy: str = "Honor"
    node_taints_policy: str = "Ignore"
    match_label_keys: tuple[str, ...] = ()


class SourceName(Struct):
    """A ConfigMap (by `name`) or Secret (by `secret_name`) behind a volume."""

    name: str = ""
    secret_name: str = ""
    optional: bool = False
    items: tuple[dict[str, Any], ...] = ()
    default_mode: int = 0o644


class ClaimSource(Struct):
    """A PersistentVolumeClaim behind a volume."""

    claim_name: str = ""
    read_only: bool = False


class Volume(Struct):
    """One volume of a pod."""

    name: str = ""
    config_map: SourceName | None = None
    secret: SourceName | None = None
    persistent_volume_claim: ClaimSource | None = None
    ephemeral: dict[str, Any] | None = None
    empty_dir: dict[str, Any] | None = None
    host_path: dict[str, Any] | None = None
    projected: dict[str, Any] | None = None
    downward_api: dict[str, Any] | None = msgspec.field(default=None, name="downwardAPI")
    gce_persistent_disk: dict[str, Any] | None = None
    aws_elastic_block_store: dict[str, Any] | None = None
    iscsi: dict[str, Any] | None = None
    rbd: dict[str, Any] | None = None


class DnsConfig(Struct):
    """What a pod's resolver gets beside or instead of what its DNS policy says."""

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[dict[str, str], ...] = ()


class HostAlias(Struct):
    """A line of /etc/hosts."""

    ip: str = ""
    hostnames: tuple[str, ...] = ()


class SchedulingGate(Struct):
    """A reason to wait before scheduling."""

    name: str = ""


class PodSpec(Struct):
    """What a pod is to be."""

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    node_name: str = ""
    node_selector: dict[str, str] = {}
    affinity: Affinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    topology_spread_constraints: tuple[TopologySpreadConstraint, ...] = ()
    volumes: tuple[Volume, ...] = ()
    restart_policy: str = "Always"
    termination_grace_period_seconds: int = 30
    active_deadline_seconds: int | None = None
    priority: int = 0
    priority_class_name: str = ""
    preemption_policy: str = "PreemptLowerPriority"
    scheduler_name: str = "default-scheduler"
    scheduling_gates: tuple[SchedulingGate, ...] = ()
    service_account_name: str = ""
    overhead: dict[str, Quantity] = {}
    resources: Resources = Resources()
    host_network: bool = False
    hostname: str = ""
    subdomain: str = ""
    readiness_gates: tuple[dict[str, str], ...] = ()
    enable_service_links: bool = True
    dns_policy: str = "ClusterFirst"
    dns_config: DnsConfig | None = None
    host_aliases: tuple[HostAlias, ...] = ()


class ContainerStatus(Struct):
    """What became of a container; `state` has one of waiting, running, terminated."""

    name: str
    ready: bool = False
    restart_count: int = 0
    started: bool | None = None
    image: str = ""
    state: dict[str, Any] = {}
    last_state: dict[str, Any] = {}


class PodStatus(Struct):
    """What became of a pod."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    pod_ip: str = msgspec.field(default="", name="podIP")
    host_ip: str = msgspec.field(default="", name="hostIP")
    nominated_node_name: str = ""
    start_time: str | None = None
    qos_class: str = ""

    def condition(self, type: str) -> Condition | None:
        """The condition of that type, if there is one."""
        return next((one for one in self.conditions if one.type == type), None)


class Pod(Struct):
    """A pod."""

    metadata: Meta = Meta()
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()

    @property
    def is_terminal(self) -> bool:
        """Whether it ended: Succeeded or Failed."""
        return self.status.phase in ("Succeeded", "Failed")

    @property
    def is_active(self) -> bool:
        """Whether it has not ended and is not being deleted."""
        return not self.is_terminal and self.metadata.deletion_timestamp is None

    @property
    def is_ready(self) -> bool:
        """Whether its Ready condition is True."""
        ready = self.status.condition("Ready")
        return ready is not None and ready.status == "True"


class PodTemplate(Struct):
    """What a controller makes its pods from."""

    metadata: Meta = Meta()
    spec: PodSpec = PodSpec()
