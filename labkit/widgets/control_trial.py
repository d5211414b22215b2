"""The state of the control loop widget, without any widget: one Deployment, what is done to it, and the gap."""

from __future__ import annotations

from typing import Any

from labkit.kinds import Key
from labkit.views.convergence import Gap
from labkit.views.film import Moment
from labkit.views.picture import count
from labkit.widgets.player import Player


class Trial:
    """One Deployment of a lab under attack. What was done last, a kubectl command with its answer, is `last`."""

    def __init__(self, lab: Any, deployment: str, namespace: str = "default") -> None:
        self.lab, self.key = lab, Key("Deployment", namespace, deployment)
        lab.cluster.require(self.key)
        self.player = Player(lab)
        self.last: tuple[str, str] = ("", "")
        self._gaps: dict[Moment, Gap] = {}

    def pods(self) -> list[str]:
        """The names of its pods that are not leaving."""
        mine = "/".join(self.key)
        return [pod.name for pod in self.player.film.picture(-1).pods if pod.owner == mine and not pod.leaving]

    def nodes(self) -> list[str]:
        """The names of the cluster's nodes."""
        return [node.name for node in self.player.film.picture(-1).nodes]

    def kill(self, pod: str) -> None:
        """Delete one pod."""
        self._type(f"delete pod {pod} -n {self.key.namespace} --wait=false")

    def cut(self, node: str) -> None:
        """Take a node's network away: that shows after 50 s, and 300 s later its pods are replaced."""
        self.lab.cut(node)
        self._done(f"{node} has lost its network")

    def mend(self, node: str) -> None:
        """Give a node its network back."""
        self.lab.recover(node)
        self._done(f"{node} has its network back")

    def scale(self, replicas: int) -> None:
        """Ask for another number of pods."""
        self._type(f"scale deployment {self.key.name} -n {self.key.namespace} --replicas={replicas}")

    def step(self) -> None:
        """Let the lab live on until a pod or node changes."""
        self._to_now()
        self.player.step()

    def run(self, duration: float) -> None:
        """Let `duration` virtual seconds pass."""
        self.lab.run(duration)
        self._to_now()

    def gaps(self) -> list[Gap]:
        """Desired, existing and ready at every moment so far."""
        film = self.player.film
        for place, moment in enumerate(film.moments):
            if moment not in self._gaps:
                self._gaps[moment] = self._gap(place)
        return [self._gaps[moment] for moment in film.moments if moment.time >= self._born()]

    def verdict(self) -> str:
        """In words, what a controller would now say: nothing to do, or what is missing."""
        gap = self.gaps()[-1]
        if gap.existing < gap.desired:
            return f"{count(gap.desired - gap.existing, 'pod')} too few: the controller must create some"
        if gap.existing > gap.desired:
            return f"{count(gap.existing - gap.desired, 'pod')} too many: the controller must delete some"
        if gap.ready < gap.desired:
            return f"as many pods as desired, {gap.desired - gap.ready} not ready yet: the controller waits"
        return "desired equals observed: nothing to do"

    def events(self, most: int = 8) -> list[tuple[str, str, str, str]]:
        """The newest events, oldest first: when, about what, reason, message."""
        found = sorted(self.lab.cluster.list("Event"), key=lambda event: event.get("lastTimestamp") or "")[-most:]
        return [
            (self._when(e), f"{e['involvedObject']['kind']} {e['involvedObject']['name']}", e["reason"], e["message"])
            for e in found
        ]

    def _when(self, event: dict[str, Any]) -> str:
        stamp = event.get("lastTimestamp") or event["metadata"]["creationTimestamp"]
        return f"{self.lab.cluster.clock.seconds(stamp):g} s"

    def _type(self, command: str) -> None:
        self._done(f"kubectl {command}", str(self.lab.kubectl(command)).strip())

    def _done(self, what: str, answer: str = "") -> None:
        self.last = (what, answer)
        self.lab.run(0)
        self._to_now()

    def _to_now(self) -> None:
        self.player.refresh()
        self.player.seek(len(self.player.film) - 1)

    def _born(self) -> float:
        entries = self.lab.history
        return next((entry.time for entry in entries if entry.key == self.key), 0.0)

    def _gap(self, place: int) -> Gap:
        film, mine = self.player.film, "/".join(self.key)
        pods = [pod for pod in film.picture(place).pods if pod.owner == mine and not pod.leaving]
        return Gap(
            film.moments[place].time,
            self._desired(film.moments[place].entries),
            len(pods),
            sum(pod.ready for pod in pods),
        )

    def _desired(self, index: int) -> int:
        """What the Deployment asked for after `index` entries of the history."""
        for entry in reversed(self.lab.history[:index]):
            if entry.key == self.key:
                replicas: int = entry.new["spec"].get("replicas", 1) if entry.new is not None else 0
                return replicas
        return 0
