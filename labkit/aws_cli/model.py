"""Commands and options by the spelling of the command line, from botocore's service models.

Source: aws-cli v2, awscli/clidriver.py, awscli/customizations/paginate.py; botocore's xform_name.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from botocore import xform_name
from botocore.session import Session

BESIDE = ("wait", "help")
"""What stands beside a service's operations."""


class Argument(NamedTuple):
    """One option of an operation: `--flag` for the member `name` of its input."""

    flag: str
    name: str
    shape: Any
    required: bool

    @property
    def is_flag(self) -> bool:
        """Whether it takes no value: `--force`, `--no-force`."""
        return bool(self.shape.type_name == "boolean")

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return bool(self.shape.type_name == "list")


class Command(NamedTuple):
    """An operation: as the API names it, as a client's method is called, its options, how its pages turn."""

    service: str
    operation: str
    method: str
    arguments: tuple[Argument, ...]
    pages: dict[str, Any] | None
    model: Any


class Wait(NamedTuple):
    """A waiter by its API name, and the options of the operation it looks with."""

    name: str
    waiter: str
    command: Command


@cache
def _session() -> Any:
    return Session()


@cache
def services() -> tuple[str, ...]:
    """Every service that the real command knows."""
    return tuple(_session().get_available_services())


@cache
def operations(service: str) -> dict[str, str]:
    """The operations of a service: `run-task` to RunTask."""
    return {spelled(name): name for name in _session().get_service_model(service).operation_names}


@cache
def waiters(service: str) -> dict[str, str]:
    """The waiters of a service: `services-stable` to ServicesStable."""
    if not _session().get_component("data_loader").list_available_services("waiters-2").count(service):
        return {}
    return {spelled(name): name for name in _session().get_waiter_model(service).waiter_names}


def spelled(name: str) -> str:
    """A name of the API as the command line spells it: `taskDefinition` is `task-definition`."""
    return str(xform_name(name, "-"))


@cache
def command(service: str, operation: str) -> Command:
    """An operation of a service by its API name."""
    model = _session().get_service_model(service).operation_model(operation)
    shape = model.input_shape
    members = shape.members if shape else {}
    required = shape.required_members if shape else ()
    arguments = [Argument(spelled(name), name, each, name in required) for name, each in members.items()]
    return Command(service, operation, xform_name(operation), tuple(arguments), _pages(service, operation), model)


def wait(service: str, name: str) -> Wait:
    """A waiter by the command line's spelling."""
    waiter = waiters(service)[name]
    config = _session().get_waiter_model(service).get_waiter(waiter)
    return Wait(name, waiter, command(service, config.operation))


def _pages(service: str, operation: str) -> dict[str, Any] | None:
    """How the pages of an operation turn; None if it answers with one."""
    try:
        found: dict[str, Any] = _session().get_paginator_model(service).get_paginator(operation)
    except ValueError:
        return None
    return found
