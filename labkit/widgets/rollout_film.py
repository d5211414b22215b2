"""The state of the rollout player, without any widget: an update is run in a lab of its own, then read from history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from labkit import apiserver
from labkit.history import Entry
from labkit.kinds import Key, decode
from labkit.kinds.pod import Pod
from labkit.lab import Lab
from labkit.views.rollout import Limits, Stage

WEB = Key("Deployment", "default", "web")
IMAGE, BROKEN = "shop/web:2.0", "shop/WEB:2.0"  # names of images are in lower case: the second can't be pulled
SECONDS = 60.0
_BASE = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata:
      labels: {{app: web}}
      annotations: {{labkit.dev/starts-in: 4s}}
    spec:
      containers:
      - {{name: web, image: "shop/web:1.0"}}
"""


class Choice(NamedTuple):
    """What the learner may set."""

    replicas: int = 4
    max_surge: int = 1
    max_unavailable: int = 0
    bad_image: bool = False


@lru_cache(maxsize=16)
def base(replicas: int) -> Lab:
    """A lab whose Deployment runs version 1; it is forked, never changed."""
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(_BASE.format(replicas=replicas))
    return lab.run("1m")


def limits(choice: Choice) -> Limits:
    """What the strategy allows."""
    return Limits(max(choice.replicas - choice.max_unavailable, 0), choice.replicas + choice.max_surge)


@lru_cache(maxsize=128)
def stages(choice: Choice) -> tuple[Stage, ...]:
    """The update from version 1 to 2, moment by moment; ApiError if the API server refuses the strategy."""
    lab = base(choice.replicas).fork()
    start, seen = lab.now, len(lab.history)
    image = BROKEN if choice.bad_image else IMAGE
    template = {"spec": {"containers": [{"name": "web", "image": image}]}}
    apiserver.patch(lab.cluster, WEB, {"spec": {"strategy": _strategy(choice), "template": template}}, "strategic")
    before = {Key("Pod", "default", pod["metadata"]["name"]): decode(pod) for pod in lab.get("pods")}
    lab.run(SECONDS)
    return _thinned([Stage(0.0, choice.replicas, 0), *_read(before, lab.history[seen:], start)])


def _strategy(choice: Choice) -> dict[str, object]:
    rolling = {"maxSurge": choice.max_surge, "maxUnavailable": choice.max_unavailable}
    return {"type": "RollingUpdate", "rollingUpdate": rolling}


def _read(pods: dict[Key, Pod], entries: Iterable[Entry], start: float) -> Iterator[Stage]:
    """What there is after every entry about a pod."""
    for entry in entries:
        if entry.key.kind == "Pod":
            pods = {key: pod for key, pod in pods.items() if key != entry.key}
            pods |= {entry.key: decode(entry.new)} if entry.new is not None else {}
            yield _counted(pods.values(), entry.time - start)


def _counted(pods: Iterable[Pod], time: float) -> Stage:
    alive = [pod for pod in pods if pod.is_active]
    old = [pod.is_ready for pod in alive if pod.spec.containers[0].image == "shop/web:1.0"]
    ready = [pod for pod in alive if pod.is_ready]
    return Stage(round(time, 1), sum(old), len(ready) - sum(old), len(alive) - len(ready))


def _thinned(found: list[Stage]) -> tuple[Stage, ...]:
    """The stages at which a number changed, one a moment, and a last one a while after."""
    at_last = {one.time: one for one in found[1:]}
    kept = [found[0]]
    for one in at_last.values():
        if one[1:] != kept[-1][1:]:
            kept.append(one)
    return (*kept, kept[-1]._replace(time=max(kept[-1].time + 4, 20.0)))
