"""What a container does, declared: by annotations on its pod, or for all pods of a selector by `lab.behave`.

| annotation | meaning |
|---|---|
| labkit.dev/starts-in: 3s | so long after its start the application answers: probes pass |
| labkit.dev/ready: "never" | readiness probes never pass; without a probe the container is ready all the same |
| labkit.dev/live: "never" or 60s | liveness probes never pass, or so long after its start no longer |
| labkit.dev/exits-after: 30s | so long after its start the container ends |
| labkit.dev/exit-code: "1" | with which code it ends, 0 if not given |
| labkit.dev/stops-in: 2s | so long it takes to end after SIGTERM; the grace period is the limit |
| labkit.dev/post-start, labkit.dev/pre-stop: "fails" | that hook fails |
| labkit.dev/disk: 5Gi | what it writes to the node's disk once it answers; above its limit its pod is evicted |
| labkit.dev/processes: "200" | how many processes it has once it answers |
| labkit.dev/memory: 200Mi | what it uses once it answers; above its limit it is OOMKilled |
| labkit.dev/cpu: 250m | what it uses without load |
| labkit.dev/cost: 10ms | cpu time that a request of `lab.load` takes: see labkit.metrics.model |
| labkit.dev/latency: 20ms | how long a request takes in an idle pod |
| labkit.dev/timeout: 10s | after how long clients give up |
| labkit.dev/memory-per-request: 1Mi | memory that each request in flight takes; above the limit it is OOMKilled |
| labkit.dev/logs: text | what it writes, in each run |
| labkit.dev/image-error: text | the image can't be pulled, and this is what the registry says |

A plain command says its own (see `commands`), annotations go before it, each for all containers or for one of them:
`labkit.dev/exits-after.sidecar`. Before those goes what `lab.behave` says, the newest first; a ConfigMap of kube-system
keeps it, each entry with its moment, so that forks and looks into the past have it too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.errors import FieldError
from labkit.fields import durations, quantity, selectors
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.kubelet.commands import of_container

PREFIX = "labkit.dev/"
TABLE = Key("ConfigMap", "kube-system", "labkit-behaviour")
_NOTHING: Mapping[str, str] = {}
NEVER = "never"
FAILS = "fails"


class Behaviour(NamedTuple):
    """What one container does; None where nothing is declared. Times in seconds, memory in bytes, cpu in millicores."""

    starts_in: float | None = None
    ready: bool = True
    live_for: float = math.inf
    exits_after: float | None = None
    exit_code: int = 0
    stops_in: float | None = None
    memory: int | None = None
    cpu: int | None = None
    logs: str = ""
    image_error: str = ""
    cost: float | None = None
    latency: float | None = None
    timeout: float | None = None
    memory_per_request: int = 0
    post_start: bool = True
    pre_stop: bool = True
    disk: int | None = None
    processes: int | None = None


class Declared(NamedTuple):
    """One entry of the table: what the matching pods' containers do from the moment `since` on."""

    since: float
    selector: str
    namespace: str
    container: str
    words: dict[str, str]

    def concerns(self, pod: Pod) -> bool:
        """Whether it is about that pod."""
        meta = pod.metadata
        return meta.namespace == self.namespace and selectors.parse(self.selector).matches(meta.labels)


def behaviour(annotations: Mapping[str, str], container: str, plain: Mapping[str, str] = _NOTHING) -> Behaviour:
    """What the annotations say about a container, above what its command does. FieldError for an unreadable value."""
    names = {name.removeprefix(PREFIX).partition(".")[0]: None for name in annotations if name.startswith(PREFIX)}
    told = dict(plain)
    for name in names:
        text = annotations.get(f"{PREFIX}{name}.{container}", annotations.get(f"{PREFIX}{name}"))
        if text is not None:
            told[name] = text
    return read(told)


def of(cluster: Cluster, pod: Pod, container: str, at: float | None = None) -> Behaviour:
    """What a container does now, or did at a moment: its annotations, and above them what the table says."""
    notes = pod.metadata.annotations
    entries = [one for one in table(cluster) if at is None or one.since <= at]
    extra: dict[str, str] = {}
    for one in entries:
        if one.container in ("", container) and one.concerns(pod):
            extra |= {f"{PREFIX}{name}.{container}": text for name, text in one.words.items()}
    return behaviour({**notes, **extra} if extra else notes, container, _plain(pod, container))


def _plain(pod: Pod, name: str) -> Mapping[str, str]:
    """What a container does by its command alone."""
    for one in (*pod.spec.containers, *pod.spec.init_containers):
        if one.name == name:
            return of_container(one.image, one.command, one.args) if one.command or one.args else _NOTHING
    return _NOTHING


def read(words: Mapping[str, str]) -> Behaviour:
    """A behaviour from its words; FieldError for a value that can't be read."""
    return _read(tuple(words.items()))


@lru_cache(maxsize=1024)
def _read(told: tuple[tuple[str, str], ...]) -> Behaviour:
    words = dict(told)

    def seconds(name: str) -> float | None:
        return durations.seconds(words[name]) if name in words else None

    live = words.get("live", "")
    return Behaviour(
        starts_in=seconds("starts-in"),
        ready=words.get("ready") != NEVER,
        live_for=0.0 if live == NEVER else durations.seconds(live) if live not in ("", "always") else math.inf,
        exits_after=None if words.get("exits-after") == NEVER else seconds("exits-after"),
        exit_code=_code(words.get("exit-code") or "0"),
        stops_in=seconds("stops-in"),
        memory=quantity.value(words["memory"]) if "memory" in words else None,
        cpu=quantity.milli(words["cpu"]) if "cpu" in words else None,
        logs=words.get("logs", ""),
        image_error=words.get("image-error", ""),
        cost=seconds("cost"),
        latency=seconds("latency"),
        timeout=seconds("timeout"),
        memory_per_request=quantity.value(words.get("memory-per-request", "0")),
        post_start=words.get("post-start") != FAILS,
        pre_stop=words.get("pre-stop") != FAILS,
        disk=quantity.value(words["disk"]) if "disk" in words else None,
        processes=quantity.value(words["processes"]) if "processes" in words else None,
    )


def _code(text: str) -> int:
    if not text.isdigit() or int(text) > 255:
        raise FieldError(f"an exit code is a number from 0 to 255, not {text!r}")
    return int(text)


def table(cluster: Cluster) -> tuple[Declared, ...]:
    """All entries, oldest first."""
    held = cluster.get(TABLE)
    return _entries(tuple((held.get("data") or {}).values())) if held else ()


@lru_cache(maxsize=64)
def _entries(texts: tuple[str, ...]) -> tuple[Declared, ...]:
    return tuple(Declared(**json.loads(text)) for text in texts)


def declare(cluster: Cluster, selector: str, namespace: str, container: str, told: Mapping[str, Any]) -> None:
    """Add an entry to the table: `told` by the names of `lab.behave`. FieldError for a value that can't be read.

    TypeError for a name that isn't in NAMES.
    """
    words = worded(told)
    selectors.parse(selector)
    entry = Declared(cluster.clock.now, selector, namespace, container, words)
    data = {f"{len(table(cluster)):04}": json.dumps(entry._asdict())}
    if cluster.get(TABLE) is None:
        meta = {"name": TABLE.name, "namespace": TABLE.namespace}
        cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data})
    else:
        cluster.patch(TABLE, {"data": data})


def worded(told: Mapping[str, Any]) -> dict[str, str]:
    """What is told by the names of `lab.behave`, as annotations have it. FieldError for a value that can't be read.

    TypeError for a name that isn't in NAMES.
    """
    if unknown := next((name for name in told if name not in NAMES), None):
        raise TypeError(f"a container can't be told {unknown!r}; it can be told {', '.join(NAMES)}")
    chosen = {name: value for name, value in told.items() if value is not None}
    words = dict(_worded(name, value) for name, value in chosen.items())
    if "crashes_after" in chosen and "exit_code" not in chosen:
        words["exit-code"] = "1"
    read(words)
    return words


def _worded(name: str, value: Any) -> tuple[str, str]:
    """A keyword and its value as the annotation of the same meaning: `ready=False` is `ready: never`."""
    name = {"crashes_after": "exits-after"}.get(name, name).replace("_", "-")
    if isinstance(value, bool) and name in ("post-start", "pre-stop"):
        return name, "works" if value else FAILS
    if isinstance(value, bool):
        if name not in ("ready", "live"):
            raise FieldError(f"{name} is a time or an amount, not {value}")
        return name, "always" if value else NEVER
    if isinstance(value, list | tuple):
        return name, "\n".join(map(str, value))
    return name, f"{value}s" if isinstance(value, int | float) and name in _TIMES else str(value)


NAMES = (
    "starts_in", "ready", "live", "crashes_after", "exits_after", "exit_code", "stops_in", "memory", "cpu", "logs",
    "image_error", "cost", "latency", "timeout", "memory_per_request",
    "post_start", "pre_stop", "disk", "processes",
)  # fmt: skip
_TIMES = ("starts-in", "exits-after", "stops-in", "live", "cost", "latency", "timeout")
