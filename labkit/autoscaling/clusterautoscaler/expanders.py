"""Which node group grows, where several could: the expanders.

Each takes the options that are left and keeps the best; several in a row narrow the choice, what is left is a tie.
Source: cluster-autoscaler expander/{leastnodes,mostpods,waste,price,priority}, 1.36.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

Number = TypeVar("Number", int, float)


class Amounts(NamedTuple):
    """cpu in millicores, memory in bytes."""

    cpu: int = 0
    memory: int = 0

    def times(self, count: int) -> Amounts:
        """So many of them."""
        return Amounts(self.cpu * count, self.memory * count)


class Option(NamedTuple):
    """A node group that could grow: by how many nodes, of what size and price, and what the helped pods ask for."""

    group: str
    nodes: int
    size: Amounts
    pods: Sequence[Amounts]
    price: float = 0.0

    @property
    def asked(self) -> Amounts:
        """What its pods ask for together."""
        return Amounts(sum(pod.cpu for pod in self.pods), sum(pod.memory for pod in self.pods))

    @property
    def waste(self) -> float:
        """The idle share of cpu plus that of memory, once the nodes are there and the pods on them."""
        offered, asked = self.size.times(self.nodes), self.asked
        return (offered.cpu - asked.cpu) / offered.cpu + (offered.memory - asked.memory) / offered.memory


class PodPrices(NamedTuple):
    """What a pod's requests are worth: an hour of a core, an hour of a GiB."""

    core: float
    gib: float

    def of(self, asked: Amounts) -> float:
        """What an hour of these amounts is worth."""
        return asked.cpu / 1000 * self.core + asked.memory / 2**30 * self.gib


class Priced(NamedTuple):
    """How the price expander sees an option; the lowest score is best.

    `unfitness` is how far the node's size is from what suits the cluster, `suppressed` the same, forgiven for larger
    scale-ups: score = suppressed * (nodes + a little) / (pods + a little), the little being a pod of 500m and 500Mi.
    """

    nodes: float
    pods: float
    ratio: float
    unfitness: float
    suppressed: float

    @property
    def score(self) -> float:
        """What is compared."""
        return self.suppressed * self.ratio

    def __str__(self) -> str:
        return (
            f"all_nodes_price={self.nodes:f} pods_price={self.pods:f} stabilized_ratio={self.ratio:f} "
            f"unfitness={self.unfitness:f} suppressed={self.suppressed:f} final_score={self.score:f}"
        )


STABILIZER = Amounts(500, 500 * 2**20)
PREFERRED_CORES = ((2, 1), (6, 2), (20, 4), (60, 8), (200, 16))
LARGEST_PREFERRED = 32


def most_pods(options: Sequence[Option]) -> list[Option]:
    """Those that help most pods."""
    return _least(options, lambda option: -len(option.pods))


def least_nodes(options: Sequence[Option]) -> list[Option]:
    """Those that add the fewest nodes."""
    return _least(options, lambda option: option.nodes)


def least_waste(options: Sequence[Option]) -> list[Option]:
    """Those that leave the smallest share of cpu and memory idle."""
    return _least(options, lambda option: option.waste)


def cheapest(options: Sequence[Option], prices: PodPrices, cluster_nodes: int) -> list[Option]:
    """Those with the best price for what is asked, in a cluster of so many nodes."""
    return _least(options, lambda option: priced(option, prices, cluster_nodes).score)


def priced(option: Option, prices: PodPrices, cluster_nodes: int) -> Priced:
    """How the price expander sees an option."""
    nodes, little = option.price * option.nodes, prices.of(STABILIZER)
    pods = sum(prices.of(pod) for pod in option.pods)
    preferred = preferred_cores(cluster_nodes) * 1000
    unfitness = max(preferred / option.size.cpu, option.size.cpu / preferred)
    suppressed = (unfitness - 1) * (1 - math.tanh((option.nodes - 1) / 15)) + 1
    return Priced(nodes, pods, (nodes + little) / (pods + little), unfitness, suppressed)


def preferred_cores(cluster_nodes: int) -> int:
    """The cores of a node that suits a cluster of that size: small nodes for small clusters."""
    return next((cores for most, cores in PREFERRED_CORES if cluster_nodes <= most), LARGEST_PREFERRED)


def prioritised(options: Sequence[Option], priorities: Mapping[int, Iterable[str]]) -> list[Option]:
    """Those whose group's name matches a pattern of the highest priority; all of them if none matches."""
    for _, patterns in sorted(priorities.items(), reverse=True):
        kept = [option for option in options if any(re.search(one, option.group) for one in patterns)]
        if kept:
            return kept
    return list(options)


def _least(options: Sequence[Option], measure: Callable[[Option], Number]) -> list[Option]:
    measured = [(measure(option), option) for option in options]
    best = min((value for value, _ in measured), default=None)
    return [option for value, option in measured if value == best]
