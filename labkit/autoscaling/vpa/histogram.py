"""Histograms whose samples lose weight with time, from which a percentile is read.

Buckets grow by 5 %. A sample's weight is multiplied by 2^(t / half-life) instead of every older one being divided, so
a percentile never changes by waiting alone.
Source: vertical-pod-autoscaler pkg/recommender/util/{histogram,decaying_histogram,histogram_options}.go, 1.7.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

HALF_LIFE = 86_400.0
"""Seconds after which a sample counts half."""
LEAST_WEIGHT = 0.1
GROWTH = 1.05
MAX_EXPONENT = 100


@dataclass(frozen=True)
class Buckets:
    """Exponential buckets: the first ends at `first`, each next one is 5 % wider, the last begins near `top`."""

    first: float
    top: float
    epsilon: float = 0.001 * LEAST_WEIGHT

    @cached_property
    def count(self) -> int:
        """How many there are."""
        return math.ceil(math.log(self.top * (GROWTH - 1) / self.first + 1) / math.log(GROWTH)) + 1

    def find(self, value: float) -> int:
        """The bucket that holds a value."""
        if value < self.first:
            return 0
        bucket = int(math.log(value * (GROWTH - 1) / self.first + 1) / math.log(GROWTH))
        return min(bucket, self.count - 1)

    def start(self, bucket: int) -> float:
        """Where a bucket begins."""
        return self.first * (GROWTH**bucket - 1) / (GROWTH - 1) if bucket else 0.0


CPU = Buckets(0.01, 1000.0)
"""In cores."""
MEMORY = Buckets(1e7, 1e12)
"""In bytes."""


class Histogram:
    """Weights by bucket. Samples are added and taken back; time is in seconds."""

    def __init__(self, buckets: Buckets, half_life: float = HALF_LIFE) -> None:
        self.buckets = buckets
        self.half_life = half_life
        self._reference = 0.0
        self._weights: dict[int, float] = {}
        self._total = 0.0

    def add(self, value: float, weight: float, time: float) -> None:
        """Count a sample."""
        weight *= self._growth(time)
        bucket = self.buckets.find(value)
        self._weights[bucket] = self._weights.get(bucket, 0.0) + weight
        self._total += weight

    def subtract(self, value: float, weight: float, time: float) -> None:
        """Take a sample back that was counted at that time."""
        weight *= self._growth(time)
        bucket = self.buckets.find(value)
        self._total = self._left(self._total - weight)
        self._weights[bucket] = self._left(self._weights.get(bucket, 0.0) - weight)

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it counts."""
        return not self._filled

    def percentile(self, share: float) -> float:
        """The end of the first bucket at which that share (0 to 1) of the weight is reached; 0 if it is empty."""
        filled = self._filled
        if not filled:
            return 0.0
        threshold, sum_ = share * self._total, 0.0
        for bucket in range(filled[0], filled[-1]):
            sum_ += self._weights.get(bucket, 0.0)
            if sum_ >= threshold:
                return self._end(bucket)
        return self._end(filled[-1])

    def fork(self) -> Histogram:
        """A histogram that goes on by itself from here."""
        twin = Histogram(self.buckets, self.half_life)
        twin._reference, twin._weights, twin._total = self._reference, dict(self._weights), self._total
        return twin

    @property
    def _filled(self) -> list[int]:
        return sorted(bucket for bucket, weight in self._weights.items() if weight >= self.buckets.epsilon)

    def _end(self, bucket: int) -> float:
        return self.buckets.start(bucket + 1 if bucket < self.buckets.count - 1 else bucket)

    def _left(self, weight: float) -> float:
        return weight if weight >= self.buckets.epsilon else 0.0

    def _growth(self, time: float) -> float:
        if time > self._reference + self.half_life * MAX_EXPONENT:
            self._shift(time)
        return float(2 ** ((time - self._reference) / self.half_life))

    def _shift(self, time: float) -> None:
        reference = math.floor(time / self.half_life + 0.5) * self.half_life
        factor = 2.0 ** round((self._reference - reference) / self.half_life)
        self._weights = {bucket: weight * factor for bucket, weight in self._weights.items()}
        self._total *= factor
        self._reference = reference
