"""One look of a kubelet at one pod: what it sees, and how it writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.heartbeats import silence
from labkit.kinds.pod import Container, Pod
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour
from labkit.kubelet import status as statuses
from labkit.kubelet.behaviour import Behaviour
from labkit.kubelet.timing import Timing

Dict = dict[str, Any]

SOURCE = "kubelet"


class PodStage(NamedTuple):
    """A timer: the pod of that uid is to enter `stage`; `container` and `number` (restarts, attempts) say where."""

    pod: Key
    uid: str
    stage: str
    container: str = ""
    number: int = 0


class Next(NamedTuple):
    """What is to come: the stage, in how many seconds, for which container, the how many-th time."""

    stage: str
    delay: float
    container: str = ""
    number: int = 0


@dataclass(frozen=True)
class Visit:
    """A pod on its node at a moment."""

    cluster: Cluster
    key: Key
    timing: Timing
    container: str = ""
    number: int = 0

    @property
    def obj(self) -> Dict:
        """The pod as it is now."""
        return self.cluster.require(self.key)

    @property
    def pod(self) -> Pod:
        """The pod, decoded."""
        pod: Pod = self.cluster.read(self.key)
        return pod

    @property
    def status(self) -> Dict:
        """Its status as it is now."""
        return self.obj.get("status") or {}

    @property
    def node_key(self) -> Key:
        """The node it runs on."""
        return Key("Node", "", self.pod.spec.node_name)

    @property
    def is_attended(self) -> bool:
        """Whether the node is there and its kubelet isn't silent."""
        node = self.cluster.get(self.node_key)
        return node is not None and silence(node, self.cluster.clock) is None

    @property
    def now(self) -> str:
        """The moment, as the API writes it."""
        return self.cluster.clock.stamp()

    @property
    def spec(self) -> Container:
        """The container that this stage is about."""
        pod = self.pod.spec
        return next(one for one in (*pod.init_containers, *pod.containers) if one.name == self.container)

    @property
    def is_init(self) -> bool:
        """Whether that is an init container."""
        return any(one.name == self.container for one in self.pod.spec.init_containers)

    @property
    def behaviour(self) -> Behaviour:
        """What that container does."""
        return behaviour.of(self.cluster, self.pod, self.container)

    def behaviour_at(self, moment: float) -> Behaviour:
        """What that container did at a moment."""
        return behaviour.of(self.cluster, self.pod, self.container, moment)

    @property
    def answers_after(self) -> float:
        """How long after its start the container's application answers, in seconds."""
        told = self.behaviour.starts_in
        return self.timing.starts_in if told is None else told

    @property
    def ran(self) -> float:
        """How long the container has run, in seconds; up to one too many, as stamps are whole seconds."""
        clock = self.cluster.clock
        return clock.now - clock.seconds(self.held["state"]["running"]["startedAt"])

    @property
    def held(self) -> Dict:
        """That container's status."""
        both = [*self.status.get("initContainerStatuses", ()), *self.status.get("containerStatuses", ())]
        return next(one for one in both if one["name"] == self.container)

    def put(self, container_status: Dict) -> None:
        """Write that container's status, and what follows from it for the pod."""
        self.write(statuses.put_container(self.status, container_status, self.is_init))

    def wait(self, reason: str, message: str) -> None:
        """Write that the container has to wait."""
        held = self.held
        last = held["state"] if "terminated" in held["state"] else held["lastState"]
        self.put(statuses.waiting(held["name"], self.spec.image, reason, message, last, held["restartCount"]))

    def write(self, status: Dict) -> None:
        """Write the pod's status with phase and conditions made anew."""
        sandbox = bool(status.get("podIP"))
        self.cluster.set_status(self.key, statuses.complete(self.pod, status, sandbox, self.now))

    def tell(self, reason: str, message: str, severity: str = "Normal") -> None:
        """Record an event about the pod."""
        self.cluster.record(self.key, severity, reason, message, SOURCE)
