"""What is to be started: one order for as many equal tasks as wanted, checked. RunTask, StartTask, services give it.

Source: botocore 1.44 ecs, RunTask; literal messages from public reports.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns, capabilities, capacityproviders, fargate, quotas, volumes
from labkit.ecs.placement import check_placement
from labkit.ecs.requests import Object, Request, checked_tags, invalid, refused
from labkit.kinds import Key
from labkit.kinds.ecs import TaskDefinition

EC2 = ("EC2", "EXTERNAL")


@dataclass(frozen=True)
class Order:
    """Tasks to start: of which definition (its key), in which cluster, how, and what they are told.

    `more`: further fields of the tasks, labkit's own or the API's. `constraints`, `strategy`: as requests have them.
    `volumes`: as `volumes.configured` completes them.
    """

    cluster: Key
    definition: Key
    group: str
    launch_type: str = "EC2"
    started_by: str = ""
    overrides: Object = field(default_factory=dict)
    network: Object = field(default_factory=dict)
    constraints: tuple[Object, ...] = ()
    strategy: tuple[Object, ...] = ()
    tags: tuple[Object, ...] = ()
    execute_command: bool = False
    capacity_provider: str = ""
    platform_version: str = ""
    load_balancers: tuple[Object, ...] = ()
    volumes: tuple[Object, ...] = ()
    more: Object = field(default_factory=dict)

    @property
    def is_fargate(self) -> bool:
        """Whether nothing has to be placed."""
        return self.launch_type == "FARGATE"

    @property
    def subnets(self) -> tuple[str, ...]:
        """The subnets its interfaces may be in."""
        return tuple((self.network.get("awsvpcConfiguration") or {}).get("subnets") or ())

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of those subnets that the lab's network knows."""
        return capabilities.zones_of(self.subnets)


def order(world: Cluster, cluster: Key, definition: Key, request: Request) -> Order:
    """The order that a RunTask or StartTask request makes; InvalidParameterException or ClientException."""
    read: TaskDefinition = world.read(definition)
    launch_type = _launch_type(world, read, request)
    check_network(read, request.get("networkConfiguration"))
    constraints = tuple(request.get("placementConstraints") or ())
    strategy = tuple(request.get("placementStrategy") or ())
    fargate.check_address(request.get("networkConfiguration"), launch_type == "FARGATE")
    if launch_type == "FARGATE":
        check_fargate(read, constraints, strategy)
        providers = tuple(one["capacityProvider"] for one in strategy_of(world, request))
        role = (request.get("overrides") or {}).get("executionRoleArn") or ""
        fargate.check(read, providers, request.get("platformVersion") or "", role)
    check_placement(constraints, strategy, len(read.placement_constraints))
    return Order(
        cluster,
        definition,
        _group(read, request),
        launch_type,
        _limited(request, "startedBy", quotas.STARTED_BY_LENGTH),
        _overrides(read, request.get("overrides") or {}),
        dict(request.get("networkConfiguration") or {}),
        constraints,
        strategy,
        tuple(_tags(world, definition, request)),
        bool(request.get("enableExecuteCommand")),
        platform_version=request.get("platformVersion") or "",
        volumes=volumes.configured(world, read, request.get("volumeConfigurations"), launch_type == "FARGATE"),
    )


def _launch_type(world: Cluster, definition: TaskDefinition, request: Request) -> str:
    if request.get("launchType") and request.get("capacityProviderStrategy"):
        raise invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    strategy = strategy_of(world, request)
    on_fargate = bool(strategy) and strategy[0]["capacityProvider"] in capacityproviders.FARGATE
    wanted: str = request.get("launchType") or ("FARGATE" if on_fargate else "EC2")
    check_compatible(definition, wanted)
    return wanted


def strategy_of(world: Cluster, request: Request) -> list[Object]:
    """The capacity provider strategy of a request: its own, or the cluster's where it has no launch type either."""
    held = world.require(arns.cluster_key(request.get("cluster")))
    given = request.get("capacityProviderStrategy")
    if given is None and not request.get("launchType"):
        given = held["defaultCapacityProviderStrategy"]
    return capacityproviders.checked_strategy(given, held["capacityProviders"])


def check_fargate(definition: TaskDefinition, constraints: Sequence[Any], strategy: Sequence[Any]) -> None:
    """InvalidParameterException for what placement does on instances only."""
    if strategy:
        raise invalid("Placement strategies are not supported with FARGATE launch type.")
    if constraints or definition.placement_constraints:
        raise invalid("Placement constraints are not supported with FARGATE launch type.")


def check_compatible(definition: TaskDefinition, launch_type: str) -> None:
    """InvalidParameterException where tasks of a definition can't run that way."""
    asked = definition.requires_compatibilities
    if launch_type not in (asked or definition.compatibilities):
        raise invalid(f"Task definition does not support launch_type {launch_type}.")


def check_network(definition: TaskDefinition, network: Mapping[str, Any] | None) -> None:
    """InvalidParameterException where network configuration and network mode don't agree."""
    vpc = (network or {}).get("awsvpcConfiguration")
    if definition.network_mode == "awsvpc" and not vpc:
        raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    if definition.network_mode != "awsvpc" and vpc:
        raise invalid("Network Configuration is not valid for the given networkMode of this task definition.")
    if vpc and len(vpc.get("subnets") or ()) > quotas.SUBNETS_PER_TASK:
        raise invalid("subnets can have at most 16 items.")
    if vpc and len(vpc.get("securityGroups") or ()) > quotas.SECURITY_GROUPS_PER_TASK:
        raise invalid("securityGroups can have at most 5 items.")


def _group(definition: TaskDefinition, request: Request) -> str:
    group = _limited(request, "group", quotas.GROUP_LENGTH)
    if group.startswith(("service:", "family:")) and group != f"family:{definition.family}":
        raise invalid("The task group name cannot start with service: or family:.")
    return group or f"family:{definition.family}"


def _limited(request: Request, name: str, most: int) -> str:
    text: str = request.get(name) or ""
    if len(text) > most:
        raise invalid(f"{name} can have at most {most} characters.")
    return text


def _overrides(definition: TaskDefinition, overrides: Mapping[str, Any]) -> Object:
    if len(json.dumps(dict(overrides))) > quotas.OVERRIDES_LENGTH:
        raise invalid(f"Overrides can have at most {quotas.OVERRIDES_LENGTH} characters.")
    names = [one.name for one in definition.container_definitions]
    for one in overrides.get("containerOverrides") or ():
        if one.get("name") not in names:
            raise invalid(f"Override for container named {one.get('name')} is not a container in the TaskDefinition.")
    return dict(overrides)


def _tags(world: Cluster, definition: Key, request: Request) -> list[Object]:
    propagated = request.get("propagateTags")
    if propagated == "SERVICE":
        raise invalid("propagateTags can be SERVICE only where a service starts the tasks.")
    inherited = world.require(definition)["tags"] if propagated == "TASK_DEFINITION" else []
    given = checked_tags(request.get("tags"))
    keys = {tag["key"] for tag in given}
    cluster = arns.cluster_key(request.get("cluster")).name
    managed = [{"key": "aws:ecs:clusterName", "value": cluster}] if request.get("enableECSManagedTags") else []
    return [*managed, *given, *(tag for tag in inherited if tag["key"] not in keys)]


def check_token(request: Request) -> str:
    """The clientToken a caller chose, "" if none; ClientException for one too long."""
    token: str = request.get("clientToken") or ""
    if len(token) > quotas.CLIENT_TOKEN_LENGTH or not token.isascii():
        raise refused("The client token must be at most 64 ASCII characters.")
    return token
