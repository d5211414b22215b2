"""The request spinner: send requests to a Service, change what is behind it, and see who answers.

It plays on a fork, so the lab it starts from stays as it is.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import ipywidgets as ipw

from labkit.kinds import Key
from labkit.kinds.pod import Pod
from labkit.network.responses import Responses
from labkit.views.answers import Answerer, bars, describe
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, button, dropdown, row

SICK = "labkit-spinner-unready"


class Spinner:
    """The state of the spinner: a fork of the lab, one Service, and the last requests. No widgets."""

    def __init__(self, lab: Any, service: str, namespace: str = "default") -> None:
        lab.cluster.require(Key("Service", namespace, service))
        self.lab, self.key = lab.fork(), Key("Service", namespace, service)
        self.responses = Responses("", "", ())
        self.last = ""

    @property
    def url(self) -> str:
        """The Service's first port by its short name."""
        return f"http://{self.key.name}:{self.lab.cluster.read(self.key).spec.ports[0].port}/"

    def pods(self) -> list[Pod]:
        """The pods that the Service selects."""
        keys = self.lab.cluster.out(self.key, "selects")
        return [self.lab.cluster.read(key) for key in keys if key.kind == "Pod"]

    def nodes(self) -> list[str]:
        """The nodes that a client may be on."""
        return [key.name for key in self.lab.cluster.keys("Node")]

    def send(self, number: int, client: str | None = None) -> None:
        """Send requests from a client on a node."""
        self.responses = self.lab.request(self.url, number, client, self.key.namespace)
        self.last = f'lab.request("{self.url}", n={number})'

    def unready(self, pod: str, on: bool) -> None:
        """Let a pod's application stop answering, or answer again; its readiness probe, if it has one, finds out."""
        self._type(f"label pod {pod} {SICK}={pod} --overwrite")
        self.lab.behave(f"{SICK}={pod}", namespace=self.key.namespace, ready=not on)
        self.last = f'lab.behave("{SICK}={pod}", ready={not on})'

    def kill(self, pod: str) -> None:
        """Delete a pod."""
        self._type(f"delete pod {pod} --wait=false")

    def sticky(self, on: bool) -> None:
        """Send a client to the same pod again, or not."""
        self._spec({"sessionAffinity": "ClientIP" if on else "None", **({} if on else {"sessionAffinityConfig": None})})

    def local(self, on: bool) -> None:
        """Keep requests on the client's node, or not."""
        self._spec({"internalTrafficPolicy": "Local" if on else "Cluster"})

    def run(self, duration: float) -> None:
        """Let virtual seconds pass."""
        self.lab.run(duration)
        self.last = f"lab.run({duration:g})"

    def answerers(self) -> list[Answerer]:
        """The Service's pods, with what each answered of the last requests; those gone since included."""
        counts = self.responses.by_pod
        shown = [
            Answerer(pod.metadata.name, pod.spec.node_name, _state(pod), counts.pop(pod.metadata.name, 0))
            for pod in self.pods()
        ]
        where = {pod: node for pod, node, _ in self.responses.rows()}
        return shown + [Answerer(pod, where[pod], "gone", number) for pod, number in counts.items()]

    def _spec(self, change: dict[str, Any]) -> None:
        self._type(f"patch service {self.key.name} -p '{json.dumps({'spec': change})}'")

    def _type(self, command: str) -> None:
        self.lab.kubectl(f"{command} -n {self.key.namespace}")
        self.lab.run(0)
        self.last = f"kubectl {command}"


def _state(pod: Pod) -> str:
    if pod.metadata.deletion_timestamp is not None:
        return "leaving"
    return "ready" if pod.is_ready else "not ready"


def request_spinner(lab: Any, service: str, namespace: str = "default") -> RequestSpinner:
    """Play with one Service of a fork of `lab`; ApiError NotFound if it isn't there."""
    return RequestSpinner(Spinner(lab, service, namespace))


class RequestSpinner(Panel):
    """The widgets around a `Spinner`: sending, what is behind the Service, time, and who answered."""

    def __init__(self, model: Spinner) -> None:
        self.model, self.note, self.canvas = model, Note(), Canvas()
        self.client = dropdown("Client on", model.nodes())
        self.pod = dropdown("Pod", [pod.metadata.name for pod in model.pods()])
        spec = model.lab.cluster.read(model.key).spec
        self.sticky = self._box("session affinity", spec.session_affinity == "ClientIP", model.sticky)
        self.local = self._box("only this node", spec.internal_traffic_policy == "Local", model.local)
        super().__init__([*self._controls(), self.note, self.canvas])
        self._redraw()

    def __repr__(self) -> str:
        said = describe(self.model.answerers(), self.model.responses.failures)
        return f"<request spinner of {self.model.key.name}: {said}>"

    def _box(self, words: str, on: bool, act: Any) -> Any:
        box = ipw.Checkbox(on, description=words, indent=False, layout={"width": "auto"})
        box.observe(lambda change: self._do(act, change["new"]), "value")
        return box

    def _spin(self, number: int, _: Any) -> None:
        self._send(number)

    def _run(self, seconds: int, _: Any) -> None:
        self._do(self.model.run, seconds)

    def _controls(self) -> list[Any]:
        send = [
            button(f"Send {n}", f"Send {n} requests at this moment", partial(self._spin, n)) for n in (1, 100, 1000)
        ]
        sick = button("Stop answering", "Its application hangs", lambda _: self._do_pod(self.model.unready, True))
        well = button("Answer again", "Its application is well", lambda _: self._do_pod(self.model.unready, False))
        kill = button("Delete pod", "Delete the chosen pod", lambda _: self._do_pod(self.model.kill))
        times = [
            button(f"Run {n} s", f"Let {n} virtual seconds pass", partial(self._run, n), "forward") for n in (1, 10, 60)
        ]
        return [row(self.client, *send, self.sticky, self.local), row(self.pod, sick, well, kill), row(*times)]

    def _send(self, number: int) -> None:
        self._do(self.model.send, number, self.client.value)

    def _do_pod(self, act: Any, *more: Any) -> None:
        if self.pod.value is not None:
            self._do(act, self.pod.value, *more)

    def _do(self, act: Any, *what: Any) -> None:
        act(*what)
        self._redraw()

    def _redraw(self) -> None:
        names = tuple(pod.metadata.name for pod in self.model.pods())
        if names != tuple(self.pod.options):
            self.pod.options = names
        done = f"<code>{escape(self.model.last)}</code><br>" if self.model.last else ""
        self.note.say(f"{done}<b>t = {self.model.lab.now:g} s</b>. Send requests, or change what stands behind.")
        self.canvas.value = bars(self.model.answerers(), self.model.responses.failures)
