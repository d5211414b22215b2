"""Which images lie on which nodes.

Source: pkg/scheduler/backend/cache/cache.go addNodeImageStates, plugins/imagelocality/image_locality.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from labkit.kinds.node import Image
from labkit.scheduler.coded import Ints


@dataclass(eq=False)
class Spread:
    """One image: its size in bytes on each node (row) that has it."""

    sizes: dict[int, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """What counts as its size: what the first of its nodes said."""
        return next(iter(self.sizes.values()))

    def rows(self) -> Ints:
        """The nodes that have it."""
        return np.fromiter(self.sizes, np.int64, len(self.sizes))


class Images:
    """The images by name."""

    def __init__(self) -> None:
        self._spreads: dict[str, Spread] = {}
        self._of: dict[int, tuple[Image, ...]] = {}

    def put(self, row: int, images: tuple[Image, ...]) -> None:
        """Note what lies on a node now."""
        if self._of.get(row, ()) == images:
            return
        for name in named(self._of.get(row, ())):
            self._spreads[name].sizes.pop(row, None)
        self._of[row] = images
        for name, size in named(images).items():
            self._spreads.setdefault(name, Spread()).sizes[row] = size

    def get(self, image: str) -> Spread | None:
        """Where the image lies that a container names; None if it lies nowhere."""
        spread = self._spreads.get(full_name(image))
        return spread if spread is not None and spread.sizes else None


def named(images: Iterable[Image]) -> dict[str, int]:
    """Every name of every image, with its size."""
    return {name: image.size_bytes for image in images for name in image.names}


def full_name(image: str) -> str:
    """The image with its tag: `nginx` is `nginx:latest`."""
    return image if image.rfind(":") > image.rfind("/") else f"{image}:latest"
