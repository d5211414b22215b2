"""Adapters of the tables crashloop and eviction_rank: labkit.kubelet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.fields import durations, quantity
from labkit.kubelet import backoff, eviction, images

Row = dict[str, Any]

_POD = "web_default(u1)"


def crash_loop(row: Row) -> list[Row]:
    """When a container that ends after so many seconds each time is started again."""
    now, previous, found = 0.0, None, []
    for ran in row["container_run_seconds"]:
        now += ran
        previous = backoff.next_wait(previous, ran)
        found.append({"exited_at": now, "restarted_at": now + previous, "wait": previous} | _waiting(previous))
        now += previous
    return found


def _waiting(wait: float) -> Row:
    text = f"back-off {durations.format_go(wait)} restarting failed container=main pod={_POD}"
    return {"waiting_message": text} if wait else {}


def restarted(row: Row) -> bool:
    """Whether a container is started again."""
    if row["state"] != "exited":
        return bool(row["state"] != "running")
    return backoff.restarts(row["restartPolicy"], row["exit_code"], row.get("container_restartPolicy", ""))


def pulls(row: Row) -> Row:
    """The attempts to pull an image, looked at every so many seconds, and the pod's first states."""
    image, error = row["image"], row["pull_error"]
    reason, why = images.pull_failure(image, error)
    attempts: list[int] = []
    states: list[Row] = []
    for now in range(0, row["until_s"], row["sync_every_s"]):
        if attempts and now - attempts[-1] < backoff.pull_wait(len(attempts)):
            text = f'Back-off pulling image "{image}": {reason}: {why}'
            _enter(states, {"t": now, "reason": "ImagePullBackOff", "message": text})
            continue
        attempts.append(now)
        if 0 <= row["succeeds_from_s"] <= now:
            _enter(states, {"t": now, "reason": "pulled", "message": ""})
            break
        _enter(states, {"t": now, "reason": reason, "message": why})
    return {"pull_attempts_at": attempts, "states": states[:4], "distinct_events": _events(image, error, states)}


def _enter(states: list[Row], state: Row) -> None:
    if not states or states[-1]["reason"] != state["reason"]:
        states.append(state)


def _events(image: str, error: str, states: list[Row]) -> list[str]:
    """The pulls of the recording took 1.5 s and brought 1000 bytes."""
    seen = {state["reason"] for state in states}
    found = [f'Normal Pulling Pulling image "{image}"', f'Warning Failed Failed to pull image "{image}": {error}']
    found += [f'Normal BackOff Back-off pulling image "{image}"'] if "ImagePullBackOff" in seen else []
    pulled = (
        f'Normal Pulled Successfully pulled image "{image}" in 1.5s (0s including waiting). Image size: 1000 bytes.'
    )
    return [*found, pulled] if "pulled" in seen else found


def memory_order(row: Row) -> Row:
    """The order in which pods go under memory pressure, and what the first is told."""
    return _order(row, "memory", [_used(pod, pod["usage_bytes"], pod["usage_bytes"]) for pod in row["pods"]])


def disk_order(row: Row) -> Row:
    """The same under disk pressure."""
    rootless = "separate imagefs (logs" in row["fs"]
    pods = [_on_disk(pod, rootless) for pod in row["pods"]]
    answer = _order(row, "ephemeral-storage", pods)
    return {name: answer[name] for name in ("order", "first_pod_message")}


def _on_disk(pod: Row, rootless: bool) -> eviction.Usage:
    if pod["usage_bytes"] is None:
        return _used(pod, None, None)
    root, logs, scratch = (pod.get(name) or 0 for name in ("usage_bytes", "logs_bytes", "emptydir_bytes"))
    return _used(pod, logs + scratch + (0 if rootless else root), root + logs)


def _used(pod: Row, used: int | None, by_container: int | None) -> eviction.Usage:
    asked = quantity.value(pod["request"]) if pod["request"] else 0
    containers = () if by_container is None else (eviction.ContainerUsage("main", by_container, asked),)
    return eviction.Usage(pod["name"], pod["priority"], asked, used, containers)


def _order(row: Row, resource: str, pods: list[eviction.Usage]) -> Row:
    order = eviction.ranked(pods)
    threshold = eviction.parsed(f"{resource}.available", row["threshold"], known=False)
    assert threshold is not None
    limit = eviction.amount(threshold, quantity.value(row["capacity"]) if "capacity" in row else 0)
    return {
        "order": [pod.name for pod in order],
        "first_pod_message": eviction.message(order[0], resource, limit, quantity.parse(row["available"])),
        "first_pod_annotations": eviction.event_annotations(order[0], resource),
    }


def threshold(row: Row) -> Row | None:
    """What a threshold of the kubelet's configuration means."""
    found = eviction.parsed(row["signal"], row["value"])
    if found is None:
        return None
    if found.quantity is not None:
        return {"operator": "LessThan", "quantity": str(found.quantity)}
    return {"operator": "LessThan", "percentage": found.part}


def threshold_amount(row: Row) -> Row:
    """How many bytes a part of the capacity is."""
    found = eviction.amount(eviction.Threshold(part=row["percentage"]), quantity.value(row["capacity"]))
    return {"bytes": found.value(), "canonical": str(found)}


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("crashloop", "doBackOff"): crash_loop,
    ("crashloop", "ShouldContainerBeRestarted"): restarted,
    ("crashloop", "pullImage"): pulls,
    ("crashloop", "applyDefaultImageTag"): lambda row: images.with_default_tag(row["image"]),
    ("eviction_rank", "rankMemoryPressure"): memory_order,
    ("eviction_rank", "rankDiskPressure"): disk_order,
    ("eviction_rank", "parseThresholdStatement"): threshold,
    ("eviction_rank", "GetThresholdQuantity"): threshold_amount,
}
