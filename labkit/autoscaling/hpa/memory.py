"""What the autoscalers' controller keeps between syncs, beside the graph: recommendations, rescales, and samples.

As in the real controller it is lost when the controller starts anew: a look into the past has the samples, but no
recommendations. A fork takes all along.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Any

from labkit.autoscaling.hpa.fleet import Fleet
from labkit.autoscaling.hpa.rules import Memory
from labkit.autoscaling.hpa.spec import Spec
from labkit.autoscaling.hpa.status import Told
from labkit.autoscaling.hpa.summing import Steady, Which
from labkit.cluster import Cluster
from labkit.fields import selectors
from labkit.kinds.registry import Key

SOURCE = "horizontal-pod-autoscaler"
"""The source of events, and the name under which a cluster carries its Autoscalers."""

MEASURES = ("current", "target", "proposed", "replicas", "desired")
"""The first metric and its target (%, or the value itself), what the metrics ask for, the size, the size to have."""


class State:
    """Of one autoscaler: what it remembers, what it last read, and its samples, one a sync."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.due: Any = None
        self.next = 0.0
        self.columns: dict[str, array[float]] = {name: array("d") for name in ("time", *MEASURES)}
        self.spec: tuple[Any, Spec] | None = None
        self.told: Told | None = None
        self.told_of: Any = None
        self.selector: Any = None
        self.fleet: Fleet | None = None
        self.rivals: tuple[Key, ...] = ()
        self.steady: dict[Which, Steady] = {}
        self.seen: Any = None

    def forget_pods(self) -> None:
        """Look at the pods anew at the next sync."""
        self.fleet = None
        self.steady, self.seen = {}, None

    def sample(self, values: tuple[float, ...]) -> None:
        """Append a sample: the time, then MEASURES."""
        for column, value in zip(self.columns.values(), values, strict=True):
            column.append(value)

    def until(self, time: float) -> State:
        """The samples up to a moment."""
        twin = State()
        count = bisect_right(self.columns["time"], time)
        twin.columns = {name: column[:count] for name, column in self.columns.items()}
        return twin


class Autoscalers:
    """The states of all autoscalers, and which of them count a pod."""

    def __init__(self) -> None:
        self.states: dict[Key, State] = {}
        self.counting: dict[Key, set[Key]] = {}

    def count(self, key: Key, pods: tuple[Key, ...]) -> tuple[Key, ...]:
        """Let an autoscaler count these pods; the others that count one of them are to know that too."""
        rivals: dict[Key, None] = {}
        for pod in pods:
            counted = self.counting.setdefault(pod, set())
            if key not in counted:
                for other in counted & self.states.keys():
                    self.states[other].forget_pods()
                counted.add(key)
            rivals |= dict.fromkeys(sorted((counted & self.states.keys()) - {key}))
        return tuple(rivals)

    def forget_pod(self, pod: Key, labels: dict[str, str] | None) -> None:
        """Let the autoscalers of a pod look at their pods anew; `labels`: where it is new, or has others now."""
        for key in self.counting.get(pod, ()):
            if key in self.states:
                self.states[key].forget_pods()
        if labels is not None:
            for key, state in self.states.items():
                if key.namespace == pod.namespace and selectors.matches(state.selector, labels):
                    state.forget_pods()

    def forget_all(self) -> None:
        """Let all look at their pods anew."""
        for state in self.states.values():
            state.forget_pods()

    def fork(self) -> Autoscalers:
        """The same, going on by itself."""
        twin = self.until(float("inf"))
        for key, state in self.states.items():
            copy = twin.states[key]
            copy.memory, copy.due, copy.next = state.memory, state.due, state.next
        return twin

    def until(self, time: float) -> Autoscalers:
        """What was sampled up to a moment."""
        twin = Autoscalers()
        twin.states = {key: state.until(time) for key, state in self.states.items()}
        return twin


def autoscalers(cluster: Cluster) -> Autoscalers:
    """What the cluster carries; made with the first autoscaler."""
    held: Autoscalers | None = cluster.beside.get(SOURCE)
    if held is None:
        held = cluster.beside[SOURCE] = Autoscalers()
    return held
