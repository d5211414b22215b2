"""The state of the drain drill, without any widget: a drain is run in a lab of its own, then read from history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from labkit.apiserver import subresources
from labkit.errors import ApiError
from labkit.history import Entry
from labkit.kinds import Key, decode
from labkit.kinds.node import Node
from labkit.kinds.pod import Pod
from labkit.kubectl.call import Call
from labkit.kubectl.drain import drain
from labkit.kubectl.execute import split
from labkit.kubectl.parser import parse
from labkit.kubelet import Timing
from labkit.lab import Lab
from labkit.views.drain import BEFORE, Drill, Frame, Host, Tile

NODES = ("node-1", "node-2", "node-3")
IN_TURN = "each in turn"
NO_BUDGET = "no budget"
BUDGET = Key("PodDisruptionBudget", "default", "web")
TRIES_FOR = 90
"""Seconds after which the drill's `kubectl drain` gives up."""
REPAIR, AFTER = 10.0, 12.0  # s until an emptied node is opened again; s that are watched after the end
_WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata:
      labels: {{app: web}}
    spec:
      containers:
      - name: web
        image: shop/web:1.0
        readinessProbe: {{httpGet: {{port: 80}}, periodSeconds: 2, failureThreshold: 1}}
        resources: {{requests: {{cpu: "1"}}}}
"""


class Choice(NamedTuple):
    """What the learner may set.

    `slots`: pods that a node has room for. `sick`: how many pods aren't ready, those of node-1 first.
    """

    node: str = NODES[0]
    limit: str = "maxUnavailable"
    amount: int = 1
    percent: bool = False
    replicas: int = 6
    slots: int = 3
    sick: int = 0
    always_allow: bool = False

    def budget(self) -> dict[str, object] | None:
        """The PodDisruptionBudget, if there is one."""
        if self.limit == NO_BUDGET:
            return None
        amount = f"{self.amount}%" if self.percent else self.amount
        spec: dict[str, object] = {self.limit: amount, "selector": {"matchLabels": {"app": "web"}}}
        spec |= {"unhealthyPodEvictionPolicy": "AlwaysAllow"} if self.always_allow else {}
        return {"apiVersion": "policy/v1", "kind": BUDGET.kind, "metadata": {"name": BUDGET.name}, "spec": spec}


@dataclass
class Timed(Call):
    """A kubectl call that notes when it said what."""

    said: list[tuple[float, str]] = field(default_factory=list)

    def out(self, text: str = "", end: str = "\n") -> None:
        """Note a line."""
        self.said.append((self.lab.now, text))

    err = out


@lru_cache(maxsize=64)
def base(replicas: int, slots: int, sick: int) -> Lab:
    """A lab whose pods run on three nodes; it is forked, never changed."""
    if sick:
        return _sickened(base(replicas, slots, 0).fork(), sick)
    timing = Timing(starts_in=6.0, stops_in=2.0)  # so that one sees pods start and leave
    lab = Lab.kubernetes(nodes=len(NODES), cpu=str(slots), seed=1, timing=timing, metrics_server=False)
    lab.apply(_WEB.format(replicas=replicas))
    return lab.run("20s")


def _sickened(lab: Lab, number: int) -> Lab:
    """The lab after so many pods, those of node-1 first, stopped being ready."""
    for pod in sorted(lab.get("pods"), key=lambda pod: pod["spec"].get("nodeName", "~"))[:number]:
        lab.cluster.patch(Key("Pod", "default", pod["metadata"]["name"]), {"metadata": {"labels": {"ill": "yes"}}})
    return lab.behave("ill=yes", ready=False).run("5s")


@lru_cache(maxsize=256)
def drill(choice: Choice) -> Drill:
    """The drain, moment by moment, and how it ended; ApiError if the API server refuses the budget."""
    lab = base(choice.replicas, choice.slots, choice.sick).fork()
    budget = choice.budget()
    if budget is not None:
        lab.apply(budget)
    lab.run(1)
    start, seen = lab.now, len(lab.history)
    reader = Reader(lab, start)
    said, blocked = _drained(lab, NODES if choice.node == IN_TURN else (choice.node,))
    took = lab.now - start
    why = _why(lab, blocked) if blocked else ""
    lab.run(AFTER)
    frames = reader.frames(lab.history[seen:], [(time - start, text) for time, text in said])
    return Drill(frames, blocked, round(took, 1), why, choice.replicas, choice.slots)


def _drained(lab: Lab, nodes: Iterable[str]) -> tuple[list[tuple[float, str]], str]:
    """Drain the nodes one after the other, opening each again; what was said, and the node where it stopped."""
    said: list[tuple[float, str]] = []
    for number, node in enumerate(nodes):
        if number:
            lab.run(REPAIR).kubectl(f"uncordon {NODES[number - 1]}")
        parsed = parse(split(f"drain {node} --timeout={TRIES_FOR}s"))
        call = Timed(lab, parsed.command, parsed.args, parsed.flags, parsed.given)
        drain(call)
        said += call.said
        if call.exit_code:
            return said, node
    return said, ""


def _why(lab: Lab, node: str) -> str:
    """What the API server says to one more eviction from the node, and what else stands in the way."""
    waiting = [pod for pod in lab.get("pods") if not pod["spec"].get("nodeName")]
    if waiting:
        number = "A replacement waits" if len(waiting) == 1 else f"{len(waiting)} replacements wait"
        return f"{_refusal(lab, node)}. {number}: {lab.why(waiting[0]['metadata']['name']).decision.message}"
    if any(not decode(pod).is_ready for pod in lab.get("pods")):
        return f"{_refusal(lab, node)}. A pod that isn't ready counts as missing already."
    return f"{_refusal(lab, node)}. Waiting changes nothing: all that are wanted are there, and none may go."


def _refusal(lab: Lab, node: str) -> str:
    for pod in (pod for pod in lab.get("pods") if pod["spec"].get("nodeName") == node):
        try:
            key = Key("Pod", "default", pod["metadata"]["name"])
            subresources.post(lab.cluster, key, "eviction", {"deleteOptions": {"dryRun": ["All"]}})
        except ApiError as error:
            causes = (error.details or {}).get("causes") or [{"message": error.message}]
            return str(causes[0]["message"])
    return "Its last pod is still on its way out"


class Reader:
    """Follows pods and nodes through history; pods are numbered as they come."""

    def __init__(self, lab: Lab, start: float) -> None:
        self.start = start
        self.numbers: dict[Key, int] = {}
        self.pods: dict[Key, Pod] = {}
        self.nodes: dict[str, Node] = {node.metadata.name: node for node in lab.cluster.items("Node")}
        self.desired = self._budget(lab.cluster.get(BUDGET))
        for pod in sorted(lab.cluster.items("Pod"), key=lambda pod: (pod.spec.node_name or "~", pod.metadata.name)):
            self._keep(Key("Pod", "default", pod.metadata.name), pod)

    def frames(self, entries: Iterable[Entry], said: list[tuple[float, str]]) -> tuple[Frame, ...]:
        """What is to be seen after every moment at which something changed or was said."""
        found = {BEFORE: self._frame(BEFORE, ())}
        moments = sorted([*((entry.time - self.start, entry, "") for entry in entries),
                          *((time, None, text) for time, text in said)], key=lambda one: round(one[0], 1))  # fmt: skip
        words: list[str] = []
        for time, entry, text in moments:
            at = round(time, 1)
            words = (words if at in found else []) + ([text] if text else [])
            if entry is not None:
                self._take(entry)
            found[at] = self._frame(at, tuple(words))
        return tuple(_changed(found.values()))

    def _take(self, entry: Entry) -> None:
        if entry.key.kind == "Pod":
            self._keep(entry.key, None if entry.new is None else decode(entry.new))
        elif entry.key.kind == "Node" and entry.new is not None:
            self.nodes[entry.key.name] = decode(entry.new)
        elif entry.key == BUDGET:
            self.desired = self._budget(entry.new)

    def _keep(self, key: Key, pod: Pod | None) -> None:
        self.pods.pop(key, None)
        if pod is not None:
            self.numbers.setdefault(key, len(self.numbers) + 1)
            self.pods[key] = pod

    def _budget(self, obj: dict[str, object] | None) -> int:
        status = (obj or {}).get("status") or {}
        assert isinstance(status, dict)
        return int(status.get("desiredHealthy", 0))

    def _frame(self, time: float, said: tuple[str, ...]) -> Frame:
        tiles = {key: Tile(self.numbers[key], state(pod)) for key, pod in sorted(self.pods.items(), key=self._number)}
        by_node = {name: tuple(tile for key, tile in tiles.items() if self.pods[key].spec.node_name == name)
                   for name in (*self.nodes, "")}  # fmt: skip
        hosts = tuple(Host(name, node.spec.unschedulable, by_node[name]) for name, node in self.nodes.items())
        refused = sum("(will retry" in line for line in said)
        healthy = sum(tile.state == "ready" for tile in tiles.values())
        return Frame(time, hosts, by_node[""], healthy, self.desired, refused, said)

    def _number(self, item: tuple[Key, Pod]) -> int:
        return self.numbers[item[0]]


def state(pod: Pod) -> str:
    """How a pod is drawn: leaving, ready, waiting for a node, or not ready."""
    if pod.metadata.deletion_timestamp is not None:
        return "leaving"
    return "ready" if pod.is_ready else "not ready" if pod.spec.node_name else "waiting"


def _changed(frames: Iterable[Frame]) -> Iterator[Frame]:
    """The frames that differ from the one before, and the last."""
    last: Frame | None = None
    kept: Frame | None = None
    for last in frames:
        if kept is None or last.said or last._replace(time=0) != kept._replace(time=0, refused=0, said=()):
            kept = last
            yield last
    if last is not None and last is not kept:
        yield last._replace(refused=0, said=())
