"""What all operations of ECS share: which cluster is meant, pages, failures, tags.

An operation is a function `(world, request) -> answer` of a `labkit.cluster.Cluster` and a dict in the API's names; it
raises AwsError. Answers may hold labkit's own fields: the client leaves out what the API's model doesn't name.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns, quotas
from labkit.errors import AwsError
from labkit.kinds import Key

Object = dict[str, Any]
Request = Mapping[str, Any]
Operation = Callable[[Cluster, Request], Object]

_ITEMS = {"tasks": "taskIds", "containerInstances": "instanceIds"}
NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")


def invalid(message: str) -> AwsError:
    """InvalidParameterException."""
    return AwsError("InvalidParameterException", message)


def refused(message: str) -> AwsError:
    """ClientException: the caller's fault, and the message says which."""
    return AwsError("ClientException", message)


def cluster_of(world: Cluster, request: Request) -> Key:
    """The cluster that a request means, `default` if it names none; ClusterNotFoundException."""
    key = arns.cluster_key(request.get("cluster"))
    found = world.get(key)
    if found is None or found["status"] == "INACTIVE":
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return key


def failure(arn: str, reason: str = "MISSING", detail: str = "") -> Object:
    """An entry of `failures`."""
    told = {"arn": arn, "reason": reason}
    return {**told, "detail": detail} if detail else told


def page(request: Request, items: Sequence[Any], field: str, usual: int = 100, most: int = 100) -> Object:
    """The page of `items` that a request asks for by maxResults and nextToken, and the token of the next one."""
    size = request.get("maxResults") or usual
    if not 1 <= size <= most:
        raise invalid(f"maxResults must be between 1 and {most}.")
    start = _offset(request["nextToken"]) if request.get("nextToken") else 0
    answer: Object = {field: list(items[start : start + size])}
    if start + size < len(items):
        answer["nextToken"] = base64.b64encode(f"after:{start + size}".encode()).decode()
    return answer


def _offset(token: str) -> int:
    try:
        word, _, number = base64.b64decode(token, validate=True).decode().partition(":")
        if word == "after":
            return int(number)
    except (ValueError, binascii.Error):
        pass
    raise invalid("Invalid token.")


def limited(request: Request, field: str, most: int, label: str) -> list[str]:
    """The names in a field; InvalidParameterException for none or for more than `most`."""
    names = list(request.get(field) or ())
    if not names:
        raise invalid(f"{label} cannot be empty.")
    if len(names) > most:
        raise invalid(f"{_ITEMS.get(field, field)} can have at most {most} items.")
    return names


def checked_tags(tags: Iterable[Mapping[str, str]] | None) -> list[Object]:
    """Tags as given, at most 50 and none of AWS's own."""
    chosen = [dict(tag) for tag in tags or ()]
    if len(chosen) > quotas.TAGS_PER_RESOURCE:
        raise invalid("Too many tags. The maximum number of tags per resource is 50.")
    if not all(tag.get("key") for tag in chosen):
        raise invalid("A tag must have a key.")
    if any(tag["key"].lower().startswith("aws:") for tag in chosen):
        raise invalid("Tag keys cannot start with aws:.")
    return chosen


def merged_tags(held: Iterable[Mapping[str, str]], new: Iterable[Mapping[str, str]]) -> list[Object]:
    """Tags with others set above them."""
    values = {tag["key"]: tag.get("value", "") for tag in [*held, *checked_tags(new)]}
    return checked_tags({"key": key, "value": value} for key, value in values.items())
