"""Which nodes could go: little is asked of them, their pods may be moved and have somewhere to go.

Source: cluster-autoscaler core/scaledown/{eligibility,planner,unneeded}, simulator/cluster.go, 1.36.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from labkit.autoscaling.clusterautoscaler.blockers import MIRROR, Blocker, blocker, is_daemon, stays
from labkit.autoscaling.clusterautoscaler.machinery import group_of, room_of
from labkit.autoscaling.clusterautoscaler.options import Options
from labkit.autoscaling.clusterautoscaler.utilization import Held, Utilization, utilization
from labkit.clock import EPOCH
from labkit.cluster import Cluster
from labkit.kinds.registry import Key
from labkit.scheduler.columns import Columns
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.snapshot import Snapshot

Object = dict[str, Any]

DISABLED = "cluster-autoscaler.kubernetes.io/scale-down-disabled"
UNNEEDED, DOOMED = "DeletionCandidateOfClusterAutoscaler", "ToBeDeletedByClusterAutoscaler"
"""The taints that say since when a node is unneeded, and that it is being removed."""


class Verdict(NamedTuple):
    """Whether a node could go; if not the reason, by its name, with the share that is asked for and who blocks.

    `moved`: the pods that would have to go elsewhere.
    """

    node: Key
    reason: str = ""
    used: Utilization | None = None
    blocker: Blocker | None = None
    moved: tuple[Key, ...] = ()

    @property
    def is_removable(self) -> bool:
        """Whether it could go."""
        return not self.reason


def verdicts(cluster: Cluster, options: Options, columns: Columns | None = None) -> dict[Key, Verdict]:
    """A verdict on every node; those unneeded longest are looked at first, and their pods count as moved.

    `columns`: fresh ones, if there are any.
    """
    columns = Columns(cluster) if columns is None else columns
    early = {key: _without_moving(cluster, key, options, columns) for key in cluster.keys("Node")}
    found = {key: verdict for key, verdict in early.items() if verdict.reason}
    left = [key for key in early if key not in found]
    if not left:
        return found
    snapshot, leaving = Snapshot(cluster, columns=columns), set[int]()
    for key in sorted(left, key=lambda key: (since(cluster, key) is None, since(cluster, key) or 0)):
        found[key] = verdict = _moved(cluster, early[key], snapshot, leaving)
        if verdict.is_removable:
            leaving.add(columns.row[key.name])
    return found


def _without_moving(cluster: Cluster, key: Key, options: Options, columns: Columns) -> Verdict:
    """What can be said of a node before anything is moved; without a reason if it may go so far."""
    early = _early(cluster, key)
    if early:
        return Verdict(key, early)
    used = used_of(cluster, key, options, columns)
    if used.share >= options.scale_down_utilization_threshold:
        return Verdict(key, "NotUnderutilized", used)
    pods = [pod for pod in cluster.into(key, "runs-on") if pod.kind == "Pod"]
    found = next((one for pod in pods if (one := blocker(cluster, pod, options)) is not None), None)
    if found is not None:
        return Verdict(key, "BlockedByPod", used, found)
    return Verdict(key, "", used)


def _moved(cluster: Cluster, verdict: Verdict, snapshot: Snapshot, leaving: Collection[int]) -> Verdict:
    """Whether the pods of a node find room, while the nodes of the rows `leaving` go too; they are moved there."""
    key, used = verdict.node, verdict.used
    pods = [pod for pod in cluster.into(key, "runs-on") if pod.kind == "Pod"]
    moving = [snapshot.info(pod) for pod in pods if not stays(cluster.require(pod))]
    home = snapshot.columns.row[key.name]
    rows = [row for row in range(len(snapshot)) if row != home and row not in leaving]
    if not snapshot.move(moving, home, rows):
        return Verdict(key, "NoPlaceToMovePods", used)
    return Verdict(key, "", used, None, tuple(info.key for info in moving))


def _early(cluster: Cluster, key: Key) -> str:
    obj = cluster.require(key)
    if group_of(cluster, obj) is None:
        return "NotAutoscaled"
    if taint(obj, DOOMED) is not None:
        return "CurrentlyBeingDeleted"
    if obj["metadata"].get("annotations", {}).get(DISABLED) == "true":
        return "ScaleDownDisabledAnnotation"
    return "" if cluster.read(key).is_ready else "ScaleDownUnreadyDisabled"


def used_of(cluster: Cluster, key: Key, options: Options, columns: Columns | None = None) -> Utilization:
    """How much of a node is asked for; `columns` hold the sums, where every pod counts."""
    room = room_of(cluster.read(key).status.allocatable)
    pods = [pod for pod in cluster.into(key, "runs-on") if pod.kind == "Pod"]
    is_plain = not options.ignore_daemonsets_utilization and not any(_is_leaving(cluster, pod) for pod in pods)
    if columns is not None and is_plain and key.name in columns.row:
        cpu, memory = columns.requested[columns.row[key.name], :2].tolist()
        return utilization(room.cpu, room.memory, [Held(cpu, memory)])
    return utilization(room.cpu, room.memory, list(_held(cluster, key)), options.ignore_daemonsets_utilization)


def _is_leaving(cluster: Cluster, pod: Key) -> bool:
    return "deletionTimestamp" in (cluster.get(pod) or {"metadata": {}})["metadata"]


def _held(cluster: Cluster, key: Key) -> Iterator[Held]:
    for pod in cluster.into(key, "runs-on"):
        obj = cluster.get(pod)
        if pod.kind != "Pod" or obj is None or cluster.read(pod).is_terminal:
            continue
        request = PodInfo.of(pod, cluster.read(pod)).request
        is_mirror = MIRROR in obj["metadata"].get("annotations", {})
        yield Held(request.get("cpu", 0), request.get("memory", 0), is_daemon(obj), is_mirror, _overdue(cluster, obj))


def _overdue(cluster: Cluster, obj: Object) -> float:
    """Seconds since a pod that is being deleted should have been gone."""
    stamp = obj["metadata"].get("deletionTimestamp")
    return max(cluster.clock.now - cluster.clock.seconds(stamp), 0.0) if stamp else 0.0


def since(cluster: Cluster, key: Key) -> float | None:
    """Since when a node has been unneeded: the moment its taint says, in seconds since the lab's start."""
    held = taint(cluster.require(key), UNNEEDED)
    return None if held is None else float(held) - EPOCH.timestamp()


def taint(obj: Object, key: str) -> str | None:
    """The value of a node's taint; None if it hasn't that taint."""
    taints = (obj.get("spec") or {}).get("taints", ())
    return next((one.get("value", "") for one in taints if one["key"] == key), None)
