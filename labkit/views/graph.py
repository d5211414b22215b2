"""The world drawn as a graph: every object a box, every relation a line with its word.

Columns run from what asks to what carries: Deployment, ReplicaSet and Service, Pod, Node and configuration, Zone. An
object that something refers to but that isn't there is drawn dashed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import networkx as nx

from labkit.kinds import KINDS, Key
from labkit.views.drawing import Drawing
from labkit.views.graph_svg import LEAST, Box, Line, render, wide
from labkit.views.picture import count
from labkit.views.table import Table

RANKS = {
    kind: rank
    for rank, kinds in enumerate((
        "HorizontalPodAutoscaler CronJob Ingress",
        "Deployment NetworkPolicy",
        "ReplicaSet StatefulSet DaemonSet Job Service PodDisruptionBudget ReplicationController",
        "Pod EndpointSlice",
        "Node ConfigMap Secret PersistentVolumeClaim ServiceAccount",
        "Zone PersistentVolume",
        "StorageClass",
    ))
    for kind in kinds.split()
}  # fmt: skip
LEFT_OUT = frozenset(
    {"ControllerRevision", "Endpoints", "EndpointSlice", "Event", "Lease", "Namespace", "ServiceAccount"}
)
GIVEN = {("ConfigMap", "kube-root-ca.crt"), ("Service", "kubernetes")}  # what every namespace or cluster has anyway
MOST = 150


class Relation(NamedTuple):
    """A sentence of the graph: source, relation, target."""

    source: Key
    relation: str
    target: Key


def draw(lab: Any, namespace: str | None = "default", kinds: Iterable[str] | None = None) -> Drawing:
    """The graph of `lab`: the objects of `namespace` (None: all) and the nodes and zones they touch.

    `kinds` names the kinds wanted; without it all but the book-keeping ones (EndpointSlice, Event, Lease …) are drawn.
    Beyond 150 objects the rest is left out, and the alt text says so.
    """
    graph = lab.cluster.graph
    keys = chosen(graph, namespace, None if kinds is None else set(kinds))
    shown = keys[:MOST]
    relations = sentences(graph, set(shown))
    lines = [Line(shown.index(r.source), shown.index(r.target), r.relation) for r in relations]
    alt = describe(graph, shown, relations, len(keys) - len(shown))
    title = f"graph: {count(len(shown), 'object')}, {count(len(relations), 'relation')}"
    boxes = [_box(graph, key) for key in shown]
    return Drawing(title, render(boxes, lines, title, alt), wide(boxes), alt, (table(relations),), LEAST)


def chosen(graph: nx.MultiDiGraph[Key], namespace: str | None, kinds: set[str] | None) -> list[Key]:
    """The keys to draw, by column, kind and name: those of the namespace, and what they reach."""
    wanted = [key for key in graph if (key.kind in kinds if kinds is not None else _is_told(key))]
    home = {key for key in wanted if namespace is None or key.namespace == namespace}
    near = {key for key in wanted if not key.namespace and _reached(graph, key, home)}
    return sorted(home | near, key=lambda key: (RANKS.get(key.kind, 0), key))


def _is_told(key: Key) -> bool:
    return key.kind not in LEFT_OUT and (key.kind, key.name) not in GIVEN


def _reached(graph: nx.MultiDiGraph[Key], key: Key, home: set[Key]) -> bool:
    """Whether a chain of relations of at most three steps leads to `key` from an object of `home`."""
    seen = {key}
    for _ in range(3):
        seen |= {before for after in seen for before in graph.pred[after]}
        if seen & home:
            return True
    return False


def sentences(graph: nx.MultiDiGraph[Key], keys: set[Key]) -> list[Relation]:
    """The relations among `keys`, sorted."""
    return sorted(Relation(a, word, b) for a, b, word in graph.edges(keys, keys=True) if b in keys)


def table(relations: list[Relation]) -> Table:
    """One row a relation."""
    rows = tuple((_label(r.source), r.relation, _label(r.target)) for r in relations)
    return Table("Relations", ("Object", "Relation", "Object"), rows)


def describe(graph: nx.MultiDiGraph[Key], keys: list[Key], relations: list[Relation], more: int) -> str:
    """The alt text: how many of each kind, which are missing, and how many of each relation."""
    kinds = [f"{sum(key.kind == kind for key in keys)} {kind}" for kind in dict.fromkeys(key.kind for key in keys)]
    words = [f"{word} {sum(r.relation == word for r in relations)}" for word in sorted({r.relation for r in relations})]
    missing = [_label(key) for key in keys if is_missing(graph, key)]
    text = f"A graph of {', '.join(kinds) or 'no objects'}; relations: {', '.join(words) or 'none'}."
    text += f" Missing: {', '.join(missing)}." if missing else ""
    return text + (f" {more} more objects are left out." if more else "")


def is_missing(graph: nx.MultiDiGraph[Key], key: Key) -> bool:
    """Whether something refers to `key` and no such object exists; a Zone is only a name and never missing."""
    return key.kind in KINDS and graph.nodes[key]["obj"] is None


def _box(graph: nx.MultiDiGraph[Key], key: Key) -> Box:
    row = KINDS.get(key.kind)
    kind = row.short[0].upper() if row is not None and row.short and len(key.kind) > 12 else key.kind
    return Box(RANKS.get(key.kind, 0), kind, key.name, is_missing(graph, key))


def _label(key: Key) -> str:
    return (
        f"{key.kind} {key.namespace}/{key.name}" if key.namespace not in ("", "default") else f"{key.kind} {key.name}"
    )
