"""The exercises of lesson 01, desired state."""

from __future__ import annotations

from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import bare, heals, nodes, pods, ready, replicas
from labkit.lab import Lab


def _deployment(number: int) -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: {number}
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: shop/web:1.0
"""


def _bare_pod(name: str) -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  labels:
    app: web
spec:
  containers:
  - name: web
    image: shop/web:1.0
"""


def _empty(size: int) -> Lab:
    return Lab.kubernetes(nodes=size, seed=1)


def _running(number: int) -> Lab:
    lab = _empty(3)
    lab.apply(_deployment(number))
    return lab.run("1m")


def _replica_set_was_scaled(lab: Lab) -> bool:
    sizes = {
        entry.new["spec"]["replicas"]
        for entry in lab.history
        if entry.key.kind == "ReplicaSet" and entry.verb == "update" and entry.new
    }
    return bool(sizes - {replicas(lab, "web")})


def _pods_were_deleted(lab: Lab) -> bool:
    gone = any(entry.verb == "delete" and entry.key.kind == "Pod" for entry in lab.history)
    return gone and bool(pods(lab, "web")) and not bare(lab, "web")


def _keeps_its_number(lab: Lab) -> bool:
    return ready(lab, "web") > 0 and heals(lab, "web", ready(lab, "web"))


_BARE = Sign("a bare pod heals itself", lambda lab: bool(bare(lab, "web")))
_ALONE = Sign("one replica is enough to survive", lambda lab: ready(lab, "web") == 1)
_OWNED_GONE = Sign("deleting the owner keeps its pods", lambda lab: not pods(lab, "web"))
_TOO_LOW = Sign("the ReplicaSet is the place to scale", _replica_set_was_scaled)
_DELETED = Sign("deleting pods scales down", _pods_were_deleted)

THREE_COPIES = Exercise(
    name="three-copies",
    task="Keep three pods of shop/web:1.0 running, labelled app=web, whatever happens to one of them.",
    labs=(lambda: _empty(3), lambda: _empty(1)),
    goals=(
        Goal("Three pods with the label app=web are ready.", lambda lab: ready(lab, "web") == 3),
        Goal("A minute after any one is deleted, three are ready again.", lambda lab: heals(lab, "web", 3)),
    ),
    signs=(_BARE, _ALONE),
    hints=(
        "Who creates a pod again when it is gone? Not the pod itself.",
        "A Deployment has a number of replicas, a selector and a template; the selector must match the template.",
    ),
    right=(
        _deployment(3),
        _deployment(3).replace("kind: Deployment", "kind: ReplicaSet"),
        "kubectl create deployment web --image=shop/web:1.0 --replicas=3",
    ),
    wrong={
        "three bare pods": Wrong(
            "a bare pod heals itself", "---".join(_bare_pod(name) for name in ("web-1", "web-2", "web-3"))
        ),
        "one replica": Wrong("one replica is enough to survive", _deployment(1)),
        "two replicas and a bare pod": Wrong("a bare pod heals itself", _deployment(2) + "---" + _bare_pod("one-more")),
    },
)

FEWER = Exercise(
    name="fewer",
    task="The Deployment web runs four pods. Bring it to two, for good.",
    labs=(lambda: _running(4),),
    goals=(
        Goal("The Deployment web is there.", lambda lab: replicas(lab, "web") is not None),
        Goal("Two of its pods are ready.", lambda lab: ready(lab, "web") == 2),
        Goal("A minute after any one is deleted, two are ready again.", lambda lab: heals(lab, "web", 2)),
    ),
    signs=(_OWNED_GONE, _TOO_LOW, _DELETED),
    hints=(
        "Which object says how many there should be?",
        "kubectl scale changes spec.replicas of a Deployment; so does applying a manifest with another number.",
    ),
    right=(
        "kubectl scale deployment web --replicas=2",
        _deployment(2),
        "kubectl scale deploy/web --replicas=2 --current-replicas=4",
    ),
    wrong={
        "delete the pods": Wrong("deleting pods scales down", "kubectl delete pods -l app=web"),
        "scale the ReplicaSet": Wrong(
            "the ReplicaSet is the place to scale", "kubectl scale replicaset --all --replicas=2"
        ),
        "delete the Deployment": Wrong("deleting the owner keeps its pods", "kubectl delete deployment web"),
    },
)

NOBODY_ANSWERS = Exercise(
    name="nobody-answers",
    task="Customers see no shop. Nothing crashes, no event warns. Make it answer, even while a node is replaced.",
    labs=(lambda: _running(0),),
    goals=(
        Goal("At least two pods with the label app=web are ready.", lambda lab: ready(lab, "web") >= 2),
        Goal("They run on different nodes.", lambda lab: len(set(nodes(lab, "web"))) >= 2),
        Goal("A minute after any one is deleted, as many are ready.", _keeps_its_number),
    ),
    signs=(_BARE, _ALONE, _TOO_LOW),
    hints=(
        "Compare what is wanted with what is there: kubectl get deployments.",
        "Zero of zero pods ready is just what was asked for.",
    ),
    right=(
        "kubectl scale deployment web --replicas=3",
        _deployment(2),
        "kubectl scale deployment/web --replicas=6",
    ),
    wrong={
        "start pods by hand": Wrong("a bare pod heals itself", _bare_pod("web-a") + "---" + _bare_pod("web-b")),
        "one replica": Wrong("one replica is enough to survive", "kubectl scale deployment web --replicas=1"),
        "scale the ReplicaSet": Wrong(
            "the ReplicaSet is the place to scale", "kubectl scale replicaset --all --replicas=3"
        ),
    },
)

EXERCISES = (THREE_COPIES, FEWER, NOBODY_ANSWERS)
