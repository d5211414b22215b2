"""Declared loads and values, kept in ConfigMaps of kube-system so that forks and looks into the past have them too.

The load on a Service: `labkit-load`, one entry a Service. Values of custom and external metrics: `labkit-metrics`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.errors import ApiError, FieldError
from labkit.kinds.registry import Key
from labkit.metrics import load
from labkit.metrics.patterns import Pattern, from_json, to_json

LOADS = Key("ConfigMap", "kube-system", "labkit-load")


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
    if pattern is None or pattern == load.constant(0):
        if target in loads(cluster):
            write(cluster, LOADS, name, None)
        return
    if cluster.get(target) is None:
        raise ApiError.not_found("services", target.name)
    told = {"target": list(target), "since": cluster.clock.now, "pattern": json.loads(to_json(pattern))}
    write(cluster, LOADS, name, json.dumps(told))


def write(cluster: Cluster, table: Key, name: str, text: str | None) -> None:
    """Put an entry into a table, or take it out; the table is made with its first entry."""
    if cluster.get(table) is None:
        meta = {"name": table.name, "namespace": table.namespace}
        cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {name: text}})
    else:
        cluster.patch(table, {"data": {name: text}})
