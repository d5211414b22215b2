"""The exercises of lesson 14, Services."""

from __future__ import annotations

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import ready
from labkit.checks.service_faults import NOBODY_ANSWERS, THE_WRONG_NUMBER
from labkit.checks.service_kinds import EVERY_ONE, THE_OLD_NAME, THE_SAME_POD
from labkit.kinds import Key
from labkit.kinds.services import Service
from labkit.lab import Lab


def _service(lab: Lab, name: str, namespace: str = "default") -> Service | None:
    found: Service | None = lab.cluster.read(Key("Service", namespace, name))
    return found


def _answers(lab: Lab, url: str, namespace: str = "default") -> bool:
    return lab.fork().request(url, n=50, namespace=namespace).answered == 50


def _behind(lab: Lab, name: str) -> int:
    return len(lab.cluster.out(Key("Service", "default", name), "selects"))


# Lesson 14.1: an address for the cart


def _cart_lab(number: int) -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(
        deployment("cart", number, "").replace(
            "image: shop/cart:1.0", "image: shop/cart:1.0\n        ports: [{name: http, containerPort: 8080}]"
        )
    )
    return lab.run("1m")


def _cart(selector: str, port: str) -> str:
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: cart}}\nspec:\n{selector}  ports:\n  - {port}\n"


SELECT = "  selector: {app: cart}\n"


def _ports(lab: Lab) -> list[int]:
    service = _service(lab, "cart")
    return [port.port for port in service.spec.ports] if service else []


AN_ADDRESS = Exercise(
    name="an-address",
    task="Pods labelled app=cart listen on port 8080. Make them answer at http://cart/ (port 80).",
    labs=(lambda: _cart_lab(3), lambda: _cart_lab(1)),
    goals=(
        Goal("There is a Service cart.", lambda lab: _service(lab, "cart") is not None),
        Goal("Every request to http://cart/ is answered.", lambda lab: _answers(lab, "http://cart/")),
    ),
    signs=(
        Sign("a Service finds pods by its name", lambda lab: bool(_ports(lab)) and _behind(lab, "cart") == 0),
        Sign("clients use the container's port", lambda lab: bool(_ports(lab)) and 80 not in _ports(lab)),
        Sign("targetPort is the Service's port", lambda lab: bool(_ports(lab)) and not _answers(lab, "http://cart/")),
    ),
    hints=(
        "A Service needs a selector, the port it offers, and the port of the pods.",
        "port is what clients use, targetPort is what the containers listen on.",
    ),
    right=(
        _cart(SELECT, "{port: 80, targetPort: 8080}"),
        _cart(SELECT, "{port: 80, targetPort: http}"),
        "kubectl expose deployment cart --port=80 --target-port=8080",
    ),
    wrong={
        "no selector": Wrong("a Service finds pods by its name", _cart("", "{port: 80, targetPort: 8080}")),
        "another label": Wrong(
            "a Service finds pods by its name", _cart("  selector: {name: cart}\n", "{port: 80, targetPort: 8080}")
        ),
        "no target": Wrong("targetPort is the Service's port", _cart(SELECT, "{port: 80}")),
        "the container's port": Wrong("clients use the container's port", _cart(SELECT, "{port: 8080}")),
    },
)

# Lesson 14.2: no traffic before its time

SLOW = "      annotations: {labkit.dev/starts-in: 20s}\n      labels: {app: web}"


def _web(more: str = "", spec: str = "") -> str:
    text = deployment("web", 2, "").replace("      labels: {app: web}", SLOW)
    text = text.replace(
        "image: shop/web:1.0", f"image: shop/web:1.0\n        {more}" if more else "image: shop/web:1.0"
    )
    return text.replace("  replicas: 2", f"  replicas: 2\n  {spec}" if spec else "  replicas: 2")


WEB_SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"
)


def _web_lab() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply([_web(), WEB_SERVICE])
    return lab.run("2m")


def _losses(lab: Lab) -> int:
    """How many requests fail while three more pods start."""
    trial = lab.fork()
    trial.kubectl("scale deployment web --replicas=5")
    return sum(trial.run("2s").request("http://web/", n=20).failed for _ in range(25))


def _probes(lab: Lab, name: str) -> bool:
    made = lab.cluster.require(Key("Deployment", "default", "web"))["spec"]["template"]["spec"]["containers"]
    return any(name in each for each in made)


def _patient(lab: Lab) -> bool:
    return bool(lab.cluster.require(Key("Deployment", "default", "web"))["spec"].get("minReadySeconds"))


PROBE = "{tcpSocket: {port: 80}, periodSeconds: 2, failureThreshold: 30}"

NOT_BEFORE = Exercise(
    name="not-before",
    task="The pods of web need 20 seconds before they answer. Change the Deployment so that no request is lost.",
    labs=(_web_lab,),
    goals=(
        Goal("At least two pods with the label app=web are ready.", lambda lab: ready(lab, "web") >= 2),
        Goal("While three more pods start, no request fails.", lambda lab: ready(lab, "web") > 1 and not _losses(lab)),
    ),
    signs=(
        Sign("a liveness probe keeps traffic away", lambda lab: _probes(lab, "livenessProbe")),
        Sign("minReadySeconds keeps traffic away", _patient),
        Sign("a running pod gets no traffic before it answers", lambda lab: not _probes(lab, "readinessProbe")),
    ),
    hints=("Who tells the Service that a pod answers?", "A readinessProbe asks the container, every periodSeconds."),
    right=(_web(f"readinessProbe: {PROBE}"), _web(f"startupProbe: {PROBE}")),
    wrong={
        "a liveness probe": Wrong("a liveness probe keeps traffic away", _web(f"livenessProbe: {PROBE}")),
        "minReadySeconds": Wrong("minReadySeconds keeps traffic away", _web(spec="minReadySeconds: 25")),
        "more pods": Wrong(
            "a running pod gets no traffic before it answers", "kubectl scale deployment web --replicas=4"
        ),
    },
    time="3m",
)

EXERCISES = (AN_ADDRESS, NOT_BEFORE, EVERY_ONE, THE_OLD_NAME, THE_SAME_POD, NOBODY_ANSWERS, THE_WRONG_NUMBER)
