"""The taint matrix to play with: tick taints and tolerations, and see who may go where.

It is a trial: the lab it starts from is left as it is, and the note says what command or field would do the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as ipw
import msgspec

from labkit.kinds.node import Taint
from labkit.kinds.pod import Toleration
from labkit.views.svg import escape
from labkit.views.taints import html, said
from labkit.widgets.parts import Canvas, Note, Panel, prose, row

Words = str | Mapping[str, Any]


class Trial:
    """The state of a taint matrix: which node has which taints and which pod which tolerations. No widgets.

    `taints` and `tolerations` are all that can be ticked, in order.
    """

    def __init__(self, nodes: Mapping[str, Sequence[Words]], pods: Mapping[str, Sequence[Words]]) -> None:
        self.nodes = {name: [taint(words) for words in given] for name, given in nodes.items()}
        self.pods = {name: [toleration(words) for words in given] for name, given in pods.items()}
        self.taints = _distinct(self.nodes.values())
        self.tolerations = _distinct(self.pods.values())

    def offer(self, taints: Sequence[Words] = (), tolerations: Sequence[Words] = ()) -> Trial:
        """Add taints and tolerations that can be ticked; returns itself."""
        self.taints = _distinct([self.taints, [taint(words) for words in taints]])
        self.tolerations = _distinct([self.tolerations, [toleration(words) for words in tolerations]])
        return self

    def set_taint(self, node: str, which: Taint, on: bool) -> str:
        """Put a taint on a node or take it off; returns the kubectl command for it."""
        self.nodes[node] = _toggled(self.nodes[node], which, on)
        return f"kubectl taint nodes {node} {which}" + ("" if on else "-")

    def set_toleration(self, pod: str, which: Toleration, on: bool) -> str:
        """Give a pod a toleration or take it away; returns the field it then has."""
        self.pods[pod] = _toggled(self.pods[pod], which, on)
        given = msgspec.to_builtins(self.pods[pod])
        return f"{pod}: spec.tolerations: " + str(
            [{k: v for k, v in each.items() if v not in ("", None)} for each in given]
        )


def taint(words: Words) -> Taint:
    """A taint from `key=value:Effect` or `key:Effect`, as kubectl takes it, or from its manifest."""
    if not isinstance(words, str):
        return msgspec.convert(dict(words), Taint)
    pair, _, effect = words.rpartition(":")
    key, _, value = pair.partition("=")
    return Taint(key=key, value=value, effect=effect)


def toleration(words: Words) -> Toleration:
    """A toleration from its manifest, or of the one taint `key=value:Effect`; `key:Effect` tolerates every value."""
    if not isinstance(words, str):
        return msgspec.convert(dict(words), Toleration)
    meant = taint(words)
    operator = "Equal" if meant.value else "Exists"
    return Toleration(key=meant.key, operator=operator, value=meant.value, effect=meant.effect)


def taint_matrix(
    nodes: Any, pods: Mapping[str, Sequence[Words]], taints: Sequence[Words] = (), tolerations: Sequence[Words] = ()
) -> TaintMatrix:
    """Play with taints.

    `nodes` is a lab, or taints by node name; `pods` tolerations by pod name. `taints` and `tolerations` can be ticked
    besides those; without `tolerations` there is one for each taint. Words as kubectl takes them, or manifests.
    """
    given = nodes if isinstance(nodes, Mapping) else taints_of(nodes)
    trial = Trial(given, pods).offer(taints)
    return TaintMatrix(trial.offer((), tolerations or [str(each) for each in trial.taints]))


def taints_of(lab: Any) -> dict[str, Sequence[Words]]:
    """The taints of a lab's nodes, by node name."""
    return {node["metadata"]["name"]: node.get("spec", {}).get("taints", []) for node in lab.cluster.list("Node")}


class TaintMatrix(Panel):
    """The widgets around a `Trial`: a line of checkboxes for each node and pod, and the matrix."""

    def __init__(self, model: Trial) -> None:
        self.model, self.note, self.matrix = model, Note(), Canvas()
        nodes = [self._line(name, model.taints, model.nodes[name], model.set_taint, str) for name in model.nodes]
        pods = [
            self._line(name, model.tolerations, model.pods[name], model.set_toleration, said) for name in model.pods
        ]
        super().__init__(
            [prose("Taints of each node:"), *nodes, prose("Tolerations of each pod:"), *pods, self.note, self.matrix]
        )
        self._redraw("Tick a taint or a toleration.")

    def __repr__(self) -> str:
        return f"<taint matrix: {len(self.model.pods)} pods, {len(self.model.nodes)} nodes>"

    def _line(self, name: str, all_of_them: Sequence[Any], own: Sequence[Any], act: Any, words: Any) -> Any:
        boxes = [self._box(name, each, each in own, act, words) for each in all_of_them]
        return row(ipw.Label(name, layout={"width": "90px"}), *boxes)

    def _box(self, name: str, which: Any, on: bool, act: Any, words: Any) -> Any:
        tooltip = f"{name}: {words(which)}"
        box = ipw.Checkbox(on, description=words(which), indent=False, tooltip=tooltip, layout={"width": "auto"})
        box.observe(lambda change: self._redraw(act(name, which, change["new"])), "value")
        return box

    def _redraw(self, note: str) -> None:
        self.note.say(f"<code>{escape(note)}</code>")
        self.matrix.value = html(self.model.nodes, self.model.pods)


def _distinct(groups: Any) -> list[Any]:
    found: list[Any] = []
    for group in groups:
        found += [each for each in group if each not in found]
    return found


def _toggled(own: list[Any], which: Any, on: bool) -> list[Any]:
    without = [each for each in own if each != which]
    return [*without, which] if on else without
