"""What might make a pod fit on a node, by the plugin that refused it: candidates, not yet tried.

A remedy is one change to one object, as a JSON merge patch. Its size says how small a change it is: 1 for one entry of
the pod, up to 2 for asking for less (1 + the share given up), 3 for a change to a node, 10 for a node more. Nothing
takes other pods away. A plugin may bring its own remedies: a method `remedies(cycle, row)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from labkit.kinds.registry import Key
from labkit.scheduler.cutting import amount_text, cut, units
from labkit.scheduler.nodeports import conflicts
from labkit.scheduler.plugin import Cycle
from labkit.scheduler.relabelling import affinity_remedies
from labkit.scheduler.remedy import ON_NODE, Change, Remedy, listed, node_object, pod_object, to_node, to_pod
from labkit.scheduler.spreading import HARD, SOFT
from labkit.scheduler.tolerations import HARD_EFFECTS, tolerates_any

BY_CONDITION = "node.kubernetes.io/"
"""Taints with this prefix follow from the node's state; taking them off doesn't last."""

ANOTHER_NODE = 10.0
DROPPED = ("node.kubernetes.io/unschedulable",)


def tolerate(cycle: Cycle, row: int) -> Iterator[Remedy]:
    """Tolerate what isn't tolerated, or take a taint off."""
    spec, node = pod_object(cycle)["spec"], node_object(cycle, row)
    taints = [one for one in cycle.columns.taints_of(row) if one.effect in HARD_EFFECTS]
    taints = [one for one in taints if not tolerates_any(cycle.pod.spec.tolerations, one)]
    words = ", ".join(map(str, taints))
    added = [
        {"key": one.key, "effect": one.effect} | ({"value": one.value} if one.value else {"operator": "Exists"})
        for one in taints
    ]
    change = {"spec": {"tolerations": [*spec.get("tolerations", ()), *added]}}
    yield to_pod(cycle, f"tolerate {words}", change, len(taints))
    if not any(one.key.startswith(BY_CONDITION) for one in taints):
        gone = {(one.key, one.effect) for one in taints}
        kept = [one for one in node["spec"]["taints"] if (one["key"], one["effect"]) not in gone]
        yield to_node(cycle, row, f"take the taint {words} off", {"spec": {"taints": kept or None}})


def uncordon(cycle: Cycle, row: int) -> Iterator[Remedy]:
    """Uncordon the node."""
    taints = node_object(cycle, row)["spec"].get("taints") or []
    kept = [one for one in taints if one["key"] not in DROPPED]
    name = cycle.columns.names[row]
    change = Change(Key("Node", "", name), {"spec": {"unschedulable": None, "taints": kept or None}})
    yield Remedy(f"uncordon {name}", change, ON_NODE)


def ask_for_less(cycle: Cycle, row: int) -> Iterator[Remedy]:
    """Ask for as much less as the node lacks, of everything that it lacks."""
    columns, missing = cycle.columns, {}
    for name, column, amount in zip(*cycle.states["NodeResourcesFit"], strict=True):
        lacks = int(amount - columns.allocatable[row, column] + columns.requested[row, column])
        if lacks > 0:
            missing[name] = lacks
    request = cycle.info.request
    if not missing or any(lacks > request[name] for name, lacks in missing.items()):
        return
    spec = cut(pod_object(cycle)["spec"], missing)
    share = sum(lacks / request[name] for name, lacks in missing.items()) / len(missing)
    words = " and ".join(f"{amount_text(name, lacks)} less {name}" for name, lacks in missing.items())
    left = " and ".join(amount_text(name, request[name] - lacks) for name, lacks in missing.items())
    whole = " and ".join(amount_text(name, request[name]) for name in missing)
    nothing_left = sum(lacks == request[name] for name, lacks in missing.items())
    size = len(missing) + share + nothing_left
    remedy = to_pod(cycle, f"ask for {words} ({left} instead of {whole})", {"spec": spec}, size)
    yield remedy._replace(about=f"less {listed(missing)}")


def give_up_ports(cycle: Cycle, row: int) -> Iterator[Remedy]:
    """Give up the host ports that are taken on the node."""
    taken = {int(one.rpartition(":")[2].partition("/")[0]) for one in conflicts(cycle, row)}
    spec: dict[str, Any] = {}
    for part in ("containers", "initContainers"):
        listed_there = pod_object(cycle)["spec"].get(part)
        if listed_there:
            spec[part] = [_without_ports(container, taken) for container in listed_there]
    words = listed(map(str, sorted(taken)))
    yield to_pod(cycle, f"give up the host port {words}", {"spec": spec}, len(taken))


def _without_ports(container: dict[str, Any], taken: set[int]) -> dict[str, Any]:
    if not container.get("ports"):
        return container
    ports = [
        {name: part for name, part in port.items() if name != "hostPort" or part not in taken}
        for port in container["ports"]
    ]
    return {**container, "ports": ports}


def spread_less(cycle: Cycle, row: int) -> Iterator[Remedy]:
    """Allow more skew, make a constraint soft, ask for fewer domains, or give the node the label that it lacks."""
    written = pod_object(cycle)["spec"].get("topologySpreadConstraints") or []
    hard = [number for number, one in enumerate(written) if one["whenUnsatisfiable"] == HARD]
    # The default constraints of a profile stand in no pod.
    for number, one in zip(hard, cycle.states["PodTopologySpread"] if hard else (), strict=True):
        key, column = one.constraint.key, cycle.columns.labels(one.constraint.key)
        place = f"over {key}"
        value = column.value(row)
        if value is None:
            for known in column.values:
                yield to_node(cycle, row, f"label it {key}={known}", {"metadata": {"labels": {key: known}}})
        else:
            needed = int(one.matches[column.codes[row]]) + one.itself - one.lowest
            if needed > one.constraint.max_skew:
                change = _constrained(written, number, maxSkew=needed)
                more = needed - one.constraint.max_skew
                yield to_pod(cycle, f"allow a maxSkew of {needed} {place}", change, 1 + more / 100)
        if one.constraint.min_domains > 1:
            yield to_pod(cycle, f"ask for no minDomains {place}", _constrained(written, number, minDomains=None))
        soft = _constrained(written, number, whenUnsatisfiable=SOFT, minDomains=None)
        yield to_pod(cycle, f"only prefer to spread {place} (ScheduleAnyway)", soft, 2)


def _constrained(written: list[Any], number: int, **changes: Any) -> dict[str, Any]:
    made = {name: part for name, part in {**written[number], **changes}.items() if part is not None}
    return {"spec": {"topologySpreadConstraints": [*written[:number], made, *written[number + 1 :]]}}


def mind_less(cycle: Cycle, row: int) -> Iterator[Remedy]:
    """Drop a required term about other pods, or the label by which another pod avoids this one."""
    affinity = pod_object(cycle)["spec"].get("affinity") or {}
    for kind, words in (("podAffinity", "near"), ("podAntiAffinity", "away from")):
        part = "requiredDuringSchedulingIgnoredDuringExecution"
        terms = (affinity.get(kind) or {}).get(part) or []
        for number, term in enumerate(terms):
            kept = [*terms[:number], *terms[number + 1 :]] or None
            meant = _selected(term.get("labelSelector") or {})
            told = f"don't require to be {words} pods with {meant} by {term.get('topologyKey', '')}"
            yield to_pod(cycle, told, {"spec": {"affinity": {kind: {part: kept}}}})
    if cycle.states["InterPodAffinity"].unwanted:
        for key, value in cycle.pod.metadata.labels.items():
            told = f"drop the pod's label {key}={value}, which another pod's anti-affinity means"
            yield to_pod(cycle, told, {"metadata": {"labels": {key: None}}}, 2.5)


def _selected(selector: dict[str, Any]) -> str:
    pairs = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    pairs += [
        " ".join([one["key"], one["operator"], *one.get("values", ())])
        for one in selector.get("matchExpressions") or ()
    ]
    return listed(pairs) or "any labels"


def another_node(cycle: Cycle, row: int) -> Iterator[Remedy]:
    """One node more of the same make, empty, not cordoned, without the taints of a passing condition.

    Where even that would be too small, one with as much as the pod asks for.
    """
    old, name = node_object(cycle, row), f"{cycle.columns.names[row]}-copy"
    while name in cycle.columns.row:
        name += "-copy"
    labels = {**(old["metadata"].get("labels") or {}), "kubernetes.io/hostname": name}
    taints = [one for one in old["spec"].get("taints") or () if not one["key"].startswith(BY_CONDITION)]
    has: dict[str, Any] = old.get("status", {}).get("allocatable", {})
    asked = cycle.info.request.items()
    short = {resource: amount for resource, amount in asked if amount > units(resource, has.get(resource, 0))}
    more = {resource: amount_text(resource, amount) for resource, amount in short.items()}
    made = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": taints} if taints else {},
        "status": {"capacity": {**has, **more}, "allocatable": {**has, **more}},
    }
    but = f", but with {' and '.join(f'{amount} {resource}' for resource, amount in more.items())}" if more else ""
    words = f"have one node more like {cycle.columns.names[row]}{but}"
    yield Remedy(words, Change(Key("Node", "", name), made, new=True), ANOTHER_NODE + len(more))


def open_gates(cycle: Cycle) -> Iterator[Remedy]:
    """Remove the gates that keep the pod from being scheduled."""
    gates = [one.name for one in cycle.pod.spec.scheduling_gates]
    if gates:
        yield to_pod(
            cycle, f"remove the scheduling gate {listed(gates)}", {"spec": {"schedulingGates": None}}, len(gates)
        )


Generator = Callable[[Cycle, int], Iterator[Remedy]]

REMEDIES: dict[str, Generator] = {
    "TaintToleration": tolerate,
    "NodeUnschedulable": uncordon,
    "NodeAffinity": affinity_remedies,
    "NodeResourcesFit": ask_for_less,
    "NodePorts": give_up_ports,
    "PodTopologySpread": spread_less,
    "InterPodAffinity": mind_less,
}
"""What may help against each plugin of the default profile; volumes have only the node more."""


def against(plugin: Any, cycle: Cycle, row: int) -> Iterator[Remedy]:
    """The candidates against one plugin's refusal of one node."""
    own: Generator | None = getattr(plugin, "remedies", None) or REMEDIES.get(plugin.name)
    return own(cycle, row) if own else iter(())
