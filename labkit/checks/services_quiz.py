"""What lesson 14 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.checks.service_kinds import listening, service
from labkit.checks.services import NOT_BEFORE
from labkit.lab import Lab


def _while_starting() -> str:
    lab = NOT_BEFORE.lab()
    lab.kubectl("scale deployment web --replicas=5")
    return "Some fail" if lab.run("10s").request("http://web/", n=100).failed else "None fails"


def _local() -> str:
    lab = Lab.kubernetes(nodes=3, seed=1)
    spec = "selector: {app: cart}, ports: [{port: 80, targetPort: http}], internalTrafficPolicy: Local"
    lab.apply([listening("cart", 1), service("cart", spec)])
    node = lab.run("1m").get("pods")[0]["spec"]["nodeName"]
    other = next(name for name in ("node-1", "node-2") if name != node)
    return "It fails" if lab.request("http://cart/", n=10, client=other).failed else "The pod on the other node answers"


PREDICTIONS = {
    "starting": Foresight(
        "Pods without a readiness probe need 20 seconds to start. Three more are made. Do requests fail meanwhile?",
        ("Some fail", "None fails"),
        _while_starting,
        "Without a readiness probe a pod counts as ready as soon as its containers run.",
    ),
    "local": Foresight(
        "A Service has internalTrafficPolicy: Local. A client's node has none of its pods, another node has one."
        " What becomes of a request?",
        ("The pod on the other node answers", "It fails"),
        _local,
        "Local means the client's node and no other: there is nothing to fall back to.",
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
            wrong("Nothing: shop.cart would be", "the namespace comes first"),
        ),
    ),
    Item(
        "A Service has sessionAffinity: ClientIP. 1,000 requests come from one pod. Who answers?",
        (
            right("One pod", "The node remembers the client's address, three hours if not told otherwise."),
            wrong("Each pod about equally often", "session affinity spreads one client's requests"),
            wrong("One pod, and always the same", "session affinity holds for ever"),
        ),
    ),
    Item(
        "Who spreads the connections of a headless Service over its pods?",
        (
            wrong("kube-proxy, as always", "a headless Service balances"),
            right("The client, which picks one of the addresses", "DNS gives all of them, and that is all there is."),
            mistaken("Nobody: only the first pod is known", "The answer has an address for every ready pod."),
        ),
    ),
    Item(
        "A Service of type ExternalName stands for pay.example.com. What goes through the cluster's Service?",
        (
            wrong("All requests to it", "ExternalName forwards traffic"),
            right(
                "Nothing but the question for the name", "DNS answers with an alias; the client goes there by itself."
            ),
            mistaken("Those on its ports", "It has no address, so there is nothing for its ports to be ports of."),
        ),
    ),
    Item(
        "A Service of type NodePort has one pod, on node-1. A request from outside comes to node-2. What happens?",
        (
            wrong("It is refused: the pod is on node-1", "a NodePort is open where pods are"),
            right("The pod answers", "Every node takes the port. With externalTrafficPolicy: Local it would fail."),
            wrong(
                "With externalTrafficPolicy: Local the pod answers", "traffic policy Local falls back to other nodes"
            ),
        ),
    ),
    Item(
        "What is wrong with seats?",
        (
            wrong("There are too few pods", "more pods help a Service that finds none"),
            mistaken("Its port", "There is no endpoint at all: the pods aren't found, whatever the port."),
            right("Its selector", "app: seat isn't app: seats. describe shows the selector, --show-labels the labels."),
            mistaken("Its pods aren't ready", "They are: 1/1 in get pods."),
        ),
    ),
    Item(
        "What is wrong with stock?",
        (
            mistaken("Its selector", "The endpoints are its pods: they are found."),
            right("Its targetPort", "Left out, it is 80 as the port. The pods listen on 8080."),
            wrong("Nothing: what has endpoints answers", "endpoints mean that it answers"),
            mistaken("Its pods aren't ready", "They are: 1/1 in get pods."),
        ),
    ),
    Item(
        "What is wrong with price?",
        (
            wrong("There are too few pods", "more pods help a Service that finds none"),
            wrong("Requests come to another port", "clients use the container's port"),
            mistaken("Its selector", "The pods are in the slice, though none of them is ready."),
            right("Its pods aren't ready", "0/1 in get pods: their readiness probe fails. Ask their events."),
        ),
    ),
)
