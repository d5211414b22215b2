"""boto3's clients over a lab: real ones, of botocore, whose calls are answered here and never leave the machine.

Parameters are checked, exceptions raised, pages turned and help written by botocore itself, so that code written here
moves to the real client unchanged. Only waiters differ: they let the lab's time pass. botocore is imported when the
first client is made. Source: botocore 1.44, client.py (`before-call`, as its own Stubber uses it), waiter.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from labkit.clock import EPOCH
from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.ecs.operations import OPERATIONS
from labkit.ecs.requests import Operation
from labkit.errors import AwsError, LabError

Run = Callable[[float], Any]
Services = Mapping[str, Mapping[str, Operation]]

SERVICES: Services = {"ecs": OPERATIONS}
_GIVEN = "labkit-parameters"


class Boto3:
    """What stands for the module boto3: `client("ecs")` makes a client over the lab.

    `run` lets so many virtual seconds pass: waiters wait by it. `services`: the operations of each service by name.
    """

    def __init__(self, world: Cluster, run: Run, services: Services = SERVICES) -> None:
        self._world, self._run, self._services = world, run, services
        self._clients: dict[str, Any] = {}

    def client(self, service_name: str, **unused: Any) -> Any:
        """A client of a service, one for each lab; region and credentials are of no account.

        LabError for a service that the lab doesn't have.
        """
        if service_name not in self._services:
            raise LabError(f"the lab has no service {service_name!r}", f"It has: {', '.join(self._services)}.")
        if service_name not in self._clients:
            answers = Answers(self._world, self._services[service_name])
            self._clients[service_name] = make_client(service_name, answers, self._run)
        return self._clients[service_name]


def make_client(service: str, answers: Answers, run: Run) -> Any:
    """A client of botocore that asks `answers`."""
    from botocore.config import Config

    config = Config(ignore_configured_endpoint_urls=True, parameter_validation=True)
    client = _session().create_client(
        service, region_name=arns.REGION, aws_access_key_id="lab", aws_secret_access_key="lab", config=config
    )
    client.labkit_run = run
    client.meta.events.register_first("provide-client-params.*.*", _keep)
    client.meta.events.register_first("before-call.*.*", answers.answer)
    return client


@cache
def _session() -> Any:
    """A session that reads neither configuration nor credentials of this machine."""
    from botocore.session import Session

    nothing = (None, None, os.devnull, None)
    session = Session({"config_file": nothing, "credentials_file": nothing, "profile": (None, None, None, None)})
    session.register("creating-client-class", _let_time_pass)
    return session


def _let_time_pass(base_classes: list[type], **unused: Any) -> None:
    base_classes.insert(0, _waiting())


@cache
def _waiting() -> type:
    """The part of a client whose waiters wait in the lab's time."""
    from botocore.client import BaseClient
    from botocore.waiter import NormalizedOperationMethod, Waiter

    class WaitsInLab(BaseClient):  # type: ignore[misc, unused-ignore]
        def get_waiter(self, waiter_name: str) -> Any:
            """A waiter that lets the lab's time pass between its looks."""
            waiter = super().get_waiter(waiter_name)
            call = NormalizedOperationMethod(getattr(self, _method(self, waiter.config.operation)))
            waiter.wait = _wait(Waiter, waiter, call, self.labkit_run)
            return waiter

    return WaitsInLab


def _method(client: Any, operation: str) -> str:
    names: Mapping[str, str] = client.meta.method_to_api_mapping
    return next(name for name, api in names.items() if api == operation)


def _wait(waiter_class: Any, waiter: Any, call: Callable[..., Any], run: Run) -> Callable[..., None]:
    def wait(**kwargs: Any) -> None:
        """Look, let time pass, look again: until it is so, or as often as the waiter's configuration says."""
        config = dict(kwargs.pop("WaiterConfig", None) or {})
        delay = config.get("Delay", waiter.config.delay)
        looks = iter((0.0,))

        def look(**parameters: Any) -> Any:
            run(next(looks, delay))
            return call(**parameters)

        waiter_class(waiter.name, waiter.config, look).wait(**kwargs, WaiterConfig={**config, "Delay": 0})

    return wait


def _keep(params: Mapping[str, Any], context: dict[str, Any], **unused: Any) -> None:
    # Before botocore adds a token of its own: a random one would make two equal labs differ.
    context[_GIVEN] = dict(params)


class Answers:
    """Answers the calls of one service from a world."""

    def __init__(self, world: Cluster, operations: Mapping[str, Operation]) -> None:
        self._world, self._operations, self._calls = world, operations, 0

    def answer(self, model: Any, context: Mapping[str, Any], **unused: Any) -> tuple[Any, dict[str, Any]]:
        """A response and what was parsed of it, in place of a real call's."""
        self._calls += 1
        status, body = self._outcome(model, context[_GIVEN])
        request_id = arns.uuid_of(f"{model.name}/{self._calls}")
        headers = {"x-amzn-requestid": request_id, "content-type": "application/x-amz-json-1.1"}
        meta = {"RequestId": request_id, "HTTPStatusCode": status, "HTTPHeaders": headers, "RetryAttempts": 0}
        return SimpleNamespace(status_code=status, headers=headers), {**body, "ResponseMetadata": meta}

    def _outcome(self, model: Any, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        operation = self._operations.get(model.name)
        if operation is None:
            raise NotImplementedError(f"the lab doesn't answer {model.service_model.service_name} {model.name}")
        try:
            body = operation(self._world, deepcopy(dict(request)))
        except AwsError as refusal:
            error = {"Code": refusal.code, "Message": refusal.message}
            return 400, {"Error": error, "message": refusal.message, **({"hint": refusal.hint} if refusal.hint else {})}
        return 200, rendered(model.output_shape, body) if model.output_shape is not None else {}


def rendered(shape: Any, value: Any) -> Any:
    """A value as botocore parses it: members of the shape only, nothing that is None, moments as datetimes."""
    if shape.type_name == "structure":
        members = shape.members
        return {name: rendered(members[name], value[name]) for name in members if value.get(name) is not None}
    if shape.type_name == "list":
        return [rendered(shape.member, one) for one in value]
    if shape.type_name == "map":
        return {name: rendered(shape.value, one) for name, one in value.items()}
    return _moment(value) if shape.type_name == "timestamp" else value


def _moment(value: str | float | datetime) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    return datetime.fromtimestamp(EPOCH.timestamp() + value, UTC)
