"""The state of the probe timeline, without any widget: a pod with the chosen probes lives in a lab of its own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from labkit.lab import Lab
from labkit.views.podlife import PodLife, read

RUNS_ON, CRASHES, ENDS, HANGS, GROWS = "runs on", "crashes", "ends well", "hangs", "takes too much memory"
FATES = (RUNS_ON, CRASHES, ENDS, HANGS, GROWS)
LIMIT, TOO_MUCH = "128Mi", "200Mi"
KINDS = ("startup", "readiness", "liveness")
POLICIES = ("Always", "OnFailure", "Never")


class Setting(NamedTuple):
    """One probe as the learner sets it; all in seconds but for the threshold."""

    on: bool = False
    delay: int = 0
    period: int = 10
    failures: int = 3

    @property
    def manifest(self) -> dict[str, Any]:
        """The probe as it stands in the container, defaults left out."""
        told = {"initialDelaySeconds": self.delay, "periodSeconds": self.period, "failureThreshold": self.failures}
        usual = Setting()
        plain = {"initialDelaySeconds": usual.delay, "periodSeconds": usual.period, "failureThreshold": usual.failures}
        return {"httpGet": {"port": 80}} | {name: value for name, value in told.items() if value != plain[name]}


class Choice(NamedTuple):
    """What the learner may set: the application's fate `after` seconds, its probes, the pod around it."""

    starts_in: int = 10
    fate: str = RUNS_ON
    after: int = 40
    startup: Setting = Setting()
    readiness: Setting = Setting(True, period=5)
    liveness: Setting = Setting(True)
    policy: str = "Always"
    company: bool = False
    length: int = 180

    def probes(self) -> dict[str, dict[str, Any]]:
        """The probes that are on, as they stand in the container."""
        return {f"{kind}Probe": setting.manifest for kind in KINDS if (setting := getattr(self, kind)).on}

    def behaviour(self) -> dict[str, Any]:
        """What `lab.behave` is told of the application."""
        fates: dict[str, dict[str, Any]] = {
            CRASHES: {"crashes_after": self.after}, ENDS: {"exits_after": self.after, "exit_code": 0},
            HANGS: {"live": f"{self.after}s"}, GROWS: {"memory": TOO_MUCH},
        }  # fmt: skip
        return {"starts_in": self.starts_in, **fates.get(self.fate, {})}

    def pod(self) -> dict[str, Any]:
        """The pod's manifest."""
        web = {"name": "web", "image": "shop/web:1.0", "resources": {"limits": {"memory": LIMIT}}, **self.probes()}
        spec: dict[str, Any] = {"restartPolicy": self.policy, "containers": [web]}
        if self.company:
            proxy = {"name": "proxy", "image": "shop/proxy:1.0", "restartPolicy": "Always"}
            spec["initContainers"] = [{"name": "fetch", "image": "shop/fetch:1.0"}, proxy]
        meta = {"name": "web", "namespace": "default", "labels": {"app": "web"}}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


class Film(NamedTuple):
    """A pod's life, and the lab it was lived in."""

    life: PodLife
    lab: Lab
    start: float

    def line(self, at: float) -> str:
        """What `kubectl get pod web` prints, so many seconds after the pod was created."""
        return str(self.lab.at(self.start + at).kubectl("get pod web")).rstrip()


@lru_cache(maxsize=1)
def base() -> Lab:
    """A node on which the images have been pulled; it is forked, never changed."""
    lab = Lab.kubernetes(nodes=1, seed=1)
    lab.apply(Choice(company=True).pod())
    lab.run("1m").kubectl("delete pod web --now")
    return lab.run("1m")


@lru_cache(maxsize=64)
def film(choice: Choice) -> Film:
    """The pod's life under this choice."""
    lab = base().fork()
    start = lab.now
    lab.behave("app=web", container="web", **choice.behaviour())
    lab.apply(choice.pod())
    lab.run(choice.length)
    return Film(read(lab, "web", length=choice.length), lab, start)
