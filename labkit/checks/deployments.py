"""The exercises of lesson 05, Deployments."""

from __future__ import annotations

from typing import NamedTuple

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import names, pods, ready
from labkit.kinds import Key, decode
from labkit.kinds.pod import Pod
from labkit.lab import Lab

WEB = Key("Deployment", "default", "web")


def strategy(text: str) -> str:
    """The Deployment web of four with this strategy."""
    return deployment("web", 4).replace("  selector:", f"  strategy: {text}\n  selector:", 1)


class Update(NamedTuple):
    """What was seen during an update: the fewest pods that were ready, and the most there were."""

    fewest: int
    most: int


def update(lab: Lab) -> Update:
    """What happens in a fork while web's image is changed."""
    trial, seen = lab.fork(), len(lab.history)
    living = {key: pod for key in lab.cluster.keys("Pod") if (pod := lab.cluster.read(key)).is_active}
    found = [_counts(living)]
    trial.kubectl("set image deployment/web web=shop/web:2.0")
    for entry in trial.run("3m").history[seen:]:
        if entry.key.kind == "Pod":
            living = {key: pod for key, pod in living.items() if key != entry.key}
            if entry.new is not None and decode(entry.new).is_active:
                living[entry.key] = decode(entry.new)
            found.append(_counts(living))
    return Update(min(count for count, _ in found), max(count for _, count in found))


def _counts(living: dict[Key, Pod]) -> tuple[int, int]:
    mine = [pod for pod in living.values() if pod.metadata.labels.get("app") == "web"]
    return sum(pod.is_ready for pod in mine), len(mine)


def images(lab: Lab) -> list[str]:
    """The images of web's pods that are ready, sorted."""
    return sorted(pod.spec.containers[0].image for pod in pods(lab, "web") if pod.is_ready)


# Lesson 05.1: an update nobody notices


def _recreates(lab: Lab) -> bool:
    found = lab.cluster.read(WEB)
    return found is not None and found.spec.strategy.type == "Recreate"


def _gives_none(lab: Lab) -> bool:
    """Whether pods must go before others may come."""
    found = lab.cluster.get(WEB)
    rolling = ((found or {}).get("spec", {}).get("strategy") or {}).get("rollingUpdate") or {}
    return str(rolling.get("maxSurge", "")).rstrip("%") == "0"


NO_GAP = Exercise(
    name="no-gap",
    task="Write the Deployment so that during an update four pods are always ready and never more than five exist.",
    labs=(lambda: Lab.kubernetes(nodes=3, seed=1), lambda: Lab.kubernetes(nodes=5, seed=2)),
    goals=(
        Goal("Four pods with the label app=web are ready.", lambda lab: ready(lab, "web") == 4),
        Goal("During an update four are ready at every moment.", lambda lab: update(lab).fewest >= 4),
        Goal("During an update there are never more than five.", lambda lab: update(lab).most <= 5),
    ),
    signs=(
        Sign("Recreate replaces pods one by one", _recreates),
        Sign("maxSurge 0 is the careful choice", _gives_none),
        Sign("a larger surge costs nothing", lambda lab: update(lab).most > 5),
        Sign("the default strategy never has fewer pods", lambda lab: 0 < update(lab).fewest < 4),
    ),
    hints=(
        "Two fields of the strategy limit an update: one upwards, one downwards.",
        "None may be missing: maxUnavailable. One may be extra: maxSurge. Per cents are of the four replicas.",
    ),
    right=(
        strategy("{type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"),
        strategy('{type: RollingUpdate, rollingUpdate: {maxSurge: "25%", maxUnavailable: "0%"}}'),
        strategy('{rollingUpdate: {maxUnavailable: "20%"}}'),  # 20 % of 4 is rounded down to none
    ),
    wrong={
        "the defaults": Wrong("the default strategy never has fewer pods", deployment("web", 4)),
        "no surge": Wrong(
            "maxSurge 0 is the careful choice", strategy("{rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}")
        ),
        "Recreate": Wrong("Recreate replaces pods one by one", strategy("{type: Recreate}")),
        "all at once": Wrong(
            "a larger surge costs nothing", strategy('{rollingUpdate: {maxSurge: "100%", maxUnavailable: 0}}')
        ),
    },
)


# Lesson 05.2: back to what worked

BROKEN = "shop/WEB:2.0"


def _broken() -> Lab:
    """Version 1.0, then 1.1, then one whose image can't be pulled: its name isn't in lower case."""
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(deployment("web", 4))
    lab.run("1m")
    for image in ("shop/web:1.1", BROKEN):
        lab.kubectl(f"set image deployment/web web={image}")
        lab.run("1m")
    return lab


def _image(lab: Lab) -> str:
    found = lab.cluster.get(WEB)
    return found["spec"]["template"]["spec"]["containers"][0]["image"] if found else ""


def _restarted(lab: Lab) -> bool:
    found = lab.cluster.require(WEB)["spec"]["template"]["metadata"].get("annotations") or {}
    return "kubectl.kubernetes.io/restartedAt" in found


def _can_update(lab: Lab) -> bool:
    trial = lab.fork()
    trial.kubectl("set image deployment/web web=shop/web:1.2")
    return images(trial.run("3m")) == ["shop/web:1.2"] * 4


ROLL_BACK = Exercise(
    name="roll-back",
    task="Version 2.0 of web never becomes ready. Bring the version before it back, so that later updates still work.",
    labs=(_broken,),
    goals=(
        Goal("Four pods of shop/web:1.1 are ready.", lambda lab: images(lab) == ["shop/web:1.1"] * 4),
        Goal("No pod of another version is left.", lambda lab: len(pods(lab, "web")) == 4),
        Goal("The next update goes through.", _can_update),
    ),
    signs=(
        Sign("undo goes back to revision 1", lambda lab: _image(lab) == "shop/web:1.0"),
        Sign("pausing takes an update back", lambda lab: lab.cluster.read(WEB).spec.paused),
        Sign("a restart repairs a bad template", lambda lab: _image(lab) == BROKEN and _restarted(lab)),
        Sign("a new pod forgets its template's faults", lambda lab: _image(lab) == BROKEN),
    ),
    hints=(
        "kubectl rollout history deployment/web lists what can be gone back to.",
        "kubectl rollout undo writes the template of an older revision into the Deployment.",
    ),
    right=(
        "kubectl rollout undo deployment/web",
        "kubectl rollout undo deployment/web --to-revision=2",
        "kubectl set image deployment/web web=shop/web:1.1",
    ),
    wrong={
        "revision 1": Wrong("undo goes back to revision 1", "kubectl rollout undo deployment/web --to-revision=1"),
        "pause": Wrong("pausing takes an update back", "kubectl rollout pause deployment/web"),
        "restart": Wrong("a restart repairs a bad template", "kubectl rollout restart deployment/web"),
        "delete the pods": Wrong("a new pod forgets its template's faults", "kubectl delete pods -l app=web"),
    },
)


# Lesson 05.3: a canary

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
  - {port: 80}
"""


def _with_service() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(deployment("web", 4, tier="stable") + "---" + SERVICE)
    return lab.run("1m")


def canary(number: int, labels: str) -> str:
    """A second Deployment, of version 2.0, whose pods carry these labels."""
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web-canary}}
spec:
  replicas: {number}
  selector:
    matchLabels: {labels}
  template:
    metadata:
      labels: {labels}
    spec:
      containers:
      - {{name: web, image: "shop/web:2.0"}}
"""


def behind(lab: Lab) -> list[str]:
    """The images of the pods that the Service web sends requests to, sorted."""
    slices = lab.cluster.list("EndpointSlice", "default", {"matchLabels": {"kubernetes.io/service-name": "web"}})
    ends = [end for each in slices for end in each.get("endpoints") or () if end["conditions"].get("ready")]
    found = [lab.cluster.read(Key("Pod", "default", end["targetRef"]["name"])) for end in ends]
    return sorted(pod.spec.containers[0].image for pod in found)


def _others(lab: Lab) -> bool:
    """Whether a pod of version 2.0 runs that the Service doesn't know."""
    new = [pod for pod in lab.cluster.items("Pod") if pod.is_ready and pod.spec.containers[0].image == "shop/web:2.0"]
    return len(new) > behind(lab).count("shop/web:2.0")


def _first_pods(lab: Lab) -> bool:
    return names(pods(_with_service(), "web")) <= names(pods(lab, "web"))


A_CANARY = Exercise(
    name="a-canary",
    task="Let one request in five reach shop/web:2.0 through the Service web. Leave the four pods of 1.0 alone.",
    labs=(_with_service,),
    goals=(
        Goal("The four pods of shop/web:1.0 are the same as before.", _first_pods),
        Goal(
            "One in five pods behind the Service web is of shop/web:2.0.",
            lambda lab: behind(lab) == ["shop/web:1.0"] * 4 + ["shop/web:2.0"],
        ),
    ),
    signs=(
        Sign("a rolling update waits for approval", lambda lab: _image(lab) == "shop/web:2.0"),
        Sign("a Service knows Deployments", _others),
        Sign("requests are shared by Deployment", lambda lab: behind(lab).count("shop/web:2.0") > 1),
    ),
    hints=(
        "A Service sends requests to every ready pod with the labels of its selector, whoever made it.",
        "A second Deployment with one pod: labels app=web and track=canary, say, in selector and template.",
    ),
    right=(
        canary(1, "{app: web, track: canary}"),
        canary(1, "{app: web, tier: canary}"),
        canary(1, '{app: web, version: "2"}').replace("kind: Deployment", "kind: ReplicaSet"),
    ),
    wrong={
        "labels of its own": Wrong("a Service knows Deployments", canary(1, "{app: web-canary}")),
        "as many as the old": Wrong("requests are shared by Deployment", canary(4, "{app: web, track: canary}")),
        "an update": Wrong("a rolling update waits for approval", "kubectl set image deployment/web web=shop/web:2.0"),
    },
)

EXERCISES = (NO_GAP, ROLL_BACK, A_CANARY)
