"""Node affinity to play with: requirements, preferences and weights, and what each node makes of them.

It is a trial: the lab is left as it is. Every verdict and number comes from the lab's own scheduler.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import ipywidgets as ipw
import yaml

from labkit import apiserver
from labkit.errors import LabError
from labkit.kinds import decode, key_of
from labkit.scheduler import Why, explain
from labkit.scheduler.podinfo import PodInfo
from labkit.views.affinity import html
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, dropdown, prose, row

OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_WITHOUT_VALUES = ("Exists", "DoesNotExist")
_AUTOMATIC = ("kubernetes.io/", "beta.kubernetes.io/")
Object = dict[str, Any]


class Rule(NamedTuple):
    """One requirement on a node's label; without a key it says nothing. `values` are separated by commas."""

    key: str = ""
    operator: str = "In"
    values: str = ""

    @property
    def requirement(self) -> Object:
        """As it stands in a manifest."""
        if self.operator in _WITHOUT_VALUES:
            return {"key": self.key, "operator": self.operator}
        values = [value.strip() for value in self.values.split(",") if value.strip()]
        return {"key": self.key, "operator": self.operator, "values": values}


class Tuner:
    """The state of an affinity tuner: what a pod requires and prefers of a lab's nodes. No widgets.

    `required` are the expressions of one term, all of which must hold; `preferred` are (weight 1 to 100, rule).
    """

    def __init__(self, lab: Any, required: Sequence[Rule], preferred: Sequence[tuple[int, Rule]]) -> None:
        self.lab, self.required, self.preferred = lab, list(required), list(preferred)

    def keys(self) -> list[str]:
        """The label keys of the nodes, but for those that every machine has."""
        found = {key for node in self.lab.cluster.list("Node") for key in node["metadata"]["labels"]}
        return sorted(key for key in found if not key.startswith(_AUTOMATIC))

    def affinity(self) -> Object:
        """The pod's `nodeAffinity`; empty where nothing is asked."""
        must = [rule.requirement for rule in self.required if rule.key]
        likes = [
            {"weight": weight, "preference": {"matchExpressions": [rule.requirement]}}
            for weight, rule in self.preferred if rule.key
        ]  # fmt: skip
        term = {"nodeSelectorTerms": [{"matchExpressions": must}]}
        return {
            **({"requiredDuringSchedulingIgnoredDuringExecution": term} if must else {}),
            **({"preferredDuringSchedulingIgnoredDuringExecution": likes} if likes else {}),
        }

    def pod(self) -> Object:
        """The manifest of the pod that is tried."""
        chosen = {"affinity": {"nodeAffinity": self.affinity()}} if self.affinity() else {}
        spec = {"containers": [{"name": "main", "image": "shop/web:1.0"}], **chosen}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "trial", "namespace": "default"}, "spec": spec}

    def why(self) -> Why:
        """What the lab's scheduler would decide; ApiError where the API server would refuse the pod."""
        cluster = self.lab.cluster
        pod = apiserver.create(cluster, self.pod(), dry_run=True).obj
        return explain(cluster, PodInfo.of(key_of(pod), decode(pod)))


def affinity_tuner(
    lab: Any, required: Sequence[Sequence[str]] = (), preferred: Sequence[tuple[int, Sequence[str]]] = ()
) -> AffinityTuner:
    """Try node affinity on the nodes of `lab`.

    A rule is `(key, operator, values)`, as in `("disk", "In", "ssd,nvme")`; `preferred` has a weight before each.
    Two rules of each sort can be set, more if more are given.
    """
    must = [Rule(*rule) for rule in required]
    likes = [(weight, Rule(*rule)) for weight, rule in preferred]
    must += [Rule()] * (2 - len(must))
    likes += [(50, Rule())] * (2 - len(likes))
    return AffinityTuner(Tuner(lab, must, likes))


class AffinityTuner(Panel):
    """The widgets around a `Tuner`: a line for each rule, the field in YAML, and the table of nodes."""

    def __init__(self, model: Tuner) -> None:
        self.model, self.note, self.table = model, Note(), Canvas()
        must = [self._required(place, rule) for place, rule in enumerate(model.required)]
        likes = [self._preferred(place, *like) for place, like in enumerate(model.preferred)]
        super().__init__([prose("Required, all of them:"), *must, prose("Preferred:"), *likes, self.table, self.note])
        self._redraw()

    def __repr__(self) -> str:
        return f"<affinity tuner: {len(self.model.lab.cluster.keys('Node'))} nodes>"

    def _required(self, place: int, rule: Rule) -> Any:
        return row(*self._rule(rule, lambda new: self._set_required(place, new)))

    def _preferred(self, place: int, weight: int, rule: Rule) -> Any:
        slider = ipw.IntSlider(
            weight, min=1, max=100, description="Weight", layout={"width": "260px"}, style={"description_width": "auto"}
        )
        parts = self._rule(rule, lambda new: self._set_preferred(place, self.model.preferred[place][0], new))
        slider.observe(
            lambda change: self._set_preferred(place, change["new"], self.model.preferred[place][1]), "value"
        )
        return row(*parts, slider)

    def _rule(self, rule: Rule, act: Any) -> list[Any]:
        key = dropdown("Label", [("(none)", ""), *((name, name) for name in self._offered(rule))], value=rule.key)
        operator = dropdown("is", OPERATORS, value=rule.operator)
        values = ipw.Text(
            rule.values, placeholder="a,b", continuous_update=False, tooltip="values, separated by commas",
            layout={"width": "120px"}, disabled=rule.operator in _WITHOUT_VALUES,
        )  # fmt: skip

        def changed(_: Any) -> None:
            values.disabled = operator.value in _WITHOUT_VALUES
            act(Rule(key.value, operator.value, values.value))

        for part in (key, operator, values):
            part.observe(changed, "value")
        return [key, operator, values]

    def _offered(self, rule: Rule) -> list[str]:
        keys = self.model.keys()
        return keys if not rule.key or rule.key in keys else [*keys, rule.key]

    def _set_required(self, place: int, rule: Rule) -> None:
        self.model.required[place] = rule
        self._redraw()

    def _set_preferred(self, place: int, weight: int, rule: Rule) -> None:
        self.model.preferred[place] = (weight, rule)
        self._redraw()

    def _redraw(self) -> None:
        try:
            self.table.value = html(self.model.why())
        except LabError as refusal:
            self.table.value = f"<p role='alert'>The API server refuses this pod: {escape(refusal)}</p>"
        self.note.say(_folded(self.model.affinity()))


def _folded(affinity: Object) -> str:
    text = yaml.safe_dump({"nodeAffinity": affinity}, sort_keys=False, default_flow_style=None)
    shown = f'<pre style="line-height:1.35">{escape(text if affinity else "no affinity")}</pre>'
    return f'<details><summary style="cursor:pointer">As it stands in the manifest</summary>{shown}</details>'
