"""A pod's life as plain data, read from a lab's history: its containers' states over time, restarts and probes.

Times are seconds since the pod was created. Every probe is listed, those too that passed and left no trace in the
history: what it found is worked out from the container's run as the kubelet does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from labkit.errors import ApiError
from labkit.kinds import Key, decode
from labkit.kinds.pod import Container, Pod, Probe
from labkit.kubelet import Timing, behaviour, probes

WAITING, RUNNING, STARTING, UNREADY, READY, ENDED, BACKOFF = (
    "waiting", "running", "starting", "not ready", "ready", "ended", "back-off",
)  # fmt: skip
STATES = (WAITING, RUNNING, STARTING, UNREADY, READY, ENDED, BACKOFF)
_PAUSES = ("CrashLoopBackOff", "ImagePullBackOff")


class Span(NamedTuple):
    """One state of a container, one of STATES, from `start` to `end`, with kubectl's word for it; `run` from 0."""

    start: float
    end: float
    state: str
    reason: str = ""
    run: int = 0


class Tick(NamedTuple):
    """One probe: when, its kind, which run of the container, whether it passed."""

    time: float
    kind: str
    run: int
    passed: bool


class Line(NamedTuple):
    """One container: its role (init, sidecar or empty), its spans in order and its probes in order."""

    container: str
    role: str
    spans: tuple[Span, ...]
    ticks: tuple[Tick, ...] = ()

    @property
    def kinds(self) -> list[str]:
        """The kinds of probes that came."""
        return [kind for kind in (probes.STARTUP, probes.READINESS, probes.LIVENESS)
                if any(tick.kind == kind for tick in self.ticks)]  # fmt: skip

    def at(self, time: float) -> Span:
        """What the container was doing at a moment."""
        return next((span for span in reversed(self.spans) if span.start <= time), self.spans[0])

    @property
    def ends(self) -> list[Span]:
        """The spans in which it had ended, one a run."""
        return [span for span in self.spans if span.state == ENDED]


class PodLife(NamedTuple):
    """A pod's name, how many seconds are shown, and its containers in the order in which they start."""

    pod: str
    length: float
    lines: tuple[Line, ...]


def read(lab: Any, pod: str, namespace: str = "default", length: float | None = None) -> PodLife:
    """The life of a pod, up to now or `length` seconds long; ApiError NotFound if there never was such a pod."""
    key = Key("Pod", namespace, pod)
    entries = lab.history.of(key)
    born = next((n for n in range(len(entries) - 1, -1, -1) if entries[n].old is None), None)
    if born is None:
        raise ApiError.not_found("pods", pod)
    start, spec = entries[born].time, decode(entries[born].new)
    gone = entries[-1].new is None
    end = min(entries[-1].time if gone else lab.now, start + (length or float("inf")))
    moments = [
        (entry.time - start, entry.new) for entry in entries[born:] if entry.new is not None and entry.time <= end
    ]
    shown = max(end - start, 1.0)
    containers = [*spec.spec.init_containers, *spec.spec.containers]
    return PodLife(pod, shown, tuple(_line(lab, spec, one, moments, start, shown) for one in containers))


def _line(lab: Any, pod: Pod, one: Container, moments: list[tuple[float, Any]], start: float, end: float) -> Line:
    is_init = any(each.name == one.name for each in pod.spec.init_containers)
    role = "" if not is_init else "sidecar" if one.is_sidecar else "init"
    lasting = spans([(time, *_state(obj, one.name, role)) for time, obj in moments], end, ENDED)
    ticks = [tick for begin, finish, run in _runs(lasting) for tick in _ticks(lab, pod, one, start, begin, finish, run)]
    return Line(one.name, role, lasting, tuple(ticks))


def _state(obj: Any, name: str, role: str) -> tuple[str, str, int]:
    """A container's state in one version of its pod: one of STATES, kubectl's word, the run."""
    status = obj.get("status") or {}
    both = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    held = next((each for each in both if each["name"] == name), None)
    if held is None:
        return WAITING, "Pending", 0
    state, run = held["state"], held["restartCount"]
    if ended := state.get("terminated"):
        return ENDED, f"{ended.get('reason', '')}, exit code {ended['exitCode']}", run
    if "running" not in state:
        reason = (state.get("waiting") or {}).get("reason", "")
        return (BACKOFF if reason in _PAUSES else WAITING), reason, run
    if role == "init":
        return RUNNING, "Running", run
    return (READY if held["ready"] else UNREADY if held["started"] else STARTING), "Running", run


def spans(seen: list[tuple[float, str, str, int]], end: float, post: str) -> tuple[Span, ...]:
    """States (time, state, reason, run) without repetition, each lasting until the next, the last one until `end`.

    Those that lasted no time are left out, but for `post`.
    """
    kept = [seen[0]]
    kept += [new for old, new in pairwise(seen) if old[1:] != new[1:]]
    edges = [*(time for time, *_ in kept[1:]), end]
    found = [Span(one[0], edge, *one[1:]) for one, edge in zip(kept, edges, strict=True)]
    return tuple(span for span in found if span.end > span.start or span.state == post) or (Span(0, end, seen[0][1]),)


def _runs(spans: tuple[Span, ...]) -> Iterator[tuple[float, float, int]]:
    """Beginning, end and number of every run."""
    alive = [span for span in spans if span.state in (STARTING, UNREADY, READY)]
    for run in sorted({span.run for span in alive}):
        own = [span for span in alive if span.run == run]
        yield own[0].start, own[-1].end, run


def _ticks(lab: Any, pod: Pod, one: Container, born: float, begin: float, finish: float, run: int) -> Iterator[Tick]:
    """Every probe of one run, by time."""
    known: dict[float, behaviour.Behaviour] = {}

    def passed(kind: str, since: float) -> bool:
        moment = born + begin + since
        told = known.setdefault(since, behaviour.of(lab.cluster, pod, one.name, moment))
        answers = Timing().starts_in if told.starts_in is None else told.starts_in
        return probes.passes(kind, told, answers, since)

    since, found = 0.0, []
    if one.startup_probe is not None:
        found = list(_series(one.startup_probe, probes.STARTUP, 0.0, finish - begin, passed))
        since = next((time for time, good in found if good), finish)
    ticks = [Tick(begin + time, probes.STARTUP, run, good) for time, good in found]
    for kind in (probes.LIVENESS, probes.READINESS):
        if probe := probes.probe_of(one, kind):
            series = _series(probe, kind, since, finish - begin, passed)
            ticks += [Tick(begin + time, kind, run, good) for time, good in series]
    yield from sorted(ticks)


def _series(probe: Probe, kind: str, since: float, until: float, passed: Any) -> Iterator[tuple[float, bool]]:
    """Moments and results of one probe; of startup until it passes, of startup and liveness until it gives up."""
    time, failures = probes.next_moment(probe, since), 0
    while time < until:
        good = passed(kind, time)
        yield time, good
        failures = 0 if good else failures + 1
        over = kind != probes.READINESS and failures >= probe.failure_threshold
        if over or (good and kind == probes.STARTUP):
            return
        time += float(probe.period_seconds or 10)
