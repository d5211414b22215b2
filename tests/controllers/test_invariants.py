"""What holds whatever happens. Budgets and Jobs have theirs in test_disruption and test_job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit import Key, Lab
from labkit.controllers.rolling import bounds
from labkit.history import Entry
from labkit.kinds.conditions import find_condition

Dict = dict[str, Any]

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHARES = st.one_of(st.integers(0, 3), st.sampled_from(["10%", "25%", "50%", "100%"]))
IMAGES = st.sampled_from(["shop/web:2", "shop/web:3", "shop/WEB:broken"])


def workload(kind: str, name: str, replicas: int, **spec: Any) -> Dict:
    labels = {"app": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "shop/web:1"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod, **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def pods_after_each(history: Iterable[Entry]) -> Iterator[list[Dict]]:
    """The pods after every write that concerned one."""
    pods: dict[Key, Dict] = {}
    for entry in history:
        if entry.key.kind == "Pod":
            pods.pop(entry.key, None)
            if entry.new is not None:
                pods[entry.key] = entry.new
            yield list(pods.values())


def is_active(pod: Dict) -> bool:
    ended = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    return not ended and "deletionTimestamp" not in pod["metadata"]


def is_ready(pod: Dict) -> bool:
    return is_active(pod) and (find_condition(pod, "Ready") or {}).get("status") == "True"


@FEW
@given(
    replicas=st.integers(1, 6),
    surge=SHARES,
    unavailable=SHARES,
    images=st.lists(st.tuples(IMAGES, st.integers(1, 40)), min_size=1, max_size=3),
)
def test_no_rollout_goes_below_max_unavailable_or_above_max_surge(
    replicas: int, surge: Any, unavailable: Any, images: list[tuple[str, int]]
) -> None:
    if {surge, unavailable} <= {0}:
        surge = 1  # the API server takes no Deployment without either
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    web = workload("Deployment", "web", replicas, strategy={"type": "RollingUpdate", "rollingUpdate": rolling})
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(web)
    lab.run("1m")
    begun = len(lab.cluster.history)
    stood = list(pods_after_each(lab.cluster.history))[-1]
    for image, pause in images:
        lab.kubectl(f"set image deployment/web c={image}")
        lab.run(pause)
    lab.run("2m")
    spec = lab.cluster.read(Key("Deployment", "default", "web")).spec
    allowed = bounds(spec.strategy, replicas)
    least, most = replicas - allowed.unavailable, replicas + allowed.surge
    assert sum(map(is_ready, stood)) == replicas
    states = list(pods_after_each([*first_writes(lab, begun), *lab.cluster.history[begun:]]))[replicas:]
    assert min(sum(map(is_ready, pods)) for pods in states) >= least
    assert max(sum(map(is_active, pods)) for pods in states) <= most


def first_writes(lab: Lab, begun: int) -> list[Entry]:
    """The pods that were there, as if they came with the first writes."""
    there: dict[Key, Entry] = {}
    for entry in lab.cluster.history[:begun]:
        if entry.key.kind == "Pod":
            there[entry.key] = entry
    return [entry for entry in there.values() if entry.new is not None]


MOVES = st.lists(
    st.tuples(st.sampled_from(["delete", "force", "scale", "image", "fail", "recover"]), st.integers(0, 4))
)


@FEW
@given(policy=st.sampled_from(["OrderedReady", "Parallel"]), moves=MOVES.filter(lambda moves: len(moves) < 9))
def test_a_stateful_set_never_runs_two_pods_of_one_ordinal(policy: str, moves: Sequence[tuple[str, int]]) -> None:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(workload("StatefulSet", "db", 3, podManagementPolicy=policy, serviceName="db"))
    lab.run("40s")
    for move, number in moves:
        disturb(lab, move, number)
        lab.run(5 + 10 * number)
    for pods in pods_after_each(lab.cluster.history):
        held = [pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] for pod in pods]
        assert len(held) == len(set(held))
        assert all(pod["metadata"]["name"] == f"db-{index}" for pod, index in zip(pods, held, strict=True))


def disturb(lab: Lab, move: str, number: int) -> None:
    """Do something to the set or to its nodes."""
    node = f"node-{number % 2 + 1}"
    if move == "fail":
        lab.fail(node)
    elif move == "recover":
        lab.recover()
    elif move == "scale":
        lab.kubectl(f"scale sts/db --replicas={number}")
    elif move == "image":
        lab.kubectl(f"set image sts/db c=shop/web:{number + 2}")
    else:
        force = " --grace-period=0 --force" if move == "force" else ""
        lab.kubectl(f"delete pod db-{number} --wait=false{force}")


def test_without_force_the_pod_of_a_dead_node_has_no_successor() -> None:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(workload("StatefulSet", "db", 1, serviceName="db"))
    lab.run("40s")
    first = lab.get("pod", "db-0")["metadata"]["uid"]
    lab.fail(lab.get("pod", "db-0")["spec"]["nodeName"])
    assert lab.run("20m").get("pod", "db-0")["metadata"]["uid"] == first
    lab.kubectl("delete pod db-0 --grace-period=0 --force")
    assert lab.run("40s").get("pod", "db-0")["metadata"]["uid"] != first


KINDS = st.lists(st.sampled_from(["deployment", "stateful", "job", "service", "config", "claim", "budget"]), max_size=6)
ONCE = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "shop/job:1"}]}}}
ASKED = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def manifest(kind: str, name: str) -> Dict:
    meta = {"name": name}
    return {
        "deployment": workload("Deployment", name, 2),
        "stateful": workload("StatefulSet", name, 2, serviceName=name),
        "job": {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": ONCE},
        "service": {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"ports": [{"port": 80}]}},
        "config": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**meta, "finalizers": []}, "data": {"a": "1"}},
        "claim": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": ASKED},
        "budget": {
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": meta, "spec": {"minAvailable": 1},
        },
    }[kind]  # fmt: skip


@FEW
@given(kinds=KINDS, before=st.integers(0, 40), others=KINDS)
def test_nothing_leaks_after_a_namespace_is_deleted(kinds: list[str], before: int, others: list[str]) -> None:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.kubectl("create namespace shop")
    for namespace, wanted in (("shop", kinds), ("default", others)):
        for number, kind in enumerate(wanted):
            obj = manifest(kind, f"{kind}-{number}")
            lab.apply({**obj, "metadata": {**obj["metadata"], "namespace": namespace}})
    lab.run(before)
    lab.kubectl("delete namespace shop --wait=false")
    lab.run("3m")
    assert lab.cluster.get(Key("Namespace", "", "shop")) is None
    assert [key for key in lab.graph if key.namespace == "shop"] == []
    assert [key for key in lab.cluster.objects() if key.namespace == "shop"] == []
    there = {key.name for key in lab.cluster.objects() if key.namespace == "default"}
    assert {f"{kind}-{number}" for number, kind in enumerate(others)} <= there


@FEW
@given(
    kind=st.sampled_from(["Deployment", "ReplicaSet"]),
    replicas=st.integers(1, 8),
    failed=st.integers(1, 3),
    cut=st.booleans(),
)
def test_a_node_failure_loses_no_workload_that_has_room_elsewhere(
    kind: str, replicas: int, failed: int, cut: bool
) -> None:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(workload(kind, "web", replicas))
    lab.run("1m")
    dead = f"node-{failed}"
    (lab.cut if cut else lab.fail)(dead)
    lab.run("10m")
    ready = [pod for pod in lab.get("pods") if is_ready(pod)]
    assert len(ready) == replicas
    assert dead not in {pod["spec"]["nodeName"] for pod in ready}


@pytest.mark.parametrize("failed", ["node-1", "node-2"])
def test_a_job_on_a_dead_node_is_done_elsewhere(failed: str) -> None:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.apply(manifest("job", "work"))
    lab.behave("batch.kubernetes.io/job-name=work", exits_after="2m")
    lab.run("20s").fail(failed)
    assert lab.run("30m").get("job", "work")["status"]["succeeded"] == 1
