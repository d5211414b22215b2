"""Declared loads and values, kept in ConfigMaps of kube-system so that forks and looks into the past have them too.

The load on a Service: `labkit-load`, one entry a Service. Values of custom and external metrics: `labkit-metrics`.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.errors import ApiError, FieldError
from labkit.kinds import ecs
from labkit.kinds.registry import Key
from labkit.metrics import load
from labkit.metrics.patterns import Pattern, from_json, to_json

LOADS = Key("ConfigMap", "kube-system", "labkit-load")
METRICS = Key("ConfigMap", "kube-system", "labkit-metrics")


class Load(NamedTuple):
    """The load on a service since a moment, in seconds since the lab's start."""

    target: Key
    since: float
    pattern: Pattern

    def rate(self, now: float) -> float:
        """Requests a second at a moment."""
        return self.pattern.rate(now - self.since)


def loads(cluster: Cluster) -> dict[Key, Load]:
    """Every load that is declared now, by Service."""
    held = cluster.get(LOADS)
    return _read(tuple((held.get("data") or {}).items())) if held else {}


@lru_cache(maxsize=64)
def _read(entries: tuple[tuple[str, str], ...]) -> dict[Key, Load]:
    found = (_load(text) for _, text in entries)
    return {one.target: one for one in found}


def _load(text: str) -> Load:
    told = json.loads(text)
    return Load(Key(*told["target"]), told["since"], from_json(json.dumps(told["pattern"])))


def target_of(text: str, namespace: str) -> Key:
    """The Service that is meant: `web`, `service/web`, `svc/web`; FieldError for another kind."""
    kind, slash, name = text.rpartition("/")
    if slash and kind not in ("service", "services", "svc"):
        raise FieldError(f'load goes to a Service: write "service/{name}", not "{text}"')
    return Key("Service", namespace, name)


def declare(cluster: Cluster, target: Key, rps: object) -> None:
    """Let that load begin now in place of any other on the Service; 0 or None ends it.

    Raises ApiError NotFound if there is no such Service, FieldError for a rate that can't be read.
    """
    pattern = None if rps is None else load.read(rps)
    name = f"{target.namespace}.{target.name}"
    target = _standing(cluster, target)
    name = name if target.kind == "Service" else f"ecs.{name}"
    if pattern is None or pattern == load.constant(0):
        if target in loads(cluster):
            write(cluster, LOADS, name, None)
        return
    if cluster.get(target) is None:
        raise ApiError.not_found("services", target.name)
    told = {"target": list(target), "since": cluster.clock.now, "pattern": json.loads(to_json(pattern))}
    write(cluster, LOADS, name, json.dumps(told))


def _standing(cluster: Cluster, target: Key) -> Key:
    """The Service of that name, or where there is none the service of ECS, whose cluster is the namespace."""
    task_service = Key(ecs.SERVICE, target.namespace, target.name)
    return task_service if cluster.get(target) is None and cluster.get(task_service) is not None else target


def write(cluster: Cluster, table: Key, name: str, text: str | None) -> None:
    """Put an entry into a table, or take it out; the table is made with its first entry."""
    if cluster.get(Key("Namespace", "", table.namespace)) is None:  # a world of ECS alone
        held = (cluster.get(table) or {}).get("data") or {}
        data = {key: one for key, one in {**held, name: text}.items() if one is not None}
        meta = {"name": table.name, "namespace": table.namespace}
        cluster.put(table, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data})
    elif cluster.get(table) is None:
        meta = {"name": table.name, "namespace": table.namespace}
        cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {name: text}})
    else:
        cluster.patch(table, {"data": {name: text}})


class Value(NamedTuple):
    """A declared metric: its name, whom it is about (see `declare_value`), its labels, and its value over time."""

    name: str
    namespace: str
    on: str
    labels: dict[str, str]
    since: float
    pattern: Pattern

    def at(self, now: float) -> float:
        """The value at a moment."""
        return self.pattern.rate(now - self.since)


def values(cluster: Cluster) -> list[Value]:
    """Every metric that is declared now."""
    held = cluster.get(METRICS)
    return _values(tuple((held.get("data") or {}).values())) if held else []


@lru_cache(maxsize=64)
def _values(texts: tuple[str, ...]) -> list[Value]:
    told = [json.loads(text) for text in texts]
    return [Value(**{**one, "pattern": from_json(json.dumps(one["pattern"]))}) for one in told]


def declare_value(cluster: Cluster, name: str, value: object, on: str, labels: dict[str, str], namespace: str) -> None:
    """Let a metric have that value from now on, None ends it; `on` is "" for an external metric.

    Else `on` is `pods`, labels of pods (`app=web`) or an object (`ingress/main`). FieldError for a value that can't
    be read.
    """
    entry = "-".join([namespace, on, name, *(f"{label}={text}" for label, text in sorted(labels.items()))])
    key = re.sub(r"[^-._a-zA-Z0-9]", ".", entry)
    if value is None:
        if cluster.get(METRICS) is not None:
            write(cluster, METRICS, key, None)
        return
    pattern = json.loads(to_json(load.read(value)))
    told = {"name": name, "namespace": namespace, "on": on, "labels": labels, "since": cluster.clock.now}
    write(cluster, METRICS, key, json.dumps(told | {"pattern": pattern}))
