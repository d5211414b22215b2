"""The picture of a cluster as plain data: what the SVG, the tables and the alt text all say.

Used means requested: the sum of the requests of the pods on the node that have not ended, as the scheduler counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_BINARY = (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


class Gauge(NamedTuple):
    """One resource of a node: used and allocatable in base units (cpu in millicores, memory in bytes, pods in pods)."""

    resource: str
    used: int
    allocatable: int

    def words(self) -> str:
        """Such as `1.25 / 4` or `2.1 / 16 Gi`, in the unit that suits the allocatable amount."""
        if self.resource == "cpu":
            return f"{_short(self.used / 1000)} / {_short(self.allocatable / 1000)}"
        if self.resource == "memory":
            unit, size = next(((u, s) for u, s in _BINARY if self.allocatable >= s), ("B", 1))
            return f"{_short(self.used / size)} / {_short(self.allocatable / size)} {unit}"
        return f"{self.used} / {self.allocatable}" if self.allocatable else str(self.used)


class PodTile(NamedTuple):
    """One pod: `owner` is `Kind/namespace/name` of the topmost owner or empty; `reason` says why it isn't ready."""

    namespace: str
    name: str
    owner: str = ""
    status: str = "Running"
    ready: bool = True
    reason: str = ""
    leaving: bool = False
    cpu: int = 0
    memory: int = 0

    @property
    def full_name(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}/{self.name}"

    @property
    def done(self) -> bool:
        """Whether it ran to its end."""
        return self.status in ("Completed", "Succeeded")

    @property
    def failed(self) -> bool:
        """Whether it ended badly or keeps crashing."""
        return self.status in ("Failed", "Error", "Evicted", "OOMKilled", "CrashLoopBackOff", "NodeLost", "Unknown")

    def state(self) -> str:
        """How it is drawn: done, failed, leaving, ready or not ready."""
        if self.done or self.failed:
            return "done" if self.done else "failed"
        return "leaving" if self.leaving else "ready" if self.ready else "not ready"

    def brief(self) -> str:
        """What hovering says: the name, and the status where it isn't plainly running and ready."""
        return self.name if self.state() == "ready" else f"{self.name}: {self.status}, {self.state()}"

    def describe(self) -> str:
        """One line: name, status, owner, requests, reason."""
        owner = f"owned by {self.owner}" if self.owner else "without an owner"
        state = f"{self.status}, {'ready' if self.ready else 'not ready'}" if not self.done else self.status
        asks = f"requests cpu {_short(self.cpu / 1000)}, memory {_short(self.memory / 2**20)} Mi"
        return f"{self.full_name}: {state}, {owner}, {asks}" + (f". {self.reason}" if self.reason else "")


class NodeBox(NamedTuple):
    """One node: its taints as `key=value:Effect`, its gauges (cpu, memory, pods) and the pods on it.

    A container instance of ECS has a `state` such as `ACTIVE`, its own attributes in place of taints, and its gauges
    in ECS's units: CPU (1024 a core), MiB, tasks.
    """

    name: str
    zone: str = ""
    ready: bool = True
    cordoned: bool = False
    taints: tuple[str, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    pods: tuple[PodTile, ...] = ()
    state: str = ""

    def badges(self) -> tuple[str, ...]:
        """The taints worth a badge: all but those that the words cordoned and NotReady say already."""
        said = (
            *(["node.kubernetes.io/unschedulable"] if self.cordoned else ()),
            *(["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] if not self.ready else ()),
        )
        return tuple(taint for taint in self.taints if not taint.startswith(said)) if said else self.taints

    def status(self) -> str:
        """As kubectl's STATUS column: `Ready,SchedulingDisabled`; of ECS `ACTIVE, agent disconnected`."""
        if self.state:
            return self.state + ("" if self.ready else ", agent disconnected")
        return ("Ready" if self.ready else "NotReady") + (",SchedulingDisabled" if self.cordoned else "")

    def describe(self) -> str:
        """One line: name, status, zone, gauges, taints."""
        parts = [f"zone {self.zone}"] if self.zone else []
        parts += [f"{gauge.resource} {gauge.words()}" for gauge in self.gauges if gauge.allocatable or not self.state]
        parts += [f"{'attribute' if self.state else 'taint'} {taint}" for taint in self.taints]
        return f"{self.name}: {self.status()}, {', '.join(parts)}"


class Picture(NamedTuple):
    """A moment of a cluster: seconds since its start, its nodes, and the pods that have no node.

    `nouns` are what a node and a pod are called.
    """

    time: float = 0.0
    nodes: tuple[NodeBox, ...] = ()
    pending: tuple[PodTile, ...] = ()
    nouns: tuple[str, str] = ("node", "pod")

    @property
    def pods(self) -> list[PodTile]:
        """Every pod, node by node, then the pending ones."""
        return [*(pod for node in self.nodes for pod in node.pods), *self.pending]

    @property
    def owners(self) -> list[str]:
        """Every owner that has pods, sorted."""
        return sorted({pod.owner for pod in self.pods if pod.owner})

    def counts(self) -> list[tuple[str, int]]:
        """Each owner and how many pods it has, sorted by owner."""
        return sorted(Counter(pod.owner for pod in self.pods if pod.owner).items())


def headline(picture: Picture) -> str:
    """The first line of the picture: when, how many nodes, how many pods."""
    pods, nodes, (node, pod) = picture.pods, picture.nodes, picture.nouns
    parts = [f"t = {seconds(picture.time)}", count(len(nodes), node), count(len(pods), pod)]
    parts += [f"{len(picture.pending)} pending"] if picture.pending else []
    return " · ".join(parts)


def describe(picture: Picture) -> str:
    """The alt text: totals, each node's load while there are few, and the first reasons for waiting."""
    ready = sum(pod.ready for pod in picture.pods)
    box, tile = picture.nouns
    text = f"A cluster of {count(len(picture.nodes), box)} with {count(len(picture.pods), tile)}"
    text += f", {ready} of them {'running' if tile == 'task' else 'ready'}, after {seconds(picture.time)}."
    few = picture.nodes if len(picture.nodes) <= 6 else ()
    text += "".join(f" {node.describe()}, {count(len(node.pods), tile)}." for node in few)
    reasons = Counter(pod.reason for pod in picture.pending)
    return text + "".join(f" {n} pending: {reason.rstrip('.')}." for reason, n in reasons.most_common(3))


def totals(nodes: Iterable[NodeBox]) -> list[Gauge]:
    """The gauges of all nodes together, by resource."""
    gauges = [gauge for node in nodes for gauge in node.gauges]
    return [
        Gauge(
            name,
            sum(g.used for g in gauges if g.resource == name),
            sum(g.allocatable for g in gauges if g.resource == name),
        )
        for name in dict.fromkeys(gauge.resource for gauge in gauges)
    ]


def count(number: int, noun: str) -> str:
    """`1 pod`, `2 pods`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def seconds(time: float) -> str:
    """A moment in at most three figures that matter: `0 s`, `12.5 s`, `4 min 20 s`, `2 h 5 min`."""
    if time < 120:
        return f"{_short(time)} s"
    minutes, rest = divmod(int(time), 60)
    hours, minutes = divmod(minutes, 60)
    parts: Sequence[tuple[int, str]] = [(hours, "h"), (minutes, "min")] if hours else [(minutes, "min"), (rest, "s")]
    return " ".join(f"{value} {unit}" for value, unit in parts if value)


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value < 10 else f"{value:.1f}".removesuffix(".0")
