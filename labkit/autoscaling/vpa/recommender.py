"""The recommender at work: once a minute it looks at what containers use and says what they should ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.admission.capping import Policy, capped
from labkit.admission.recommended import controllers_of
from labkit.autoscaling.vpa.memory import Name, Recollection, recollection
from labkit.autoscaling.vpa.recommendation import Amounts, Estimate, recommend
from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.fields.quantity import BINARY_SI, Quantity
from labkit.history import Entry
from labkit.kinds.autoscaling import ContainerPolicy, VerticalPodAutoscaler
from labkit.kinds.conditions import condition, in_place
from labkit.kinds.registry import Key
from labkit.kubelet.resourcemetrics import pod_metrics

Object = dict[str, Any]

KIND = "VerticalPodAutoscaler"
PERIOD = 60.0
ROUND = "round"
SIDES = {"target": "target", "lowerBound": "lower", "upperBound": "upper"}


class Recommender:
    """Writes into every VerticalPodAutoscaler what its containers should ask for.

    Does: each minute takes a sample of every container's cpu and memory, counts OOM kills, and recommends.
    Reads: VerticalPodAutoscaler, Pod and its controllers, metrics. Writes: their status.
    Runs again: each minute while there is an autoscaler. Source: vertical-pod-autoscaler pkg/recommender, 1.7.1.
    Left out: checkpoints, history from Prometheus, other recommenders.
    """

    name = "vpa-recommender"
    kind = KIND

    def __init__(self) -> None:
        self.watches = {KIND: came}

    def reconcile(self, cluster: Cluster, key: str) -> float | None:
        """One round over all autoscalers."""
        keys = cluster.keys(KIND)
        if not keys:
            return None
        memory = recollection(cluster)
        memory.forget(cluster)
        for one in keys:
            self.sync(cluster, one, memory)
        return PERIOD

    def sync(self, cluster: Cluster, key: Key, memory: Recollection) -> None:
        """Look at the pods of one autoscaler, and recommend."""
        autoscaler: VerticalPodAutoscaler = cluster.read(key)
        pods = list(pods_of(cluster, key))
        for pod in pods:
            look(cluster, pod, target_of(key, autoscaler), memory)
        status = cluster.require(key).get("status") or {}
        new = {**status, **_recommended(cluster, key, autoscaler, pods, memory)}
        cluster.set_status(key, new)


def came(cluster: Cluster, entry: Entry) -> tuple[str, ...]:
    """An autoscaler came: a round is due."""
    return (ROUND,) if entry.old is None else ()


def target_of(key: Key, autoscaler: VerticalPodAutoscaler) -> tuple[str, str, str]:
    """What an autoscaler is about: kind, namespace, name."""
    return (autoscaler.spec.target_ref.kind, key.namespace, autoscaler.spec.target_ref.name)


def pods_of(cluster: Cluster, key: Key) -> Iterator[Key]:
    """The pods of an autoscaler's target."""
    reference = cluster.read(key).spec.target_ref
    wanted = (reference.kind, reference.name)
    for pod in cluster.keys("Pod", key.namespace):
        if wanted in controllers_of(cluster, cluster.require(pod), key.namespace):
            yield pod


def look(cluster: Cluster, pod: Key, target: tuple[str, str, str], memory: Recollection) -> None:
    """Take a sample of each container of a pod, and count its OOM kills."""
    metrics, struct = pod_metrics(cluster, pod), cluster.read(pod)
    requests = {one.name: one.resources.requests for one in struct.spec.containers}
    for status in struct.status.container_statuses:
        watched = memory.container(pod, Name(target, status.name))
        ended = status.last_state.get("terminated") or {}
        moment = ended.get("finishedAt", "")
        if ended.get("reason") == "OOMKilled" and memory.killed.get((pod, status.name)) != moment:
            memory.killed[pod, status.name] = moment
            asked = requests.get(status.name, {}).get("memory", "0")
            watched.see_oom(quantity.value(asked), cluster.clock.seconds(moment))
        use = metrics.containers.get(status.name) if metrics else None
        if metrics is not None and use is not None:
            asked = quantity.milli(requests.get(status.name, {}).get("cpu", "0")) / 1000
            watched.see_cpu(use.cpu / 1000, metrics.timestamp, asked)
            watched.see_memory(int(use.memory), metrics.timestamp)


def _recommended(
    cluster: Cluster, key: Key, autoscaler: VerticalPodAutoscaler, pods: list[Key], memory: Recollection
) -> Object:
    target, stamp = target_of(key, autoscaler), cluster.clock.stamp()
    usages = {name.container: usage for name, usage in memory.usages.items() if name.target == target}
    usages = {name: usage for name, usage in usages.items() if autoscaler.spec.policy(name).mode != "Off"}
    known = {name: usage for name, usage in usages.items() if usage.samples}
    held: list[Object] = list((cluster.require(key).get("status") or {}).get("conditions", ()))
    if not pods:
        held = in_place(held, condition("NoPodsMatched", "True", "NoPodsMatched", NO_PODS, stamp))
    else:
        held = [one for one in held if one["type"] != "NoPodsMatched"]
    provided = condition("RecommendationProvided", "True" if known else "False", "", "", stamp)
    told = {"conditions": in_place(held, {part: text for part, text in provided.items() if text})}
    if not known:
        return told
    found = recommend(known)
    listed = [_written(name, found[name], autoscaler.spec.policy(name)) for name in sorted(found)]
    return {**told, "recommendation": {"containerRecommendations": listed}}


NO_PODS = "No pods match this VPA object"


def _written(name: str, estimate: Estimate, policy: ContainerPolicy) -> Object:
    bounds = Policy(_read(policy.min_allowed), _read(policy.max_allowed))
    sides = {side: _amounts(getattr(estimate, part), policy) for side, part in SIDES.items()}
    held = {side: _texts(capped(amounts, bounds, {})[0]) for side, amounts in sides.items()}
    return {"containerName": name, **held, "uncappedTarget": _texts(sides["target"])}


def _amounts(amounts: Amounts, policy: ContainerPolicy) -> dict[str, Quantity]:
    both = {"cpu": quantity.of(amounts.cpu, exponent=-3), "memory": quantity.of(amounts.memory, BINARY_SI)}
    return {name: amount for name, amount in both.items() if name in policy.controlled_resources}


def _read(texts: Any) -> dict[str, Quantity]:
    return {name: quantity.parse(str(text)) for name, text in texts.items()}


def _texts(amounts: dict[str, Quantity]) -> Object:
    return {name: str(amount) for name, amount in amounts.items()}
