"""Is a controller one? It is looked at, and set to work in a small world; a finding is a sentence that says what to do.

    check_controller(MyController())        a Report: true if nothing was found, else the findings

The rules are those of `labkit.running.Actor`: it gets a key, keeps nothing between calls, may be called at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from copy import deepcopy
from difflib import get_close_matches
from inspect import getdoc
from typing import Any, NamedTuple

from labkit import actortrial
from labkit.actortrial import RestlessError
from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds import KINDS
from labkit.running import Loop
from labkit.scheduler.checking import Finding, Report, first_of_each, told

METHODS = ("reconcile", "fork")
FORM = ("Reads:", "Writes:", "Runs again:", "Source")
"""What the docstring of each of labkit's own controllers says."""

Sorted = tuple[Finding, str]


def check_controller(controller: Any) -> Report:
    """Look at a controller (an object or its class) and let it work in a small world of all sorts of objects.

    Of each sort of finding the first is reported. Nothing of the lab is used or changed.
    """
    named = controller.__name__ if isinstance(controller, type) else type(controller).__name__
    try:
        made = controller() if isinstance(controller, type) else controller
    except Exception as error:
        why = f"{told(error)}; a controller's class is made without arguments"
        return Report(named, (Finding("making it", why),), "a controller")
    found = list(of_shape(made))
    if not found:
        found += first_of_each(of_work(made))
    return Report(str(getattr(made, "name", named)), tuple(found), "a controller")


# Looking at it


def of_shape(controller: Any) -> Iterator[Finding]:
    """What is wrong with a controller before it has done anything."""
    name = getattr(controller, "name", None)
    if not isinstance(name, str) or not name:
        yield Finding("name", 'it needs a name, a text such as name = "config-counter"; its events come from there')
    yield from _of_watches(getattr(controller, "watches", None))
    if not callable(getattr(controller, "reconcile", None)):
        close = get_close_matches("reconcile", [one for one in dir(controller) if not one.startswith("_")], 1, 0.6)
        meant = f"; should {close[0]} be it?" if close else ""
        yield Finding("reconcile", f"it needs a method reconcile(cluster, key), which brings the world nearer{meant}")
    text = getdoc(controller) or ""
    if type(controller).__module__.startswith("labkit.") and (missing := [one for one in FORM if one not in text]):
        yield Finding("docstring", f"it lacks {', '.join(missing)}")


def _of_watches(watches: Any) -> Iterator[Finding]:
    if not isinstance(watches, Mapping) or not watches:
        yield Finding("watches", "it needs a dict: for each kind it looks at, a function (cluster, entry) -> keys")
        return
    for kind, mapper in watches.items():
        if kind not in KINDS:
            meant = get_close_matches(str(kind), KINDS, 1) or ["Pod"]
            yield Finding("watches", f"there is no kind {kind!r}; did you mean {meant[0]!r}?")
        if not callable(mapper):
            yield Finding(
                "watches", f"what it has for {kind} can't be called; give a function (cluster, entry) -> keys"
            )


# Trying it


def of_work(controller: Any) -> Iterator[Sorted]:
    """What goes wrong while it works, and how it would go in a fork and in another run."""
    before = _memory(controller)
    world = Watched(controller)
    try:
        actortrial.work(world.loop)
        yield from world.found
        yield from _again(world)
    except RestlessError as error:
        yield from world.found
        yield Finding("reconcile", f"{error}; return None, or the seconds after which it is to look again"), "rests"
        return
    except Exception as error:
        yield from world.found
        yield Finding(world.doing, f"it failed for {world.about}: {told(error)}"), "raises"
        return
    if _memory(controller) != before and not hasattr(controller, "fork"):
        yield Finding("memory", "it keeps something on itself; write it into the cluster, which forks and rewinds"), ""
        return
    yield from _elsewhere(controller)


def _memory(controller: Any) -> Any:
    """What it holds besides its watches, copied; objects by what they hold in turn."""
    return {name: _copied(value, 3) for name, value in vars(controller).items() if name != "watches"}


def _copied(value: Any, depth: int) -> Any:
    if depth and hasattr(value, "__dict__") and not isinstance(value, type):
        return {name: _copied(one, depth - 1) for name, one in vars(value).items()}
    return deepcopy(value) if isinstance(value, Mapping | list | tuple | set | str | int | float) else id(value)


def _again(world: Watched) -> Iterator[Sorted]:
    """Everything is done: to be called once more for each key writes nothing but events."""
    for key in list(world.keys):
        begun = len(world.cluster.history)
        world.about = key
        world.controller.reconcile(world.cluster, key)
        written = [entry for entry in world.cluster.history[begun:] if entry.key.kind != "Event"]
        if written:
            what = f"{written[0].verb} of {written[0].key.kind} {written[0].key.name}"
            why = f"called again for {key}, when all was done, it wrote once more ({what}); compare before you write"
            yield Finding("reconcile", why), "again"
            return


def _elsewhere(controller: Any) -> Iterator[Sorted]:
    """In two worlds of one seed, and in a fork, it does the same."""
    first, second = Watched(controller), Watched(controller)
    for world in (first, second):
        actortrial.begin(world.loop)
    half = first.cluster.fork()
    forked = first.loop.fork(half)
    for loop in (first.loop, second.loop, forked):
        actortrial.go_on(loop)
    if first.cluster.history[:] != second.cluster.history[:]:
        why = "in two worlds of one seed it did two things; draw from cluster.rng, and take the time from cluster.clock"
        yield Finding("reconcile", why), "twice"
    elif first.cluster.history[:] != half.history[:]:
        why = "in a fork of the lab it went on otherwise; keep nothing outside the cluster, or have fork(cluster)"
        yield Finding("fork", why), "fork"


class Seen(NamedTuple):
    """An object as it was before a call, and a copy of it."""

    obj: Any
    copy: Any


class Watched:
    """A world in which a controller is watched at work: what it is woken with, and what it does to objects."""

    def __init__(self, controller: Any) -> None:
        self.controller = controller
        self.cluster = Cluster(seed=1)
        self.name = controller.name
        self.watches = {kind: self._mapper(mapper) for kind, mapper in controller.watches.items()}
        self.awaits_its_writes = getattr(controller, "awaits_its_writes", False)
        self.found: list[Sorted] = []
        self.keys: dict[Hashable, None] = {}
        self.doing = "reconcile"
        self.about: Hashable = ""
        self.loop = Loop(self.cluster, [self])

    def fork(self, cluster: Cluster) -> Watched:
        """The same controller in a forked world, or its own fork."""
        fork = getattr(self.controller, "fork", None)
        twin = Watched(fork(cluster) if fork else self.controller)
        twin.cluster = cluster
        return twin

    def reconcile(self, cluster: Cluster, key: Any) -> float | None:
        """Let the controller act, and look at what it returns and touches."""
        self.keys[key] = None
        self.doing, self.about = "reconcile", key
        seen = [Seen(obj, deepcopy(obj)) for obj in cluster.objects().values()]
        wait = self.controller.reconcile(cluster, key)
        if any(one.obj != one.copy for one in seen):
            self._find("reconcile", "it changed an object in place; make a new dict, and give it to the cluster")
        if wait is not None and (not isinstance(wait, int | float) or isinstance(wait, bool) or wait < 0):
            self._find(
                "reconcile", f"it returned {wait!r}; return None, or the seconds after which it is to look again"
            )
            return None
        return wait

    def _mapper(self, mapper: Callable[[Cluster, Entry], Iterable[Any]]) -> Callable[[Cluster, Entry], list[Any]]:
        def woken(cluster: Cluster, entry: Entry) -> list[Any]:
            doing, self.doing = self.doing, f"watches[{entry.key.kind!r}]"
            self.about = entry.key
            begun = len(cluster.history)
            keys = mapper(cluster, entry)
            if keys is None or isinstance(keys, str):
                self._find(self.doing, f"it gave {keys!r}; give a list of keys, an empty one for none")
                return []
            kept = [key for key in keys if self._is_key(key)]
            if len(cluster.history) != begun:
                self._find(self.doing, "it wrote into the cluster; it only says which keys to look at")
            self.doing = doing
            return kept

        return woken

    def _is_key(self, key: Any) -> bool:
        if isinstance(key, Entry | dict) or not isinstance(key, Hashable):
            self._find(self.doing, "it gave what changed; give its key, the world is read when its turn comes")
            return False
        return True

    def _find(self, where: str, sentence: str) -> None:
        self.found.append((Finding(where, f"{sentence} (for {self.about})"), sentence[:20]))
