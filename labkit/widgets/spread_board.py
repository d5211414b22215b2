"""Topology spread and anti-affinity to play with: choose a rule, see where the pods land, let a zone fail.

Each choice is tried from the beginning on a fork of the lab, which is left as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import ipywidgets as ipw
import yaml

from labkit.kinds.pod import Pod
from labkit.views.drawing import details
from labkit.views.spread import Board, Host, Tile, describe, render, table
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, dropdown, row

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
NOTHING, SPREAD, APART = RULES = ("none", "topology spread", "anti-affinity")
_APP = "web"
_SELECTOR = {"matchLabels": {"app": _APP}}
Object = dict[str, Any]


class Choice(NamedTuple):
    """What is tried: pods, the rule and its place, whether it refuses or only advises, the zone that fails."""

    replicas: int = 6
    rule: str = SPREAD
    key: str = ZONE
    strict: bool = True
    max_skew: int = 1
    honor_taints: bool = False
    failed: str = ""

    def spec(self) -> Object:
        """The rule as it stands in the pod's spec."""
        if self.rule == SPREAD:
            return {"topologySpreadConstraints": [self._constraint()]}
        if self.rule == NOTHING:
            return {}
        term = {"topologyKey": self.key, "labelSelector": _SELECTOR}
        if self.strict:
            field: Object = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
        else:
            field = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]}
        return {"affinity": {"podAntiAffinity": field}}

    def _constraint(self) -> Object:
        mode = "DoNotSchedule" if self.strict else "ScheduleAnyway"
        rule: Object = {"maxSkew": self.max_skew, "topologyKey": self.key, "whenUnsatisfiable": mode}
        honor = {"nodeTaintsPolicy": "Honor"} if self.honor_taints else {}
        return {**rule, **honor, "labelSelector": _SELECTOR}

    def deployment(self) -> Object:
        """The Deployment that is tried."""
        container = {"name": _APP, "image": "shop/web:1.0", "resources": {"requests": {"cpu": "250m"}}}
        template = {"metadata": {"labels": {"app": _APP}}, "spec": {"containers": [container], **self.spec()}}
        spec = {"replicas": self.replicas, "selector": _SELECTOR, "template": template}
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": _APP}, "spec": spec}


class Spreading:
    """The state of a spread board: a lab to try in, and the choice. No widgets."""

    def __init__(self, lab: Any, choice: Choice) -> None:
        self.lab, self.choice = lab, choice

    def zones(self) -> list[str]:
        """The zones of the lab's nodes."""
        found = (node["metadata"]["labels"].get(ZONE, "") for node in self.lab.cluster.list("Node"))
        return [zone for zone in dict.fromkeys(found) if zone]

    def choose(self, **changes: Any) -> None:
        """Change parts of the choice."""
        self.choice = self.choice._replace(**changes)

    def board(self) -> Board:
        """Where the pods are after a minute; with a failed zone, ten minutes after it fell silent."""
        trial = self.lab.fork()
        trial.apply(self.choice.deployment())
        trial.run("1m")
        if self.choice.failed:
            trial.cut(self.choice.failed).run("10m")
        return board_of(trial, self.choice.failed)


def board_of(lab: Any, failed: str = "") -> Board:
    """The pods labelled app=web of a lab, by node."""
    pods = [pod for pod in lab.cluster.items("Pod") if pod.metadata.labels.get("app") == _APP]
    hosts = []
    for node in lab.cluster.list("Node"):
        name, zone = node["metadata"]["name"], node["metadata"]["labels"].get(ZONE, "")
        mine = (Tile(pod.metadata.name, _leaves(pod)) for pod in pods if pod.spec.node_name == name)
        hosts.append(Host(name, zone, tuple(mine), bool(failed) and zone == failed))
    waiting = (pod for pod in pods if not pod.spec.node_name)
    return Board(
        tuple(hosts), tuple((pod.metadata.name, lab.why(pod.metadata.name).decision.message) for pod in waiting)
    )


def _leaves(pod: Pod) -> bool:
    return pod.metadata.deletion_timestamp is not None


def spread_board(lab: Any, **choice: Any) -> SpreadBoard:
    """Try rules for pods of one Deployment on the nodes of `lab`; keywords as in `Choice` set where it begins."""
    return SpreadBoard(Spreading(lab, Choice(**choice)))


class SpreadBoard(Panel):
    """The widgets around a `Spreading`: the rule's parts, the board, its words and the rule in YAML."""

    def __init__(self, model: Spreading) -> None:
        self.model, self.note, self.canvas, self.manifest = model, Note(), Canvas(), Note()
        chosen, zones = model.choice, model.zones()
        self.parts: dict[str, Any] = {
            "replicas": _number("Pods", chosen.replicas, 30),
            "rule": dropdown("Rule", RULES, value=chosen.rule),
            "key": dropdown("over", [("zones", ZONE), ("hosts", HOST)], value=chosen.key),
            "strict": dropdown("it", [("refuses", True), ("advises", False)], value=chosen.strict),
            "max_skew": _number("maxSkew", chosen.max_skew, 9),
            "honor_taints": ipw.Checkbox(
                chosen.honor_taints, description="nodeTaintsPolicy: Honor", indent=False, layout={"width": "auto"}
            ),
            "failed": dropdown("Zone that fails", [("none", ""), *zip(zones, zones, strict=True)], value=chosen.failed),
        }  # fmt: skip
        for name, part in self.parts.items():
            part.observe(lambda change, name=name: self._choose(name, change["new"]), "value")
        first, second = ("replicas", "rule", "key", "strict"), ("max_skew", "honor_taints", "failed")
        lines = [row(*(self.parts[name] for name in names)) for names in (first, second)]
        super().__init__([*lines, self.note, self.canvas, self.manifest])
        self._redraw()

    def __repr__(self) -> str:
        return f"<spread board: {len(self.model.lab.cluster.keys('Node'))} nodes>"

    def _choose(self, name: str, value: Any) -> None:
        self.model.choose(**{name: value})
        self._redraw()

    def _redraw(self) -> None:
        chosen, board = self.model.choice, self.model.board()
        self.parts["key"].disabled = self.parts["strict"].disabled = chosen.rule == NOTHING
        self.parts["max_skew"].disabled = self.parts["honor_taints"].disabled = chosen.rule != SPREAD
        self.note.say(f"<b>{escape(describe(board))}</b>")
        self.canvas.value = render(board) + details((table(board),))
        self.manifest.say(_folded(chosen.spec()))


def _number(label: str, value: int, most: int) -> Any:
    style, layout = {"description_width": "auto"}, {"width": "130px"}
    return ipw.BoundedIntText(value, min=1, max=most, description=label, style=style, layout=layout)


def _folded(spec: Object) -> str:
    shown = escape(yaml.safe_dump(spec, sort_keys=False) if spec else "no rule")
    return (
        '<details><summary style="cursor:pointer">The rule as it stands in the manifest</summary>'
        f'<pre style="line-height:1.35">{shown}</pre></details>'
    )
