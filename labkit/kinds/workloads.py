"""The workload kinds, as far as labkit acts on them.

Source: k8s.io/api apps/v1/types.go, batch/v1/types.go, v1.36.
"""

from __future__ import annotations

from labkit.kinds.meta import Condition, IntOrString, LabelSelector, Meta, Struct
from labkit.kinds.pod import PodTemplate
from labkit.kinds.storage import PersistentVolumeClaim


class RollingUpdate(Struct):
    """How many pods more or fewer than wanted an update may have, or from which ordinal it goes."""

    max_surge: IntOrString | None = None
    max_unavailable: IntOrString | None = None
    partition: int = 0


class Strategy(Struct):
    """How pods of an old template are replaced."""

    type: str = "RollingUpdate"
    rolling_update: RollingUpdate | None = None


class DeploymentSpec(Struct):
    """What a Deployment is to be."""

    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()
    replicas: int = 1
    strategy: Strategy = Strategy()
    min_ready_seconds: int = 0
    progress_deadline_seconds: int = 600
    revision_history_limit: int = 10
    paused: bool = False


class ReplicaStatus(Struct):
    """The counts that Deployments, ReplicaSets and StatefulSets report."""

    replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    updated_replicas: int = 0
    current_replicas: int = 0
    fully_labeled_replicas: int = 0
    terminating_replicas: int | None = None
    observed_generation: int = 0
    collision_count: int = 0
    current_revision: str = ""
    update_revision: str = ""
    conditions: tuple[Condition, ...] = ()


class Deployment(Struct):
    """A Deployment."""

    metadata: Meta = Meta()
    spec: DeploymentSpec = DeploymentSpec()
    status: ReplicaStatus = ReplicaStatus()


class ReplicaSetSpec(Struct):
    """What a ReplicaSet is to be."""

    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()
    replicas: int = 1
    min_ready_seconds: int = 0


class ReplicaSet(Struct):
    """A ReplicaSet."""

    metadata: Meta = Meta()
    spec: ReplicaSetSpec = ReplicaSetSpec()
    status: ReplicaStatus = ReplicaStatus()


class ReplicationControllerSpec(Struct):
    """What a ReplicationController is to be; it selects by plain labels."""

    selector: dict[str, str] = {}
    template: PodTemplate = PodTemplate()
    replicas: int = 1
    min_ready_seconds: int = 0


class ReplicationController(Struct):
    """A ReplicationController."""

    metadata: Meta = Meta()
    spec: ReplicationControllerSpec = ReplicationControllerSpec()
    status: ReplicaStatus = ReplicaStatus()


class Retention(Struct):
    """What becomes of a StatefulSet's claims: Retain or Delete."""

    when_deleted: str = "Retain"
    when_scaled: str = "Retain"


class Ordinals(Struct):
    """Where the numbers of a StatefulSet's pods begin."""

    start: int = 0


class StatefulSetSpec(Struct):
    """What a StatefulSet is to be."""

    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()
    replicas: int = 1
    service_name: str = ""
    pod_management_policy: str = "OrderedReady"
    update_strategy: Strategy = Strategy()
    volume_claim_templates: tuple[PersistentVolumeClaim, ...] = ()
    persistent_volume_claim_retention_policy: Retention = Retention()
    ordinals: Ordinals = Ordinals()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10


class StatefulSet(Struct):
    """A StatefulSet."""

    metadata: Meta = Meta()
    spec: StatefulSetSpec = StatefulSetSpec()
    status: ReplicaStatus = ReplicaStatus()


class DaemonSetSpec(Struct):
    """What a DaemonSet is to be."""

    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()
    update_strategy: Strategy = Strategy()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10


class DaemonSetStatus(Struct):
    """The counts a DaemonSet reports."""

    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    number_ready: int = 0
    number_available: int = 0
    number_unavailable: int = 0
    number_misscheduled: int = 0
    updated_number_scheduled: int = 0
    observed_generation: int = 0


class DaemonSet(Struct):
    """A DaemonSet."""

    metadata: Meta = Meta()
    spec: DaemonSetSpec = DaemonSetSpec()
    status: DaemonSetStatus = DaemonSetStatus()


class OnExitCodes(Struct):
    """Exit codes that a rule is about; without a container's name those of any."""

    operator: str = "In"
    values: tuple[int, ...] = ()
    container_name: str | None = None


class ConditionPattern(Struct):
    """A pod's condition that a rule is about."""

    type: str
    status: str = "True"


class FailureRule(Struct):
    """What a failed pod means: FailJob, FailIndex, Ignore or Count."""

    action: str = "Count"
    on_exit_codes: OnExitCodes | None = None
    on_pod_conditions: tuple[ConditionPattern, ...] = ()


class PodFailurePolicy(Struct):
    """Rules, of which the first that matches decides."""

    rules: tuple[FailureRule, ...] = ()


class SuccessRule(Struct):
    """Which indexes must have succeeded, and how many of them."""

    succeeded_indexes: str | None = None
    succeeded_count: int | None = None


class SuccessPolicy(Struct):
    """Rules, of which one is enough."""

    rules: tuple[SuccessRule, ...] = ()


class JobSpec(Struct):
    """What a Job is to be."""

    template: PodTemplate = PodTemplate()
    selector: LabelSelector | None = None
    parallelism: int = 1
    completions: int | None = None
    backoff_limit: int | None = None
    backoff_limit_per_index: int | None = None
    max_failed_indexes: int | None = None
    active_deadline_seconds: int | None = None
    ttl_seconds_after_finished: int | None = None
    suspend: bool = False
    completion_mode: str = "NonIndexed"
    pod_failure_policy: PodFailurePolicy | None = None
    success_policy: SuccessPolicy | None = None
    pod_replacement_policy: str | None = None

    @property
    def most_failures(self) -> int:
        """The backoffLimit; unless given, 6, or none to speak of where each index has its own."""
        if self.backoff_limit is not None:
            return self.backoff_limit
        return 6 if self.backoff_limit_per_index is None else 2**31 - 1

    @property
    def only_replaces_failed(self) -> bool:
        """Whether a pod that is being deleted keeps its place until it has ended."""
        if self.pod_replacement_policy is not None:
            return self.pod_replacement_policy == "Failed"
        return self.pod_failure_policy is not None

    @property
    def is_indexed(self) -> bool:
        """Whether each pod has a number."""
        return self.completion_mode == "Indexed"


class JobStatus(Struct):
    """How far a Job is."""

    active: int = 0
    succeeded: int = 0
    failed: int = 0
    ready: int = 0
    terminating: int = 0
    completed_indexes: str = ""
    failed_indexes: str | None = None
    start_time: str | None = None
    completion_time: str | None = None
    conditions: tuple[Condition, ...] = ()

    def condition(self, type: str) -> Condition | None:
        """The condition of that type, if it is True."""
        return next((one for one in self.conditions if one.type == type and one.status == "True"), None)


class Job(Struct):
    """A Job."""

    metadata: Meta = Meta()
    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()
