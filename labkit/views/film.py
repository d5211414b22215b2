"""A run of a cluster as pictures: one for every moment at which nodes or pods changed.

Each creation, binding and deletion of a pod is a moment, even where many happen at one time; reports about nodes and
pods are gathered by their time.

A picture of the past is made from the history's entries, without building the past cluster, and what was read of an
object is kept by its version: this is what lets a slider scrub through 200 pods.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from labkit.history import Entry
from labkit.kinds import Key, decode, ecs
from labkit.kinds.pod import Pod
from labkit.views.ecs_snapshot import fleet_of, has_fleet, owner_of, place_of
from labkit.views.picture import Picture
from labkit.views.snapshot import Asked, Read, has_nodes, picture_of, requested

if TYPE_CHECKING:
    from labkit.cluster import Cluster

SHOWN = frozenset({"Node", "Pod"})
KEPT = 256  # pictures held ready
_NEEDED = SHOWN | {"ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}


class Moment(NamedTuple):
    """A point in time (virtual seconds) and how many entries of the history had been written by its end."""

    time: float
    entries: int


class Film:
    """The moments of a cluster's history, growing with it; the last is now, even if nothing happened since.

    The first `settled` moments stay as they are; one more stands for now where now is later than the last of them.
    `owners` are all owners that ever had pods, in order of appearance, and `most_pods` the most pods a node ever held:
    what `render` needs to keep colours and sizes still from picture to picture.
    """

    shown = SHOWN
    """The kinds whose changes are moments."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.moments: list[Moment] = []
        self.settled = 0
        self.owners: list[str] = []
        self.most_pods = 0
        self._read_up_to = 0
        self._above: dict[Key, Key] = {}
        self._where: dict[Key, str] = {}
        self._load: Counter[str] = Counter()
        self._structs: dict[tuple[Key, str], Any] = {}
        self._asked: dict[str, Asked] = {}
        self._pictures: dict[Moment, Picture] = {}
        self.extend()

    def __len__(self) -> int:
        return len(self.moments)

    def extend(self) -> None:
        """Take in what happened since; the last moment is always now."""
        history = self.cluster.history
        new = history[self._read_up_to :]
        settled = self._lengthened(self.moments[: self.settled], new)
        self._read_up_to, now = len(history), self.cluster.clock.now
        self.settled = len(settled)
        quiet = not settled or settled[-1].time < now
        self.moments = [*settled, Moment(now, len(history))] if quiet else settled
        for entry in new:
            self._notice(entry)

    def picture(self, place: int) -> Picture:
        """The picture of moment number `place`."""
        moment = self.moments[place]
        if moment not in self._pictures:
            if len(self._pictures) >= KEPT:
                del self._pictures[next(iter(self._pictures))]
            self._pictures[moment] = self._take(moment)
        return self._pictures[moment]

    def place_at(self, time: float) -> int:
        """The number of the last moment up to `time`."""
        return max(0, bisect_right(self.moments, time, key=lambda moment: moment.time) - 1)

    def changes(self, place: int) -> list[Entry]:
        """What was written to reach moment number `place` from the one before."""
        start = self.moments[place - 1].entries if place else 0
        return self.cluster.history[start : self.moments[place].entries]

    def _lengthened(self, moments: list[Moment], new: list[Entry]) -> list[Moment]:
        """`moments` with those of the `new` entries."""
        longer = list(moments)
        for number, entry in enumerate(new, self._read_up_to + 1):
            if entry.key.kind in self.shown:
                moment = Moment(entry.time, number)
                if longer and longer[-1].time == entry.time and not self._is_event(entry):
                    longer[-1] = moment
                else:
                    longer.append(moment)
        return longer

    def _is_event(self, entry: Entry) -> bool:
        """Whether a write deserves a moment of its own, even if others happen at the same time."""
        return entry.key.kind == "Pod" and entry.verb != "status"

    def _notice(self, entry: Entry) -> None:
        """Keep the account of who owns what and how many pods lie where."""
        controller = _controller(entry.key, entry.new)
        if controller is not None:
            self._above[entry.key] = controller
        if entry.key.kind == "Pod":
            node = entry.new["spec"].get("nodeName", "") if entry.new is not None else ""
            self._count(entry.key, self._top(controller) if controller is not None else "", node)

    def _count(self, key: Key, owner: str, place: str) -> None:
        """Note whose a pod is, and where it lies now."""
        if owner and owner not in self.owners:
            self.owners.append(owner)
        self._load[self._where.pop(key, "")] -= 1
        if place:
            self._where[key] = place
            self._load[place] += 1
            self.most_pods = max(self.most_pods, self._load[place])

    def _top(self, key: Key) -> str:
        while key in self._above:
            key = self._above[key]
        return "/".join(key)

    def _objects(self, moment: Moment, kinds: frozenset[str]) -> dict[Key, dict[str, Any]]:
        """The objects of those kinds as they were then."""
        kept = {key: obj for key, obj in self.cluster.objects().items() if key.kind in kinds}
        return {key: obj for key, obj in self.cluster.history.undo(kept, moment.entries).items() if key.kind in kinds}

    def _take(self, moment: Moment) -> Picture:
        objects = self._objects(moment, _NEEDED)
        keys = {kind: [key for key in objects if key.kind == kind] for kind in SHOWN}
        return picture_of(keys["Node"], keys["Pod"], self._reader(objects), moment.time, self._asks)

    def _asks(self, pod: Pod) -> Asked:
        version = pod.metadata.resource_version
        if version not in self._asked:
            self._asked[version] = requested(pod)
        return self._asked[version]

    def _reader(self, objects: Mapping[Key, dict[str, Any]]) -> Read:
        def read(key: Key) -> Any:
            obj = objects.get(key)
            if obj is None:
                return None
            version = (key, obj["metadata"]["resourceVersion"])
            if version not in self._structs:
                self._structs[version] = decode(obj)
            return self._structs[version]

        return read


class FleetFilm(Film):
    """A run of ECS as pictures: a moment for every task that comes or goes, and for changes at one time."""

    shown = frozenset({ecs.CONTAINER_INSTANCE, ecs.TASK})

    def _is_event(self, entry: Entry) -> bool:
        return entry.key.kind == ecs.TASK and (entry.old is None or entry.new is None)

    def _notice(self, entry: Entry) -> None:
        if entry.key.kind != ecs.TASK:
            return
        task = decode(entry.new, ecs.TASK) if entry.new is not None else None
        if task is None or task.is_stopped:
            self._count(entry.key, "", "")
        else:
            self._count(entry.key, owner_of(task), place_of(task))

    def _take(self, moment: Moment) -> Picture:
        objects = self._objects(moment, self.shown)
        instances, tasks = (
            [decode(obj, kind) for key, obj in objects.items() if key.kind == kind]
            for kind in (ecs.CONTAINER_INSTANCE, ecs.TASK)
        )
        return fleet_of(instances, tasks, moment.time)


def film_of(cluster: Cluster) -> Film:
    """The film of a cluster: of ECS where there is nothing of Kubernetes, else of Kubernetes."""
    return (FleetFilm if has_fleet(cluster) and not has_nodes(cluster) else Film)(cluster)


def _controller(key: Key, obj: dict[str, Any] | None) -> Key | None:
    owners = obj["metadata"].get("ownerReferences", ()) if obj is not None else ()
    return next((Key(o["kind"], key.namespace, o["name"]) for o in owners if o.get("controller")), None)
