"""What lesson 14 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.checks.services import NOT_BEFORE


def _while_starting() -> str:
    lab = NOT_BEFORE.lab()
    lab.kubectl("scale deployment web --replicas=5")
    return "Some fail" if lab.run("10s").request("http://web/", n=100).failed else "None fails"


PREDICTIONS = {
    "starting": Foresight(
        "Pods without a readiness probe need 20 seconds to start. Three more are made. Do requests fail meanwhile?",
        ("Some fail", "None fails"),
        _while_starting,
        "Without a readiness probe a pod counts as ready as soon as its containers run.",
    ),
}

QUIZ = (
    Item(
        "Which pods does a Service send requests to?",
        (
            wrong("Those of the Deployment of its name", "a Service finds pods by its name"),
            right("Those with its selector's labels, in its namespace, that are ready", "Labels and readiness decide."),
            wrong("All that run", "a running pod gets no traffic before it answers"),
        ),
    ),
    Item(
        "A Service has port: 80 and targetPort: 8080. What do clients use?",
        (
            right("80", "The Service's port is what clients know."),
            wrong("8080", "clients use the container's port"),
            mistaken("Either", "A Service only takes what comes to its own ports."),
        ),
    ),
    Item(
        "A pod in namespace default asks for cart. The Service is in namespace shop. What is found?",
        (
            wrong("The Service, for names are known everywhere", "short names work in every namespace"),
            right("Nothing: cart.shop would be", "The search list begins with the pod's own namespace."),
        ),
    ),
    Item(
        "A Service has sessionAffinity: ClientIP. 1,000 requests come from one pod. Who answers?",
        (
            right("One pod", "The node remembers the client's address, three hours if not told otherwise."),
            wrong("Each pod about equally often", "session affinity spreads one client's requests"),
        ),
    ),
)
