"""What would help a pending pod: the smallest single changes with which it fits, each tried before it is told.

A change to the pod is tried by deciding anew with the changed pod; a change to a node on a fork of the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from labkit.errors import ApiError
from labkit.kinds import decode
from labkit.kinds.registry import Key
from labkit.lifecycle import merged
from labkit.scheduler.decision import Decision
from labkit.scheduler.framework import cycle_of, decided
from labkit.scheduler.plugin import Cycle
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.profile import Profile
from labkit.scheduler.remedies import against, another_node, open_gates
from labkit.scheduler.remedy import Change, Remedy

MOST = 8
"""More changes than that aren't told."""

OF_A_KIND = 2
"""So many of one plugin and one kind of object are told, so many times four tried."""

MOST_ROWS = 1000
"""More refused nodes than that aren't asked what would help."""


class Help(NamedTuple):
    """A change with which the pod fits: in words, as data, the node it would go to; `verified` by having tried it."""

    words: str
    change: Change
    node: str
    verified: bool = True

    def __str__(self) -> str:
        return f"{self.words} → {self.node}"


class Helps(tuple[Help, ...]):
    """The changes, smallest first, with a sentence about them."""

    sentence: str

    def __new__(cls, found: Iterable[Help], sentence: str) -> Helps:
        made = super().__new__(cls, found)
        made.sentence = sentence
        return made

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(f"  {number}. {one}" for number, one in enumerate(self, 1))])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(str(one))}</li>" for one in self)
        return f"<p>{escape(self.sentence)}</p>" + (f"<ol>{items}</ol>" if items else "")


def what_would_help(cycle: Cycle, profile: Profile, decision: Decision) -> Helps:
    """The smallest single changes with which the pod of this turn gets a node; none if it has one."""
    pod = f"{decision.pod.namespace}/{decision.pod.name}"
    gated = bool(cycle.pod.spec.scheduling_gates)
    has = cycle.pod.spec.node_name or (None if gated else decision.node)
    if has:
        return Helps((), f"{pod} has a node, {has}: there is nothing to help.")
    if cycle.world.get(decision.pod) is None:
        return Helps((), f"{pod} isn't in the cluster: only a pod that is there can be changed.")
    groups = [open_gates(cycle)] if gated else candidates(cycle, profile, decision)
    found = sorted((one for group in groups for one in helping(group, cycle, profile, decision)), key=_size)
    helps = [one for _, one in found][:MOST]
    if not helps:
        return Helps((), f"{pod} waits, and no single change that was tried lets it fit.")
    return Helps(helps, f"{pod} waits. Any one of these changes alone lets it fit:")


def candidates(cycle: Cycle, profile: Profile, decision: Decision) -> Iterator[Iterable[Remedy]]:
    """Groups of remedies: for each refusing plugin those to the pod and those to nodes; and nodes more."""
    plugins = {plugin.name: plugin for plugin in profile.plugins}
    for name, rows in refusals(decision).items():
        remedies = [one for row in rows[:MOST_ROWS] for one in against(plugins[name], cycle, row)]
        for kind in ("Pod", "Node"):
            yield [one for one in remedies if one.change.key.kind == kind]
    makes: dict[object, int] = {}
    for row, node in enumerate(cycle.columns.nodes):
        labels = {key: value for key, value in node.metadata.labels.items() if key != "kubernetes.io/hostname"}
        makes.setdefault(repr((labels, node.spec.taints, node.status.allocatable)), row)
    yield [one for row in makes.values() for one in another_node(cycle, row)]


def refusals(decision: Decision) -> dict[str, list[int]]:
    """The rows that each plugin refused; those left out before filtering count for every plugin that did that."""
    found = {one.plugin: one.rows.tolist() for one in decision.refused}
    seen = {row for rows in found.values() for row in rows} | set(decision.rows.tolist())
    left = [row for row in range(len(decision.names)) if row not in seen]
    for name in decision.prefiltered_by if left else ():
        found[name] = [*found.get(name, ()), *left]
    return found


def helping(
    group: Iterable[Remedy], cycle: Cycle, profile: Profile, decision: Decision
) -> Iterator[tuple[Remedy, Help]]:
    """The smallest remedies of a group that really help."""
    tried: set[str] = set()
    told: set[str] = set()
    for one in sorted(group, key=lambda one: (one.size, one.words)):
        about, change = one.about or one.words, repr(one.change)
        if change in tried or about in told or len(tried) >= 4 * OF_A_KIND or len(told) >= OF_A_KIND:
            continue
        tried.add(change)
        node = tried_on(one.change, cycle, profile, decision)
        if node:
            told.add(about)
            yield one, Help(one.words, one.change, node)


def tried_on(change: Change, cycle: Cycle, profile: Profile, decision: Decision) -> str | None:
    """The node that the pod would get with the change; None if none, or if the change isn't possible."""
    try:
        turn = changed_turn(change, cycle)
    except ApiError:
        return None
    return decided(turn, profile, decision.start).node


def changed_turn(change: Change, cycle: Cycle) -> Cycle:
    """The pod's turn in a world with the change; the world of the cycle is left alone."""
    pod = cycle.info.key
    if change.key == pod:
        obj = merged(cycle.world.require(pod), change.patch)
        return Cycle(PodInfo.of(pod, decode(obj), cycle.info.serial), cycle.columns, cycle.world)
    twin = cycle.world.fork()
    if change.new:
        twin.create(change.patch)
        # A new node is tainted until it is ready; here it is meant to be.
        twin.patch(change.key, {"spec": {"taints": change.patch["spec"].get("taints")}})
    else:
        twin.patch(change.key, change.patch)
    return cycle_of(twin, Key(*pod))


def _size(one: tuple[Remedy, Help]) -> tuple[float, str]:
    return one[0].size, one[0].words
