"""The world of a recorded trace: nodes, controllers and the stand-in kubelet, and the steps done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from labkit import apiserver
from labkit.apiserver import subresources
from labkit.autoscaling.hpa.controller import HorizontalPodAutoscalers
from labkit.cluster import Cluster
from labkit.conformance.timeline import NAMESPACE, Names, timeline
from labkit.conformance.tracekubelet import TraceKubelet, set_ready
from labkit.controllers import UNSIMULATED, control_plane
from labkit.errors import ApiError
from labkit.history import Entry
from labkit.kinds import KINDS, Key
from labkit.kubelet.nodes import healthy
from labkit.running import Loop
from labkit.scheduler import Scheduler

Object = dict[str, Any]

NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease", NAMESPACE)
START = 50.0
"""When the first step is due, in virtual seconds: the cluster has settled by then.

CronJobs were recorded from ten seconds before a full minute on, as their first Jobs show.
"""


class Run(NamedTuple):
    """A replayed trace: the cluster at the end, what was written since the start, the names, the answers.

    `earlier`: the names of the events that were there at the start.
    """

    cluster: Cluster
    entries: list[Entry]
    names: Names
    answers: list[Object]
    earlier: frozenset[str]

    @property
    def timeline(self) -> list[Object]:
        """What changed, in the recordings' form."""
        return timeline(self.entries, self.names)


def lacking(trace: Object) -> str:
    """The kind in a trace that nobody in labkit acts on, with what that means; empty if there is none."""
    kinds = [obj["kind"] for obj in [*trace["objects"], *(step.get("object", {"kind": ""}) for step in trace["steps"])]]
    return next((f"{kind}: {UNSIMULATED[kind]}" for kind in kinds if kind in UNSIMULATED), "")


def replayed(trace: Object) -> Run:
    """Do the trace's steps at their times and run to its end."""
    cluster = Cluster()
    actors = [TraceKubelet(trace["kubelet"]), *control_plane(Scheduler()), HorizontalPodAutoscalers()]
    loop = Loop(cluster, actors)
    for name in NAMESPACES:
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    loop.run(0)
    for obj in [*trace["nodes"], *trace["objects"]]:
        apiserver.create(cluster, placed(obj))
    loop.run(START)
    begun = len(cluster.history)
    earlier = frozenset(event["metadata"]["name"] for event in cluster.list("Event"))
    answers: list[Object] = []
    for index, step in enumerate(trace["steps"]):
        loop.run(START + step["at"])
        answers += answered(cluster, index, step, begun)
    loop.run(START + trace["until"])
    return Run(cluster, cluster.history[begun:], named(cluster, begun), answers, earlier)


def named(cluster: Cluster, begun: int) -> Names:
    """The placeholders of what has appeared since the start."""
    names = Names()
    timeline(cluster.history[begun:], names)
    return names


def placed(obj: Object) -> Object:
    """The object in the replay's namespace, if its kind has them and it doesn't say another."""
    meta = obj["metadata"]
    return {**obj, "metadata": {"namespace": NAMESPACE, **meta}} if KINDS[obj["kind"]].namespaced else obj


def answered(cluster: Cluster, index: int, step: Object, begun: int) -> list[Object]:
    """Do a step; the answer if it is worth noting: refusals, and what evictions came to."""
    names = named(cluster, begun)
    try:
        STEPS[step["op"]](cluster, step, names)
    except ApiError as error:
        causes = error.details.get("causes")
        told = {
            "step": index,
            "code": error.code,
            "reason": error.reason or None,
            "message": names.shown(error.message),
        }
        return [told | ({"causes": names.shown(causes)} if causes else {})]
    return [{"step": index, "code": 201}] if step["op"] == "evict" else []


def key(step: Object, names: Names, kind: str = "Pod") -> Key:
    """Whom a step is about."""
    row, name = KINDS[step.get("kind", kind)], names.real(step["name"])
    if row.name == "Namespace" and name == "default":
        name = NAMESPACE
    return Key(row.name, NAMESPACE if row.namespaced else "", name)


def _create(cluster: Cluster, step: Object, names: Names) -> None:
    obj = step["object"]
    if obj["kind"] == "Node":  # the recordings' nodes were ready as they came
        obj = {**obj, "status": {"conditions": healthy(cluster.clock.stamp()), **(obj.get("status") or {})}}
    apiserver.create(cluster, placed(obj))


def _replace(cluster: Cluster, step: Object, names: Names) -> None:
    apiserver.replace(cluster, placed(step["object"]))


def _patch(cluster: Cluster, step: Object, names: Names) -> None:
    apiserver.patch(cluster, key(step, names), step["patch"], step.get("type", "strategic"))


def _scale(cluster: Cluster, step: Object, names: Names) -> None:
    subresources.put(cluster, key(step, names), "scale", {"spec": {"replicas": step["replicas"]}})


def _delete(cluster: Cluster, step: Object, names: Names) -> None:
    apiserver.delete(cluster, key(step, names), step.get("options"))


def _evict(cluster: Cluster, step: Object, names: Names) -> None:
    subresources.post(cluster, key(step, names), "eviction", {"deleteOptions": step.get("options") or {}})


def _ready(cluster: Cluster, step: Object, names: Names) -> None:
    set_ready(cluster, key(step, names), True)


def _unready(cluster: Cluster, step: Object, names: Names) -> None:
    set_ready(cluster, key(step, names), False)


STEPS: dict[str, Callable[[Cluster, Object, Names], None]] = {
    "create": _create, "replace": _replace, "patch": _patch, "scale": _scale, "delete": _delete, "evict": _evict,
    "pod-ready": _ready, "pod-unready": _unready,
}  # fmt: skip
