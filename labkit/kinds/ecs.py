"""ECS's kinds, by the names CloudFormation has for them, and their fields as far as labkit acts on them.

An object of these kinds is a dict in the shape that boto3's describe calls answer: camelCase names, ARNs, moments as
the clock's stamps. Fields that no answer has (`reserved`, `images`, …) are labkit's own; the client leaves
them out. Source: botocore 1.44, ecs/2014-11-13/service-2.json.
"""

from __future__ import annotations

from typing import Any

from labkit.kinds.meta import Struct
from labkit.kinds.registry import Key

CLUSTER = "AWS::ECS::Cluster"
CONTAINER_INSTANCE = "AWS::ECS::ContainerInstance"
TASK_DEFINITION = "AWS::ECS::TaskDefinition"
SERVICE = "AWS::ECS::Service"
TASK = "AWS::ECS::Task"
CAPACITY_PROVIDER = "AWS::ECS::CapacityProvider"
AUTO_SCALING_GROUP = "AWS::AutoScaling::AutoScalingGroup"
"""Not ECS's own, but what its capacity providers are made of; see labkit.cloud.groups."""

_WORDS = {
    "cluster": CLUSTER, "container-instance": CONTAINER_INSTANCE, "task-definition": TASK_DEFINITION,
    "service": SERVICE, "task": TASK, "capacity-provider": CAPACITY_PROVIDER,
}  # fmt: skip

ZONE_ATTRIBUTE = "ecs.availability-zone"
TYPE_ATTRIBUTE = "ecs.instance-type"


def key_of_arn(arn: str) -> Key | None:
    """The key of what an ARN names: `arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/ID`; None if it is none of ECS's kinds."""
    word, *names = arn.split(":", 5)[-1].split("/")
    if word not in _WORDS or not 1 <= len(names) <= 2:
        return None
    return Key(_WORDS[word], names[0] if len(names) == 2 else "", names[-1])


class Resource(Struct):
    """An amount (CPU units, MiB), a set of free GPUs, or a set of ports in use."""

    name: str
    type: str = ""
    integer_value: int = 0
    string_set_value: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        """How much or how many."""
        return len(self.string_set_value) if self.type == "STRINGSET" else self.integer_value


class Attribute(Struct):
    """A name, perhaps with a value, of a container instance; or one that a task definition needs."""

    name: str
    value: str | None = None


class VersionInfo(Struct):
    """What runs the containers."""

    agent_version: str = ""
    docker_version: str = ""


class ContainerInstance(Struct):
    """A machine that runs tasks. `images` (labkit's own) lie on it; `trunked`: it was launched with ENI trunking."""

    container_instance_arn: str
    ec2_instance_id: str = ""
    status: str = "ACTIVE"
    agent_connected: bool = True
    running_tasks_count: int = 0
    registered_at: str = ""
    version_info: VersionInfo = VersionInfo()
    attributes: tuple[Attribute, ...] = ()
    registered_resources: tuple[Resource, ...] = ()
    remaining_resources: tuple[Resource, ...] = ()
    capacity_provider_name: str = ""
    enis: int = 0
    instance_type: str = ""
    trunked: bool = False

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return self.container_instance_arn.rpartition("/")[2]

    @property
    def is_available(self) -> bool:
        """Whether tasks may be placed on it: ACTIVE, and its agent connected."""
        return self.status == "ACTIVE" and self.agent_connected

    def attribute(self, name: str) -> str | None:
        """The value of an attribute: "" if it has none, None if there is no such attribute."""
        return next((one.value or "" for one in self.attributes if one.name == name), None)

    @property
    def zone(self) -> str:
        """Its availability zone, "" if it names none."""
        return self.attribute(ZONE_ATTRIBUTE) or ""

    def remaining(self, name: str) -> int:
        """What is left of CPU (units), MEMORY (MiB) or GPU (how many)."""
        return next((one.amount for one in self.remaining_resources if one.name == name), 0)

    def registered(self, name: str) -> int:
        """What it registered of CPU (units), MEMORY (MiB) or GPU (how many)."""
        return next((one.amount for one in self.registered_resources if one.name == name), 0)

    def ports(self, protocol: str = "tcp") -> frozenset[int]:
        """The host ports in use."""
        name = "PORTS_UDP" if protocol == "udp" else "PORTS"
        held = next((one.string_set_value for one in self.remaining_resources if one.name == name), ())
        return frozenset(map(int, held))


class PortMapping(Struct):
    """A container's port and the host's; a host port of None or 0 is chosen when the container starts."""

    container_port: int | None = None
    host_port: int | None = None
    protocol: str = "tcp"
    name: str = ""


class Dependency(Struct):
    """What another container must have reached first: START, COMPLETE, SUCCESS, HEALTHY."""

    container_name: str
    condition: str


class HealthCheck(Struct):
    """A container's health check; seconds."""

    command: tuple[str, ...] = ()
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0


class RestartPolicy(Struct):
    """Whether a container is started again where it stands."""

    enabled: bool = False
    ignored_exit_codes: tuple[int, ...] = ()
    restart_attempt_period: int = 300


class ResourceRequirement(Struct):
    """GPUs or accelerators."""

    type: str
    value: str


class ContainerDefinition(Struct):
    """One container of a task definition; cpu in units, memory in MiB."""

    name: str
    image: str = ""
    cpu: int = 0
    memory: int | None = None
    memory_reservation: int | None = None
    port_mappings: tuple[PortMapping, ...] = ()
    essential: bool = True
    depends_on: tuple[Dependency, ...] = ()
    links: tuple[str, ...] = ()
    start_timeout: int | None = None
    stop_timeout: int | None = None
    health_check: HealthCheck | None = None
    restart_policy: RestartPolicy | None = None
    resource_requirements: tuple[ResourceRequirement, ...] = ()
    docker_labels: dict[str, str] = {}
    command: tuple[str, ...] = ()
    entry_point: tuple[str, ...] = ()
    secrets: tuple[dict[str, Any], ...] = ()
    log_configuration: dict[str, Any] | None = None


class PlacementConstraint(Struct):
    """`distinctInstance`, or `memberOf` with an expression."""

    type: str
    expression: str = ""


class PlacementStrategy(Struct):
    """`random`, `spread` or `binpack`, with its field."""

    type: str
    field: str = ""


class TaskDefinition(Struct):
    """A revision of a family."""

    task_definition_arn: str
    family: str
    revision: int
    status: str = "ACTIVE"
    network_mode: str | None = None
    cpu: str | None = None
    memory: str | None = None
    container_definitions: tuple[ContainerDefinition, ...] = ()
    placement_constraints: tuple[PlacementConstraint, ...] = ()
    requires_attributes: tuple[Attribute, ...] = ()
    requires_compatibilities: tuple[str, ...] = ()
    compatibilities: tuple[str, ...] = ()
    volumes: tuple[dict[str, Any], ...] = ()
    task_role_arn: str | None = None
    execution_role_arn: str | None = None
    runtime_platform: dict[str, str] = {}
    ephemeral_storage: dict[str, int] = {}

    @property
    def name(self) -> str:
        """`family:revision`."""
        return f"{self.family}:{self.revision}"

    def container(self, name: str) -> ContainerDefinition:
        """The container of that name; KeyError if there is none."""
        for one in self.container_definitions:
            if one.name == name:
                return one
        raise KeyError(name)


class Container(Struct):
    """A container of a task, as far as it has come. `runs` (labkit's own) counts its starts."""

    name: str
    last_status: str = "PENDING"
    exit_code: int | None = None
    health_status: str = "UNKNOWN"
    runs: int = 0
    since: str = ""


class Reserved(Struct):
    """What a task takes of its instance; labkit's own. cpu in units, memory in MiB, `ports` host ports."""

    cpu: int = 0
    memory: int = 0
    gpu: int = 0
    ports: tuple[int, ...] = ()
    ports_udp: tuple[int, ...] = ()
    eni: bool = False


class Task(Struct):
    """A task: what it is of, where it is, how far it has come."""

    task_arn: str
    cluster_arn: str
    task_definition_arn: str
    last_status: str
    desired_status: str
    container_instance_arn: str | None = None
    group: str = ""
    launch_type: str = "EC2"
    health_status: str = "UNKNOWN"
    started_by: str = ""
    created_at: str = ""
    started_at: str | None = None
    stopping_at: str | None = None
    stopped_at: str | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    availability_zone: str = ""
    capacity_provider_name: str | None = None
    containers: tuple[Container, ...] = ()
    reserved: Reserved = Reserved()
    overrides: dict[str, Any] = {}
    attachments: tuple[dict[str, Any], ...] = ()
    network_configuration: dict[str, Any] = {}
    load_balancers: tuple[dict[str, Any], ...] = ()

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return self.task_arn.rpartition("/")[2]

    @property
    def is_stopped(self) -> bool:
        """Whether it has ended and given back what it held."""
        return self.last_status in ("STOPPED", "DELETED")

    @property
    def service(self) -> str:
        """The service it belongs to, "" if it stands alone."""
        return self.group.removeprefix("service:") if self.group.startswith("service:") else ""


class Deployment(Struct):
    """One deployment of a service."""

    id: str
    status: str
    task_definition: str = ""
    desired_count: int = 0
    pending_count: int = 0
    running_count: int = 0
    failed_tasks: int = 0
    rollout_state: str | None = None
    created_at: str = ""


class Service(Struct):
    """A service: so many tasks of a definition."""

    service_arn: str
    service_name: str
    cluster_arn: str
    status: str = "ACTIVE"
    desired_count: int = 0
    running_count: int = 0
    pending_count: int = 0
    launch_type: str | None = None
    scheduling_strategy: str = "REPLICA"
    task_definition: str = ""
    placement_constraints: tuple[PlacementConstraint, ...] = ()
    placement_strategy: tuple[PlacementStrategy, ...] = ()
    capacity_provider_strategy: tuple[dict[str, Any], ...] = ()
    deployment_configuration: dict[str, Any] = {}
    deployment_controller: dict[str, str] = {}
    deployments: tuple[Deployment, ...] = ()
    network_configuration: dict[str, Any] = {}
    load_balancers: tuple[dict[str, Any], ...] = ()
    health_check_grace_period_seconds: int | None = None
    availability_zone_rebalancing: str = "DISABLED"


class Cluster(Struct):
    """A cluster of ECS."""

    cluster_arn: str
    cluster_name: str
    status: str = "ACTIVE"
    capacity_providers: tuple[str, ...] = ()
    default_capacity_provider_strategy: tuple[dict[str, Any], ...] = ()
    settings: tuple[dict[str, str], ...] = ()


class CapacityProvider(Struct):
    """Where a cluster's capacity comes from: an Auto Scaling group, or Fargate."""

    capacity_provider_arn: str
    name: str
    status: str = "ACTIVE"
    auto_scaling_group_provider: dict[str, Any] = {}


STRUCTS: dict[str, type[Struct]] = {
    CLUSTER: Cluster, CONTAINER_INSTANCE: ContainerInstance, TASK_DEFINITION: TaskDefinition, SERVICE: Service,
    TASK: Task, CAPACITY_PROVIDER: CapacityProvider,
}  # fmt: skip
