"""What a plugin is, and what it may answer.

A plugin is any object with a `name` and some of these methods; nothing is inherited:

    prefilter(cycle) -> Prepared           look at the pod once: skip, refuse it whole, narrow the nodes, keep a state
    filter(cycle, rows) -> Verdict         which of these nodes can't take the pod, and why
    score(cycle, rows) -> ints | None      how good these nodes are; None: nothing to say about this pod
    normalize(cycle, raw) -> ints          the raw scores as 0 to 100; without it they are that already
    moved(cycle, state, info, sign)        the state with one pod more (+1) or fewer (-1) on the cycle's only node
    refusal_terms(cycle, row) -> list[str] what its filter found wrong with one node, in words
    score_terms(cycle, row) -> list[str]   the terms its raw score of one node was made of, in words
    remedies(cycle, row) -> Remedy, ...    changes that may undo its refusal of one node, see `remedies`

`rows` are row numbers of `cycle.columns`. `events` names what may make a pod fit that this plugin refused.
Source: kube-scheduler framework/interface.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from labkit.cluster import Cluster
from labkit.kinds.pod import Pod
from labkit.scheduler.coded import Bools, Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.podinfo import PodInfo

if TYPE_CHECKING:
    from labkit.scheduler.memory import Recollection

SUCCESS, UNSCHEDULABLE, UNRESOLVABLE = 0, 2, 3
CODES = {UNSCHEDULABLE: "Unschedulable", UNRESOLVABLE: "UnschedulableAndUnresolvable"}
"""Unresolvable: removing pods from the node would not help."""

MAX_SCORE = 100


class Plugin(Protocol):
    """Any object with a name; see the module for the methods it may have."""

    name: str


class Refusal(NamedTuple):
    """Why the pod as a whole can't be scheduled."""

    code: int
    reason: str


class Prepared(NamedTuple):
    """What `prefilter` found: `nodes` are the only names that come into question; `state` is kept for later."""

    state: Any = None
    skip: bool = False
    nodes: frozenset[str] | None = None
    refusal: Refusal | None = None


SKIP = Prepared(skip=True)


class Verdict(NamedTuple):
    """What `filter` says of some rows: a code for each, and the number of its reasons, which `texts` puts in words."""

    codes: Ints
    reasons: Ints
    texts: Callable[[int], tuple[str, ...]]

    @classmethod
    def of(cls, refused: Bools, code: int, reason: str) -> Verdict:
        """The verdict of a plugin with a single reason."""
        codes = np.where(refused, code, SUCCESS)
        return cls(codes, np.zeros_like(codes), lambda _: (reason,))


@dataclass
class Cycle:
    """One pod's turn: the pod, the nodes, the world to read, and what plugins keep in between."""

    info: PodInfo
    columns: Columns
    world: Cluster
    states: dict[str, Any] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    recollection: Recollection | None = None

    @property
    def pod(self) -> Pod:
        """The pod's struct."""
        return self.info.pod

    def only(self, row: int) -> Cycle:
        """The same turn on a copy of one node."""
        return replace(self, columns=self.columns.only(row), states=dict(self.states), recollection=None)


def default_normalize(raw: Ints, reverse: bool = False) -> Ints:
    """Scores scaled so that the highest is 100, with `reverse` turned round; all 0 stays 0 (or becomes 100).

    Source: plugins/helper/normalize_score.go DefaultNormalizeScore, v1.36.
    """
    highest = int(raw.max(initial=0))
    scaled = raw * MAX_SCORE // highest if highest else raw
    return MAX_SCORE - scaled if reverse else scaled
