"""ImageLocality: nodes that have the images already."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import MAX_SCORE, Cycle

MEGABYTE = 1024 * 1024
LEAST = 23 * MEGABYTE
MOST = 1000 * MEGABYTE


class ImageLocality:
    """Prefers nodes on which the pod's images lie already.

    Does: sums size*(nodes that have it)/(all nodes) over the images of containers and init containers that the node
    has; 23 MB or less is 0, 1000 MB per container or more is 100. The share of nodes damps the pull of an image that
    only few have, so that they aren't crowded.
    Reads: the images in the status of all nodes, the pod's images.
    Writes: nothing.
    Runs again when: never, it only scores.
    Source: plugins/imagelocality/image_locality.go, v1.36.
    Left out: image volumes.
    """

    name = "ImageLocality"

    def score(self, cycle: Cycle, rows: Ints) -> Ints:
        """How much of the pod's images each node has, 0 to 100."""
        known = [spread for spread in map(cycle.columns.images.get, images_of(cycle)) if spread is not None]
        if not known:
            return np.zeros(len(rows), np.int64)
        total = np.zeros(len(cycle.columns), np.int64)
        for spread in known:
            total[spread.rows()] += scaled(spread.size, len(spread.sizes), len(cycle.columns))
        return rated(total[rows], sum(1 for _ in images_of(cycle)))

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The images that lie there, with size and spread, and the scale."""
        everyone, found, total = len(cycle.columns), [], 0
        for image in images_of(cycle):
            spread = cycle.columns.images.get(image)
            if spread is not None and row in spread.sizes:
                part = scaled(spread.size, len(spread.sizes), everyone)
                found.append(f"{image} {spread.size}*{len(spread.sizes)}/{everyone} = {part}")
                total += part
        count = sum(1 for _ in images_of(cycle))
        span = f"100*({total} - {LEAST})/({MOST}*{count} - {LEAST}), within 0 to 100"
        return [*(found or ["none of its images is here"]), f"{span} = {rated(np.array([total]), count)[0]}"]


def images_of(cycle: Cycle) -> Iterator[str]:
    """The images of init containers and containers, one each."""
    for container in (*cycle.pod.spec.init_containers, *cycle.pod.spec.containers):
        yield container.image


def scaled(size: int, having: int, nodes: int) -> int:
    """An image's size in bytes, damped by the share of nodes that have it."""
    return int(size * (having / nodes))


def rated(total: Ints, containers: int) -> Ints:
    """Bytes as 0 to 100 between the two thresholds."""
    most = MOST * containers
    return MAX_SCORE * (np.clip(total, LEAST, most) - LEAST) // (most - LEAST)
