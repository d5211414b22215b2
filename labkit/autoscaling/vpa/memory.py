"""What the recommender remembers between its rounds; it stands beside the graph, so that forks have their own."""

from __future__ import annotations

from typing import NamedTuple

from labkit.autoscaling.vpa.usage import Usage, Watched
from labkit.cluster import Cluster
from labkit.kinds.registry import Key

BESIDE = "vpa-recommender"


class Name(NamedTuple):
    """A container's name among the pods of an autoscaler's target."""

    target: tuple[str, str, str]
    container: str


class Recollection:
    """Usage by name, and every container as it was last seen."""

    def __init__(self) -> None:
        self.usages: dict[Name, Usage] = {}
        self.seen: dict[tuple[Key, str], tuple[Name, Watched]] = {}
        self.killed: dict[tuple[Key, str], str] = {}

    def usage(self, name: Name) -> Usage:
        """What is known of the containers of that name."""
        return self.usages.setdefault(name, Usage())

    def container(self, pod: Key, name: Name) -> Watched:
        """One container."""
        if (pod, name.container) not in self.seen:
            self.seen[pod, name.container] = name, Watched(self.usage(name))
        return self.seen[pod, name.container][1]

    def forget(self, cluster: Cluster) -> None:
        """Forget the containers of pods that are gone; what is known of their name stays."""
        for pod, container in [place for place in self.seen if cluster.get(place[0]) is None]:
            del self.seen[pod, container]
            self.killed.pop((pod, container), None)

    def fork(self) -> Recollection:
        """A memory that goes on by itself from here."""
        twin = Recollection()
        twin.usages = {name: usage.fork() for name, usage in self.usages.items()}
        twin.seen = {place: (name, watched.fork(twin.usages[name])) for place, (name, watched) in self.seen.items()}
        twin.killed = dict(self.killed)
        return twin

    def until(self, time: float) -> Recollection:
        """As much as is known now: histograms can't be turned back."""
        return self.fork()


def recollection(cluster: Cluster) -> Recollection:
    """What the recommender of a cluster remembers."""
    held: Recollection = cluster.beside.setdefault(BESIDE, Recollection())
    return held
