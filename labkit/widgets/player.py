"""The state of a dashboard, without any widget: where in time it stands and how fast it goes."""

from __future__ import annotations

from typing import Any

from labkit.history import Entry
from labkit.views.cluster_layout import PER_ROW
from labkit.views.cluster_svg import render
from labkit.views.ecs_snapshot import SHORT
from labkit.views.film import film_of
from labkit.views.picture import Picture, seconds

FURTHEST = 60.0  # virtual seconds a step looks ahead for something to see
_VERBS = {"create": "created", "update": "changed", "status": "status changed", "delete": "gone", "bind": "bound"}
_UNSAID = frozenset({"Event", "Lease"})
_AWS, _STATUSES, _LONG = "AWS::", ("lastStatus", "status"), 32


class Player:
    """Scrubs through a lab's history, and lets the lab live on when it stands at the end.

    `head` is the virtual time it shows (s), `place` the number of the film's moment that shows it.
    """

    def __init__(self, lab: Any) -> None:
        self.lab = lab
        self.film = film_of(lab.cluster)
        self.place = len(self.film) - 1
        self.head: float = lab.now

    @property
    def at_end(self) -> bool:
        """Whether it shows now."""
        return self.place == len(self.film) - 1

    @property
    def picture(self) -> Picture:
        """The picture of the moment it shows."""
        return self.film.picture(self.place)

    def frame(self) -> str:
        """The SVG of that picture, in colours and sizes that hold for the whole film."""
        return render(self.picture, self.film.owners, -(-self.film.most_pods // PER_ROW))

    def seek(self, place: int) -> None:
        """Go to a moment by its number; beyond the ends means the ends."""
        self.place = max(0, min(place, len(self.film) - 1))
        self.head = self.film.moments[self.place].time

    def back(self) -> None:
        """Go one moment back."""
        self.seek(self.place - 1)

    def step(self) -> None:
        """Go to the next moment; at the end, let the lab live on until there is one, at most `FURTHEST` seconds."""
        self.refresh()
        self.seek(self._live_on() if self.at_end else self.place + 1)

    def advance(self, duration: float) -> None:
        """Let `duration` virtual seconds pass, in the past first and then in the lab."""
        self.refresh()
        self.head += duration
        if self.head > self.lab.now:
            self.lab.run(self.head - self.lab.now)
            self.film.extend()
        self.place = self.film.place_at(self.head)

    def refresh(self) -> None:
        """Take in what happened to the lab elsewhere; a player that stood at the end stays at the end."""
        stood = self.at_end
        self.film.extend()
        if stood:
            self.seek(len(self.film) - 1)

    def changes(self, most: int = 4) -> list[str]:
        """What was written at the moment shown, in words, at most `most` lines."""
        entries = [entry for entry in self.film.changes(self.place) if entry.key.kind not in _UNSAID]
        words = list(dict.fromkeys(map(say, entries)))
        return words if len(words) <= most else [*words[: most - 1], f"and {len(words) - most + 1} more changes"]

    def where(self) -> str:
        """Where it stands: `12.5 s, moment 17 of 80`."""
        return f"{seconds(self.head)}, moment {self.place + 1} of {len(self.film)}" + (" (now)" if self.at_end else "")

    def _live_on(self) -> int:
        """Let the lab live until something shows; returns the number of that moment."""
        clock, seen = self.lab.cluster.clock, self.film.settled
        limit = self.lab.now + FURTHEST
        while self.film.settled <= seen and clock.next_time is not None and clock.next_time <= limit:
            self.lab.run(max(0.0, clock.next_time - self.lab.now))
            self.film.extend()
        return seen


def say(entry: Entry) -> str:
    """One entry of the history as a sentence: `Pod web-1: bound to node-2`, of ECS `Task 5a00d9e1: RUNNING`."""
    if entry.key.kind.startswith(_AWS):
        return _said_of_aws(entry)
    node = (entry.new or {}).get("spec", {}).get("nodeName", "") if entry.verb == "bind" else ""
    return f"{entry.key.kind} {entry.key.name}: {_VERBS.get(entry.verb, entry.verb)}" + (f" to {node}" if node else "")


def _said_of_aws(entry: Entry) -> str:
    old, new = entry.old or {}, entry.new or {}
    became = next((new[name] for name in _STATUSES if new.get(name) != old.get(name)), "")
    name = entry.key.name[:SHORT] if len(entry.key.name) == _LONG else entry.key.name
    return f"{entry.key.kind.rpartition(':')[2]} {name}: {became or _VERBS.get(entry.verb, entry.verb)}"
