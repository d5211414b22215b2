"""How endpoints are laid into slices of at most 100.

Source: k8s.io/endpointslice reconciler.go reconcileByPortMapping, v1.36: slices that still fit are kept, changed ones
are filled up first, then what is over goes into the fullest slice that takes it all; nothing is ever rebalanced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

LIMIT = 100


class Layout(NamedTuple):
    """What to do to the slices: contents of new ones, of changed ones by name, and the names to delete."""

    created: list[list[Any]]
    updated: dict[str, list[Any]]
    deleted: list[str]
    added: int
    removed: int


def layout(
    existing: Mapping[str, Sequence[Any]],
    wanted: Sequence[Any],
    limit: int = LIMIT,
    changed: frozenset[Any] = frozenset(),
) -> Layout:
    """Lay `wanted` (identities of endpoints) into the `existing` slices (name -> identities), oldest first.

    `changed` are wanted identities whose content differs, so their slice must be written although it keeps them.
    """
    wish = set(wanted)
    keep = {name: [one for one in items if one in wish] for name, items in existing.items()}
    placed = {one for items in keep.values() for one in items}
    new = [one for one in wanted if one not in placed]
    deleted = [name for name, items in keep.items() if not items]
    updated = {
        name: items
        for name, items in keep.items()
        if items and (len(items) < len(existing[name]) or changed.intersection(items))
    }
    unchanged = {name: items for name, items in keep.items() if items and name not in updated}
    removed = sum(len(existing[name]) - len(keep[name]) for name in keep)
    created = _place(new, updated, unchanged, limit)
    return Layout(created, updated, deleted, len(new), removed)


def _place(
    new: list[Any], updated: dict[str, list[Any]], unchanged: dict[str, list[Any]], limit: int
) -> list[list[Any]]:
    """Put `new` into `updated` (filled in place), then a rest into one unchanged slice, then into slices of its own."""
    rest = list(new)
    for name in sorted(updated, key=lambda name: -len(updated[name])):
        room = limit - len(updated[name])
        updated[name], rest = updated[name] + rest[: max(room, 0)], rest[max(room, 0) :]
    created: list[list[Any]] = []
    while rest:
        fitting = _fullest_with_room(unchanged, len(rest), limit) if len(rest) < limit else None
        if fitting is not None:
            updated[fitting], rest = unchanged.pop(fitting) + rest, []
        else:
            created.append(rest[:limit])
            rest = rest[limit:]
    return created


def _fullest_with_room(slices: Mapping[str, Sequence[Any]], count: int, limit: int) -> str | None:
    fitting = [name for name, items in slices.items() if len(items) + count <= limit]
    return max(fitting, key=lambda name: len(slices[name]), default=None)


def reuse(created: list[Any], deleted: list[str]) -> tuple[dict[str, Any], list[Any], list[str]]:
    """Turn creations into updates of slices that would go: (updates by name, creations left, deletions left).

    Source: k8s.io/endpointslice reconciler.go finalize, v1.36.
    """
    count = min(len(created), len(deleted))
    return dict(zip(deleted[:count], created[:count], strict=True)), created[count:], deleted[count:]
