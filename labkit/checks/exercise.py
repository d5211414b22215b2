"""Exercises: a cluster, goals that must hold in it, and what a wrong answer tells about the learner's idea.

A check judges what the cluster is and does, never how the answer is written. An answer is a text, manifests or
commands (`kubectl …` or `aws …`; a line that begins with neither goes on with the one before), or the lab the learner
worked in. A text is played on every cluster of the exercise, so that an answer that only fits one of them is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from labkit.checks.misconceptions import answer_to
from labkit.checks.outcome import Outcome, Status
from labkit.errors import CommandError, LabError
from labkit.kinds import Key, ecs
from labkit.lab import Lab

Answer = str | Lab | None
STUB = "raise NotImplementedError()"
COMMANDS = ("kubectl ", "aws ", "ecs ")
AMAZON = "AWS::"
MACHINES = ("Node", ecs.CONTAINER_INSTANCE)
MADE_BY_CONTROLLERS = ("Pod", "ReplicaSet", "Event", "EndpointSlice", "Endpoints", "ControllerRevision", "Lease")
WISHES = (
    "desiredCount", "desiredStatus", "status", "taskDefinition", "attributes",
    "placementConstraints", "placementStrategy", "capacityProviderStrategy", "defaultCapacityProviderStrategy",
    "autoScalingGroupProvider", "MinCapacity", "MaxCapacity", "TargetTrackingScalingPolicyConfiguration",
    "StepScalingPolicyConfiguration", "Threshold", "MinSize", "MaxSize",
)  # fmt: skip
"""What is asked for where there is no spec: fields of ECS's objects."""


@dataclass(frozen=True)
class Goal:
    """One thing asked for, in words, and how to see that it holds."""

    words: str
    holds: Callable[[Lab], bool]


@dataclass(frozen=True)
class Sign:
    """A misconception and how the cluster (or its want of something) shows it."""

    misconception: str
    shows: Callable[[Lab], bool]


class Wrong(NamedTuple):
    """A wrong answer and the misconception it comes from."""

    misconception: str
    answer: str


@dataclass(frozen=True)
class Exercise:
    """A question with its clusters, goals, diagnoses, hints and answers.

    `labs` make the clusters to judge on; the first is the one the learner gets. `time` is how long a text answer
    runs before it is judged. `right` are answers that must pass; `wrong` are answers that must fail, each named, with
    the misconception it must be met with. The tests hold the exercise to them. Without `keeps_machines` machines may
    go, as they do where an autoscaler takes them away.
    """

    name: str
    task: str
    labs: Sequence[Callable[[], Lab]]
    goals: Sequence[Goal]
    signs: Sequence[Sign]
    hints: Sequence[str]
    right: Sequence[str]
    wrong: Mapping[str, Wrong]
    points: float = 1.0
    time: str = "2m"
    keeps_machines: bool = True

    def lab(self) -> Lab:
        """The cluster to work in, new."""
        return self.labs[0]()

    def check(self, answer: Answer) -> Outcome:
        """Judge an answer: a text of manifests or commands, or the lab worked in."""
        if isinstance(answer, Lab):
            return self._judge([answer.fork().run(self.time)], untouched=_same(answer, self.lab()))
        if answer is None or _is_blank(answer):
            return self._outcome(Status.NOT_ATTEMPTED, 0, "Write your answer, then check again.")
        try:
            return self._judge([play(make(), answer, self.time) for make in self.labs])
        except LabError as refusal:
            return self._outcome(Status.RAISED, 0, str(refusal), "Nothing was changed. Correct it and check again.")

    def hint(self, number: int = 1) -> str:
        """The first hint, or a later one; the last one again where there are no more."""
        shown = min(number, len(self.hints))
        more = f"\n(hint {shown} of {len(self.hints)}: hint({shown + 1}) tells more)" if shown < len(self.hints) else ""
        return _Text(self.hints[shown - 1] + more)

    def solution(self) -> str:
        """One right answer; there are others."""
        return _Text(self.right[0].strip())

    def _judge(self, labs: Sequence[Lab], untouched: bool = False) -> Outcome:
        if untouched:
            return self._outcome(Status.NOT_ATTEMPTED, 0, "The cluster is as you got it.")
        if self.keeps_machines and (missing := _missing_nodes(labs[0], self.lab())):
            reset = "Get a new cluster with lab = q.lab() and try again."
            return self._outcome(Status.BROKEN, 0, f"These machines are gone: {', '.join(missing)}.", reset)
        met = [all(goal.holds(lab) for lab in labs) for goal in self.goals]
        if all(met):
            return self._outcome(Status.PASSED, self.points, *(f"✓ {goal.words}" for goal in self.goals))
        return self._diagnose(labs, met)

    def _diagnose(self, labs: Sequence[Lab], met: Sequence[bool]) -> Outcome:
        lines = [f"{'✓' if held else '✗'} {goal.words}" for goal, held in zip(self.goals, met, strict=True)]
        found = next((sign.misconception for sign in self.signs if any(sign.shows(lab) for lab in labs)), "")
        advice = [f"You may be thinking: {found}.", answer_to(found)] if found else []
        status = Status.PARTLY if any(met) and not found else Status.WRONG
        points = round(self.points * sum(met) / len(met), 2) if status is Status.PARTLY else 0
        return self._outcome(status, points, *lines, *advice, misconception=found)

    def _outcome(self, status: Status, points: float, *sentences: str, misconception: str = "") -> Outcome:
        return Outcome(status, points, self.points, sentences, misconception)


def play(lab: Lab, answer: str, time: str) -> Lab:
    """Do what the answer says in `lab` and let `time` pass; LabError where the lab refuses it."""
    lines = _commands(answer)
    for line in lines:
        _run(lab, line)
    if not lines:
        lab.apply(answer)
    return lab.run(time)


def _commands(answer: str) -> list[str]:
    """The commands of an answer, none if it is manifests; a backslash at a line's end is allowed, not needed."""
    lines = [line.strip().removeprefix("%") for line in answer.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines or not lines[0].startswith(COMMANDS):
        return []
    found: list[str] = []
    for line in lines:
        if line.startswith(COMMANDS):
            found.append(line)
        else:
            found[-1] = f"{found[-1].removesuffix(chr(92))} {line}"
    return found


class _Text(str):
    """A text that shows itself without quotes."""

    def __repr__(self) -> str:
        return str(self)


def _run(lab: Lab, line: str) -> None:
    output = lab.kubectl(line) if line.startswith("kubectl ") else lab.aws(line)
    if output.exit_code:
        told = "\n".join(dict.fromkeys(output.stderr.strip().splitlines()))  # a drain repeats itself for minutes
        raise CommandError(f"{_verb(line)}: {told}", f"in: {line}")
    lab.run("1s")


def _verb(line: str) -> str:
    """`get` of `kubectl get …`, `run-task` of `aws ecs run-task …`."""
    words = line.split()
    return words[min(2 if words[0] == "aws" else 1, len(words) - 1)]


def _is_blank(answer: str) -> bool:
    lines = [line.strip() for line in answer.splitlines()]
    return STUB in lines or not any(line and not line.startswith("#") for line in lines)


def _declared(lab: Lab) -> dict[object, object]:
    return {key: _wish(key, obj) for key, obj in lab.cluster.objects().items() if not _is_made(key, obj)}


def _wish(key: Key, obj: Mapping[str, object]) -> object:
    if not key.kind.startswith(AMAZON):
        return obj.get("spec")
    return {field: obj[field] for field in WISHES if field in obj}


def _is_made(key: Key, obj: Mapping[str, object]) -> bool:
    """Whether controllers or services make such objects of themselves."""
    return key.kind in MADE_BY_CONTROLLERS or (key.kind == ecs.TASK and str(obj.get("group")).startswith("service:"))


def _same(lab: Lab, fresh: Lab) -> bool:
    return all(seen(lab) == seen(fresh) for seen in (_deleted, _bare_pods, _declared))


def _deleted(lab: Lab) -> int:
    return sum(entry.verb == "delete" and entry.key.kind == "Pod" for entry in lab.history)


def _bare_pods(lab: Lab) -> set[Key]:
    return {key for key in lab.cluster.keys("Pod") if lab.cluster.read(key).metadata.controller is None}


def _missing_nodes(lab: Lab, fresh: Lab) -> list[str]:
    keys = [key for kind in MACHINES for key in fresh.cluster.keys(kind)]
    return [key.name for key in keys if (lab.cluster.get(key) or {"status": "INACTIVE"}).get("status") == "INACTIVE"]
