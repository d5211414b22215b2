"""`kubectl wait`: let virtual time pass until objects are as wanted.

Source: kubectl pkg/cmd/wait/{wait,condition,json,delete}.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.errors import ApiError, CommandError, FieldError
from labkit.fields import durations
from labkit.kinds import Key
from labkit.kubectl import jsonpath
from labkit.kubectl.call import Call
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import ALL_NAMESPACES, FILENAME, RECURSIVE, SELECTOR_FLAGS, Item, select

Object = dict[str, Any]
Test = Callable[[Object | None], bool]
"""Whether an object (None if it is gone) is as wanted."""

WEEK = 7 * 24 * 3600.0


@command(
    "wait",
    "kubectl wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) "
    "[--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
    "Wait for a specific condition on one or many resources, in virtual time.",
    ALL_NAMESPACES,
    *SELECTOR_FLAGS,
    FILENAME,
    RECURSIVE,
    Flag("all", "", "bool", help="All objects of the kind"),
    Flag("for", help="condition=NAME[=VALUE], jsonpath=…, delete or create"),
    Flag("timeout", "", "duration", "30s", help="How long to wait; 0 looks once, less waits for a week"),
    Flag("output", "o", help="Not simulated"),
)
def wait(call: Call) -> None:
    """Run the lab until every object passes, or the time is up."""
    wanted = call.flags["for"]
    test = wanted_state(wanted)
    seconds = _timeout(call.flags["timeout"])
    items = _items(call, wanted)
    for item in items:
        if _passes_within(call, item.key, test, seconds):
            call.out(f"{item.typed_name} condition met")
        else:
            call.err(f"error: timed out waiting for the condition on {item.kind.plural}/{item.key.name}")
            call.exit_code = 1


def _items(call: Call, wanted: str) -> list[Item]:
    found = select(call)
    missing = [error for error in found.errors if not (wanted == "delete" and _is_not_found(error))]
    if missing:
        raise missing[0]
    if not found.items and wanted != "delete":
        raise CommandError("error: no matching resources found")
    return found.items


def _is_not_found(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.reason == "NotFound"


def _timeout(text: str) -> float:
    try:
        seconds = durations.parse_go(text) / 1e9
    except FieldError as error:
        raise CommandError(
            f'error: invalid argument "{text}" for "--timeout" flag: {error}\nSee \'kubectl wait --help\' for usage.'
        ) from None
    return WEEK if seconds < 0 else seconds


def _passes_within(call: Call, key: Key, test: Test, seconds: float) -> bool:
    if not test(call.cluster.get(key)) and seconds:
        call.lab.run(seconds, until=lambda lab: test(lab.cluster.get(key)))
    return test(call.cluster.get(key))


def wanted_state(wanted: str) -> Test:
    """The test that `--for` describes; CommandError if it describes none."""
    lowered = wanted.lower()
    if lowered == "delete":
        return lambda obj: obj is None
    if lowered == "create":
        return lambda obj: obj is not None
    if lowered.startswith("condition="):
        name, _, value = wanted[len("condition=") :].partition("=")
        return lambda obj: _has_condition(obj, name, value or "true")
    if lowered.startswith("jsonpath="):
        return _path_test(wanted[len("jsonpath=") :])
    raise CommandError(f'error: unrecognized condition: "{wanted}"')


def _has_condition(obj: Object | None, name: str, value: str) -> bool:
    """Whether the condition has the value, told about the object's present generation."""
    status = (obj or {}).get("status") or {}
    for condition in status.get("conditions") or ():
        if condition.get("type", "").lower() == name.lower():
            seen = condition.get("observedGeneration") or status.get("observedGeneration")
            generation = (obj or {})["metadata"].get("generation")
            stale = bool(seen and generation and seen < generation)
            return not stale and str(condition.get("status", "")).lower() == value.lower()
    return False


def _path_test(text: str) -> Test:
    path, equals, value = _split_path(text)
    try:
        template = jsonpath.relaxed(path.strip("'\""))
        jsonpath.parse(template)
    except jsonpath.JSONPathError as error:
        raise CommandError(f"error: {error}") from None
    if equals and not value:
        raise CommandError("error: jsonpath wait value cannot be empty")
    return lambda obj: obj is not None and _path_holds(template, obj, value.strip("'\"") if equals else None)


def _split_path(text: str) -> tuple[str, str, str]:
    """A path may hold `=` in a filter: the sign that counts stands behind the closing brace."""
    brace = text.rfind("}")
    path, equals, value = text[brace + 1 :].partition("=")
    return text[: brace + 1] + path, equals, value


def _path_holds(template: str, obj: Object, value: str | None) -> bool:
    try:
        values = [each for results in jsonpath.find(template, obj) for each in results]
    except jsonpath.JSONPathError as error:
        raise CommandError(f"error: {error}") from None
    if value is None:
        return bool(values)
    return len(values) == 1 and jsonpath.go_value(values[0]) == value
