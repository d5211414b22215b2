"""What makes a service wrong: one rule a function; and the defaults that follow from what was asked.

Source: botocore 1.44 ecs CreateService, DeploymentConfiguration; ECS developer guide, "Service definition parameters";
literal messages from public reports where they are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labkit.ecs import fargate, quotas
from labkit.ecs.ordering import check_compatible, check_fargate, check_network
from labkit.ecs.placement import check_placement
from labkit.ecs.requests import NAME, Object, Request, invalid
from labkit.kinds.ecs import ZONE_ATTRIBUTE, TaskDefinition

ZONE_FIELD = f"attribute:{ZONE_ATTRIBUTE}"
BOUNDS = {"REPLICA": (200, 100), "DAEMON": (100, 0)}
"""maximumPercent and minimumHealthyPercent of each scheduling strategy, unless told."""


def check(definition: TaskDefinition, service: Request) -> None:
    """InvalidParameterException for the first rule that a service breaks; `service` has all that will be its own."""
    for rule in RULES:
        rule(definition, service)


def is_daemon(service: Request) -> bool:
    """Whether it runs one task on each instance."""
    return service.get("schedulingStrategy") == "DAEMON"


def is_on_fargate(service: Request) -> bool:
    """Whether its tasks run on Fargate, by launch type or by capacity providers."""
    providers = {one["capacityProvider"] for one in service.get("capacityProviderStrategy") or ()}
    return service.get("launchType") == "FARGATE" or bool(providers & set(fargate.PROVIDERS))


def _name(definition: TaskDefinition, service: Request) -> None:
    if not NAME.fullmatch(service["serviceName"]):
        raise invalid("Invalid service name.")


def _count(definition: TaskDefinition, service: Request) -> None:
    if (service.get("desiredCount") or 0) < 0:
        raise invalid("desiredCount must not be negative.")
    if (service.get("desiredCount") or 0) > quotas.TASKS_PER_SERVICE:
        raise invalid(f"A service can have at most {quotas.TASKS_PER_SERVICE} tasks.")


def _launch(definition: TaskDefinition, service: Request) -> None:
    providers = tuple(one["capacityProvider"] for one in service.get("capacityProviderStrategy") or ())
    on_fargate = is_on_fargate(service)
    if service.get("launchType") or on_fargate:
        check_compatible(definition, service.get("launchType") or "FARGATE")
    fargate.check_address(service.get("networkConfiguration"), on_fargate)
    if on_fargate:
        check_fargate(definition, service.get("placementConstraints") or (), service.get("placementStrategy") or ())
        if is_daemon(service):
            raise invalid("The daemon scheduling strategy is not supported with FARGATE launch type.")
        fargate.check(definition, providers, service.get("platformVersion") or "")


def _network(definition: TaskDefinition, service: Request) -> None:
    check_network(definition, service.get("networkConfiguration"))


def _placement(definition: TaskDefinition, service: Request) -> None:
    constraints, strategy = service.get("placementConstraints") or (), service.get("placementStrategy") or ()
    check_placement(constraints, strategy, len(definition.placement_constraints))
    if is_daemon(service) and strategy:
        raise invalid("Placement strategies are not supported with the daemon scheduling strategy.")


def _percent(definition: TaskDefinition, service: Request) -> None:
    held = service["deploymentConfiguration"]
    most, least = held["maximumPercent"], held["minimumHealthyPercent"]
    if is_daemon(service) and most != 100:
        raise invalid("The daemon scheduling strategy supports only a maximumPercent of 100.")
    if least < 0 or most < 100 or least > most:
        told = "maximumPercent must be at least 100, minimumHealthyPercent at least 0 and not above it"
        raise invalid(f"Invalid deployment configuration: {told}.")
    if held.get("strategy", "ROLLING") != "ROLLING" and is_daemon(service):
        raise invalid("The daemon scheduling strategy supports rolling deployments only.")


def _balancers(definition: TaskDefinition, service: Request) -> None:
    balancers = service.get("loadBalancers") or ()
    if len(balancers) > quotas.TARGET_GROUPS_PER_SERVICE:
        raise invalid("load balancers can have at most 5 items.")
    containers = {one.name: one for one in definition.container_definitions}
    for one in balancers:
        name, port = one.get("containerName"), one.get("containerPort")
        if name not in containers:
            raise invalid(f"The container {name} does not exist in the task definition.")
        if port not in [mapping.container_port for mapping in containers[name].port_mappings]:
            raise invalid(f"The container {name} did not have a container port {port} defined.")


def _volumes(definition: TaskDefinition, service: Request) -> None:
    if not service.get("volumeConfigurations"):
        return
    if is_daemon(service) or (service.get("deploymentController") or {}).get("type", "ECS") != "ECS":
        raise invalid("Volumes that are configured at launch need the REPLICA strategy and the ECS controller.")


def _zones(definition: TaskDefinition, service: Request) -> None:
    if service.get("availabilityZoneRebalancing") == "ENABLED" and (why := unbalanceable(service)):
        raise invalid(f"Availability Zone rebalancing is not supported: {why}.")


def unbalanceable(service: Mapping[str, Any]) -> str:
    """Why a service can't be rebalanced over zones; "" if it can."""
    strategy = service.get("placementStrategy") or ()
    constraints = service.get("placementConstraints") or ()
    if is_daemon(service):
        return "the service is a daemon"
    if (service.get("deploymentController") or {}).get("type", "ECS") == "EXTERNAL":
        return "the deployment controller is EXTERNAL"
    if service["deploymentConfiguration"]["maximumPercent"] == 100:
        return "maximumPercent is 100"
    if any(one.get("loadBalancerName") for one in service.get("loadBalancers") or ()):
        return "the load balancer is a Classic Load Balancer"
    if any(ZONE_ATTRIBUTE in (one.get("expression") or "") for one in constraints):
        return f"a placement constraint names {ZONE_ATTRIBUTE}"
    if strategy and (strategy[0].get("type"), strategy[0].get("field")) != ("spread", ZONE_FIELD):
        return "the first placement strategy is not a spread over Availability Zones"
    return ""


RULES: tuple[Callable[[TaskDefinition, Request], None], ...] = (
    _name, _count, _launch, _network, _placement, _percent, _balancers, _volumes, _zones,
)  # fmt: skip


def deployment_configuration(given: Mapping[str, Any] | None, scheduling: str) -> Object:
    """The deployment configuration with its defaults."""
    most, least = BOUNDS[scheduling]
    breaker = {"enable": False, "rollback": False, **((given or {}).get("deploymentCircuitBreaker") or {})}
    usual = {"maximumPercent": most, "minimumHealthyPercent": least, "strategy": "ROLLING", "bakeTimeInMinutes": 0}
    full = {**usual, **{name: value for name, value in (given or {}).items() if value is not None}}
    return {**full, "deploymentCircuitBreaker": breaker}
