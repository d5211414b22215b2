"""Decisions of kube-scheduler: each pod is decided by labkit, compared, and the world goes on as it did when recorded.

Compared is what the recording has: refused nodes with plugin, code and reasons, feasible nodes, every score, totals,
the best nodes, the message, preemption. Which of several best nodes was taken is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from labkit import apiserver
from labkit.cluster import Cluster
from labkit.conformance.comparing import attempted, differences, shown
from labkit.conformance.forms import Recording
from labkit.conformance.report import Outcome
from labkit.conformance.world import follow, world
from labkit.errors import ApiError
from labkit.kinds import key_of
from labkit.scheduler import DEFAULT, Decision, decide

Object = dict[str, Any]
Answer = dict[str, Any]

EVERY_NODE = replace(DEFAULT, percentage=100)
"""The recorded scheduler looked at every node."""


def replay(recording: Recording) -> Iterator[Outcome]:
    """Replay the scenarios of one file."""
    scenarios = recording.content if isinstance(recording.content, list) else [recording.content]
    for scenario in scenarios:
        yield from scenario_outcomes(scenario)


def scenario_outcomes(scenario: Object) -> Iterator[Outcome]:
    """Decide each step of one scenario."""
    cluster = world(scenario)
    for number, step in enumerate(scenario["steps"]):
        case = f"{scenario['name']} step {number}"
        missing = unsimulated(step)
        words = [] if missing else list(attempted(step_differences(cluster, step)))
        follow(cluster, step)
        if missing:
            yield Outcome(scenario["family"], case, "not simulated", missing)
        else:
            yield Outcome.compared(scenario["family"], case, words)


def unsimulated(step: Object) -> tuple[str, ...]:
    """The plugins that have a say in the step and that labkit doesn't have yet."""
    answer = step["answer"]
    named = {*answer.get("scores", {}), *(refusal["plugin"] for refusal in answer.get("filter", {}).values())}
    named |= {"DefaultPreemption"} if answer.get("nominated") else set()
    claims = ("persistentVolumeClaim" in volume for volume in step["pod"]["spec"].get("volumes") or ())
    named |= {"VolumeBinding"} if any(claims) else set()
    return tuple(sorted(named - {plugin.name for plugin in DEFAULT.plugins}))


def step_differences(cluster: Cluster, step: Object) -> Iterator[str]:
    """What labkit decides otherwise for the step's pod; the cluster stays as it is."""
    answer = step["answer"]
    trial = cluster.fork()
    try:
        stored = apiserver.create(trial, step["pod"]).obj
    except ApiError as error:
        yield from differences(answer.get("rejected"), error.message, "rejection")
        return
    if "rejected" in answer:
        yield f"the pod is accepted, recorded {shown(answer['rejected'])}"
        return
    decision = decide(trial, key_of(stored), profile=EVERY_NODE)
    yield from decision_differences(answer, decision, priorities(trial))


def priorities(cluster: Cluster) -> dict[str, int]:
    """The priority of each pod, by `namespace/name`."""
    return {f"{pod.metadata.namespace}/{pod.metadata.name}": pod.spec.priority or 0 for pod in cluster.items("Pod")}


def decision_differences(answer: Answer, decision: Decision, priority: Mapping[str, int]) -> Iterator[str]:
    """What a decision differs in from a recorded answer, in words."""
    yield from _filter_differences(answer, decision)
    yield from differences(sorted(answer.get("feasible", [])), sorted(decision.feasible), "feasible")
    if "scores" in answer:
        yield from differences(answer["scores"], _plain(decision.scores), "scores")
        yield from differences(answer["final"], dict(decision.totals), "total")
    yield from _choice_differences(answer, decision)
    for told in ("prefilter", "postfilter", "message"):
        if answer.get(told) is not None:
            yield from differences(answer[told], getattr(decision, told), told)
    if "nominated" in answer:
        yield from preemption_differences(answer, decision, priority)


def _filter_differences(answer: Answer, decision: Decision) -> Iterator[str]:
    refused = {
        node: {"plugin": one.plugin, "code": one.code, "reasons": list(one.reasons)}
        for node, one in decision.rejected.items()
    }
    yield from differences(answer.get("filter", {}), refused, "filter")


def _choice_differences(answer: Answer, decision: Decision) -> Iterator[str]:
    if "top" in answer:
        yield from differences(sorted(answer["top"]), sorted(decision.best), "best")
        if decision.node not in answer["top"]:
            yield f"node is {decision.node!r}, recorded one of {answer['top']}"
    elif decision.node:
        yield f"node is {decision.node!r}, recorded none"


def preemption_differences(answer: Answer, decision: Decision, priority: Mapping[str, int]) -> Iterator[str]:
    """Another node or other victims are no difference if they are as many and as important: start times decide then."""
    victims = [f"{victim.namespace}/{victim.name}" for victim in decision.victims]
    if decision.nominated is None or _importance(victims, priority) != _importance(answer["victims"], priority):
        recorded = f"{answer['nominated']!r} for {answer['victims']}"
        yield f"nominated is {decision.nominated!r} for {victims}, recorded {recorded}"


def _importance(victims: list[str], priority: Mapping[str, int]) -> list[int]:
    return sorted((priority.get(victim, 0) for victim in victims), reverse=True)


def _plain(scores: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {plugin: dict(by_node) for plugin, by_node in scores.items()}
