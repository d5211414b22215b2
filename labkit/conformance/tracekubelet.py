"""The recordings' stand-in for the kubelet, with its timing: no containers, statuses alone.

A pod runs `run` seconds after it was bound and is ready `ready` seconds later; `terminate` seconds after its deletion,
at most the grace period, it is gone. The moments at which pods become ready, end or vanish are at least `gap` apart.
Annotations `sim/…` on pods steer it (see tests/conformance/README.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.heartbeats import silence
from labkit.history import Entry
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.kubelet import outage
from labkit.kubelet import status as statuses
from labkit.kubelet.actor import taken_up
from labkit.kubelet.nodes import register
from labkit.network.addresses import free_pod_ip
from labkit.running import Mapper

Object = dict[str, Any]

ENDED_BY_SIGTERM = 143
APART = 0.005
"""Seconds between two pods that start at the same moment: the stand-in did one thing at a time."""
DEAD = "sim/dead"
"""The annotation of a node whose kubelet has stopped."""
NEXT = "next"
"""The key of the queue of moments that keep their distance."""


class Stage(NamedTuple):
    """What becomes of the pod of that uid: run, ready, end, gone."""

    pod: Key
    uid: str
    name: str


class Vanished(NamedTuple):
    """A pod that was taken out at once; the stand-in still came to see to its end, when it was its turn."""

    stage: Stage


def moved(cluster: Cluster, entry: Entry) -> list[Key | Vanished]:
    """A pod that is new on its node or leaves it, and one that is gone without having left."""
    old = entry.old
    if entry.new is None and old is not None and "deletionTimestamp" not in old["metadata"]:
        return [Vanished(Stage(entry.key, old["metadata"]["uid"], "gone"))] if old["spec"].get("nodeName") else []
    return [*taken_up(cluster, entry)]


def stirred(cluster: Cluster, entry: Entry) -> list[Key]:
    """A node that has just come, or whose kubelet stops or goes on."""
    if entry.new is None:
        return []
    before, after = ((obj or {"metadata": {}})["metadata"].get("annotations") or {} for obj in (entry.old, entry.new))
    return [entry.key] if entry.old is None or before.get(DEAD) != after.get(DEAD) else []


class TraceKubelet:
    """Sets the statuses of pods as the recordings' stand-in did.

    Reads: Pod, Node. Writes: their status; the end of a deleted pod.
    Runs again: when a pod is bound or deleted, when a node comes, and at the moments of `timing`.
    """

    name = "kubelet"
    kind = "Pod"

    def __init__(self, timing: Mapping[str, float], host: str = "") -> None:
        self.timing, self.host = timing, host
        self.watches: dict[str, Mapper] = {"Pod": moved, "Node": stirred}
        self.queue: list[tuple[float, int, Stage]] = []
        self.free_at = self.started_at = 0.0
        self._count = 0

    def reconcile(self, cluster: Cluster, key: Key | Stage | Vanished | str) -> float | None:
        """A pod or node that is new here, a stage, or the queue; seconds until the queue's next moment."""
        if key == NEXT:
            return self._take(cluster)
        if isinstance(key, Stage):
            self._enter(cluster, key)
        elif isinstance(key, Vanished):
            self._later(cluster, key.stage, 0.0)
        elif isinstance(key, Key) and cluster.get(key) is not None:
            if key.kind == "Node":
                self._attend(cluster, key)
            else:
                self._take_up(cluster, key)
        return None

    def _attend(self, cluster: Cluster, node: Key) -> None:
        """A node comes, or its kubelet stops or goes on: its pods are as they were, but nobody says so of them."""
        silent = silence(cluster.require(node), cluster.clock) is not None
        if is_dead(cluster, node.name):
            outage.stop(cluster, node, machine_off=False)
        elif silent:
            outage.start(cluster, node)
            outage.post(cluster, node)
            for pod in cluster.into(node, "runs-on"):
                self._take_up(cluster, pod)
        else:
            register(cluster, node)

    def _take_up(self, cluster: Cluster, key: Key) -> None:
        pod = cluster.read(key)
        if is_dead(cluster, pod.spec.node_name):
            return
        uid, notes = pod.metadata.uid, pod.metadata.annotations
        if pod.metadata.deletion_timestamp is not None:
            grace = float(pod.metadata.deletion_grace_period_seconds or 0)
            asked = told(notes, "sim/term-delay", self.timing["terminate"])
            self._later(cluster, Stage(key, uid, "gone"), min(asked, grace))
        elif pod.status.start_time is None and not pod.is_terminal:
            delay = told(notes, "sim/run-delay", self.timing["run"])
            self.started_at = max(cluster.clock.now + delay, self.started_at + APART)
            cluster.clock.wake((self.name, Stage(key, uid, "run")), self.started_at - cluster.clock.now)

    def _later(self, cluster: Cluster, stage: Stage, delay: float) -> None:
        """Let a stage come that keeps its distance from others; stages take their turn as they fall due."""
        self._count += 1
        self.queue.append((moment(cluster.clock.now + delay), self._count, stage))
        self.queue.sort()
        cluster.clock.wake((self.name, NEXT), max(self.queue[0][0], self.free_at) - cluster.clock.now)

    def _take(self, cluster: Cluster) -> float | None:
        now = cluster.clock.now
        while self.queue and max(self.queue[0][0], self.free_at) <= now:
            _, _, stage = self.queue.pop(0)
            pod = cluster.read(stage.pod)
            notes = pod.metadata.annotations if pod is not None else {}
            if self._enter(cluster, stage) or (pod is None and stage.name == "gone"):
                self.free_at = moment(now + told(notes, "sim/gap", self.timing["gap"]))
        return max(self.queue[0][0], self.free_at) - now if self.queue else None

    def _enter(self, cluster: Cluster, stage: Stage) -> bool:
        """Carry out a stage; whether anything came of it."""
        obj = cluster.get(stage.pod)
        if obj is None or obj["metadata"]["uid"] != stage.uid:
            return False
        pod = cluster.read(stage.pod)
        leaving = "deletionTimestamp" in obj["metadata"]
        if is_dead(cluster, pod.spec.node_name) or leaving != (stage.name == "gone"):
            return False
        return _STAGES[stage.name](self, cluster, stage, pod)

    def run(self, cluster: Cluster, stage: Stage, pod: Pod) -> bool:
        """The containers start, or their image can't be had, or they crash."""
        mode, now = mode_of(pod), cluster.clock.stamp()
        taken = {one.status.pod_ip for one in cluster.items("Pod")}
        node = cluster.read(Key("Node", "", pod.spec.node_name))
        address = free_pod_ip(node.spec.pod_cidr, taken)
        status = {**(cluster.require(stage.pod).get("status") or {}), "startTime": now}
        status |= {"hostIP": self.host or node_address(node), "podIP": address, "podIPs": [{"ip": address}]}
        status["containerStatuses"] = [container(mode, one.name, one.image, now) for one in pod.spec.containers]
        write(cluster, stage.pod, status)
        if mode not in ("unready", "crash", "imagepull"):
            delay = told(pod.metadata.annotations, "sim/ready-delay", self.timing["ready"])
            self._later(cluster, Stage(stage.pod, stage.uid, "ready"), delay)
        return True

    def ready(self, cluster: Cluster, stage: Stage, pod: Pod) -> bool:
        """The containers are ready; a pod of a Job will end."""
        if pod.is_terminal:
            return False
        set_ready(cluster, stage.pod, True)
        if mode_of(pod) == "complete" or is_of_job(pod):
            seconds = told(pod.metadata.annotations, "sim/run-seconds", self.timing["job_seconds"])
            self._later(cluster, Stage(stage.pod, stage.uid, "end"), seconds)
        return True

    def end(self, cluster: Cluster, stage: Stage, pod: Pod) -> bool:
        """The containers end by themselves."""
        if pod.is_terminal:
            return False
        finish(cluster, stage.pod, int(pod.metadata.annotations.get("sim/exit-code", "0")))
        return True

    def gone(self, cluster: Cluster, stage: Stage, pod: Pod) -> bool:
        """A deleted pod vanishes; one of a Job fails first."""
        if is_of_job(pod) and pod.status.phase == "Running":
            finish(cluster, stage.pod, ENDED_BY_SIGTERM)
        cluster.delete(stage.pod, grace=0)
        return True


_STAGES = {"run": TraceKubelet.run, "ready": TraceKubelet.ready, "end": TraceKubelet.end, "gone": TraceKubelet.gone}


def moment(seconds: float) -> float:
    """A moment as exact as the clock keeps it."""
    return round(seconds, 6)


def told(annotations: Mapping[str, str], name: str, otherwise: float) -> float:
    """Seconds that an annotation asks for."""
    return float(annotations.get(name, otherwise))


def mode_of(pod: Pod) -> str:
    """What becomes of the pod: run, unready, crash, imagepull, complete."""
    bad = any(one.image.endswith(":bad") for one in pod.spec.containers)
    notes = pod.metadata.annotations
    return notes.get(f"sim/mode.{pod.metadata.name}", notes.get("sim/mode", "imagepull" if bad else "run"))


def is_of_job(pod: Pod) -> bool:
    """Whether a Job controls the pod, or did: it has its label."""
    return "batch.kubernetes.io/job-name" in pod.metadata.labels


def is_dead(cluster: Cluster, node: str) -> bool:
    """Whether the kubelet of that node has stopped, or the node is gone."""
    found = cluster.read(Key("Node", "", node))
    return found is None or found.metadata.annotations.get(DEAD) == "true"


def node_address(node: Any) -> str:
    """The node's internal address."""
    return next((one.address for one in node.status.addresses if one.type == "InternalIP"), "")


def container(mode: str, name: str, image: str, now: str) -> Object:
    """A container's status once the pod was taken up."""
    if mode == "imagepull":
        return statuses.waiting(name, image, "ImagePullBackOff", f'Back-off pulling image "{image}"')
    begun = statuses.running(name, image, now, None, 0, ready=False, started=True)
    if mode != "crash":
        return begun
    return statuses.waiting(name, image, "CrashLoopBackOff", "back-off restarting failed container", restarts=1)


def set_ready(cluster: Cluster, pod: Key, ready: bool) -> None:
    """The readiness probes of a pod pass, or fail."""
    status = cluster.require(pod).get("status") or {}
    held = [{**one, "ready": ready} for one in status.get("containerStatuses", ())]
    write(cluster, pod, {**status, "containerStatuses": held})


def finish(cluster: Cluster, pod: Key, code: int) -> None:
    """All containers end with that exit code, for good."""
    status, now = cluster.require(pod).get("status") or {}, cluster.clock.stamp()
    held = [statuses.terminated(one, code, now) for one in status.get("containerStatuses", ())]
    write(cluster, pod, {**status, "containerStatuses": held})


def write(cluster: Cluster, pod: Key, status: Object) -> None:
    """Write a pod's status with the phase and conditions that follow from its containers."""
    done = statuses.complete(cluster.read(pod), status, bool(status.get("podIP")), cluster.clock.stamp())
    ended = [one["state"].get("terminated") for one in status["containerStatuses"]]
    if all(ended):  # the stand-in's pods end for good, whatever their restartPolicy
        done["phase"] = "Failed" if any(one["exitCode"] for one in ended) else "Succeeded"
    elif any(one["restartCount"] for one in status["containerStatuses"]):  # one that crashes has run, it says no more
        done["phase"] = "Running"
    cluster.set_status(pod, done)
