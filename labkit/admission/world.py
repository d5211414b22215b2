"""What admission needs of the cluster, which lies above it."""

from __future__ import annotations

import random
from typing import Any, Protocol

from labkit.kinds import Key

Object = dict[str, Any]


class World(Protocol):
    """A cluster to read from; `rng` draws names, addresses and ports."""

    rng: random.Random

    def get(self, key: Key) -> Object | None:
        """The object, or None."""

    def keys(self, kind: str, namespace: str | None = None) -> list[Key]:
        """The keys of a kind in order of creation."""

    def list(self, kind: str, namespace: str | None = None) -> list[Object]:
        """The objects of a kind in order of creation."""
