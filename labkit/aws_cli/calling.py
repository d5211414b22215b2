"""Asking the lab's client: parameters, pages, waiters, and its errors in the command line's words.

Source: aws-cli v2, awscli/clidriver.py, awscli/customizations/{paginate,waiters}.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError, WaiterError

from labkit.aws_cli import failures
from labkit.aws_cli.model import Command, spelled
from labkit.aws_cli.parser import Line
from labkit.aws_cli.values import input_document, meant
from labkit.errors import LabError

Object = dict[str, Any]


def parameters(line: Line, command: Command, cwd: Path) -> Object:
    """The parameters of a call: those of a document, above them those of the options."""
    found = dict(input_document(*line.document, cwd)) if line.document else {}
    arguments = {one.name: one for one in command.arguments}
    return found | {name: meant(arguments[name], value, cwd) for name, value in line.given.items()}


def ask(lab: Any, line: Line, command: Command, cwd: Path) -> list[Object]:
    """Call an operation: its answer, or page by page where `--output text` prints it so; nothing of a waiter.

    Raises CommandError for whatever is wrong.
    """
    request = parameters(line, command, cwd)
    try:
        client = lab.boto3.client(line.service)
        if line.wait:
            client.get_waiter(xform_name(line.wait.waiter)).wait(**request)
            return []
        return _paged(client, line, command, request) if _turns(line, command) else [_once(client, command, request)]
    except ParamValidationError as error:
        raise failures.invalid(str(error)) from None
    except ClientError as error:
        raise failures.refused(error) from None
    except (WaiterError, BotoCoreError) as error:
        raise failures.general(error) from None
    except (NotImplementedError, LabError):
        raise failures.unanswered(f"{line.service} {spelled(command.operation)}") from None


def _turns(line: Line, command: Command) -> bool:
    """Whether the command line turns the pages: not where the caller does by the API's own parameters."""
    if not command.pages or not line.paginate:
        return False
    own = {command.pages["input_token"], command.pages.get("limit_key")}
    return not own & {*line.given}


def _once(client: Any, command: Command, request: Object) -> Object:
    answer = getattr(client, command.method)(**request)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _paged(client: Any, line: Line, command: Command, request: Object) -> list[Object]:
    pages = client.get_paginator(command.method).paginate(**request, PaginationConfig=line.paging)
    if line.output != "text":
        return [pages.build_full_result()]
    keys = {key.expression for key in pages.result_keys}
    found = [{name: value for name, value in page.items() if name in keys} for page in pages]
    more = [{"NextToken": {"NextToken": pages.resume_token}}] if pages.resume_token else []
    return [*found, *more]
