"""What lesson 21 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.observing import pods, ready
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.checks.scaling import COST, SERVICE, app, cpu, hpa
from labkit.kinds import Key
from labkit.lab import Lab


def shop(autoscaler: str, rps: object, resources: str = "{requests: {cpu: 200m}, limits: {cpu: 400m}}") -> Lab:
    """Web with two pods, an autoscaler and a load, five minutes later."""
    lab = Lab.kubernetes(nodes=3, cpu="8", seed=1)
    lab.apply(app(resources, "replicas: 2") + "---" + SERVICE)
    lab.behave("app=web", cost=COST)
    lab.run("1m").apply(autoscaler)
    return lab.load("web", rps=rps).run("5m")


def _by_the_formula() -> int:
    return ready(shop(hpa(), 30), "web")


def _without_request() -> int:
    return ready(shop(hpa(), 30, "{limits: {memory: 1Gi}}"), "web")


def _soon_after_the_peak() -> int:
    lab = shop(hpa(), 30)
    return len(pods(lab.load("web", rps=2).run("2m"), "web"))


def _two_metrics() -> int:
    lab = shop(hpa(cpu("type: AverageValue, averageValue: 90m"), cpu()), 30)
    return ready(lab, "web")


def _applied_again() -> int:
    lab = shop(hpa(), 30)
    lab.apply(app(more="replicas: 2"))
    deployment = lab.cluster.read(Key("Deployment", "default", "web"))
    size: int = deployment.spec.replicas
    return size


PREDICTIONS = {
    "formula": Foresight(
        "Two pods request 200m each and use 300m each. The target is 60 %. How many pods will there be?",
        ("3", "4", "5"),
        _by_the_formula,
        "They use 150 % of their request: 2 * 150 / 60 = 5.",
    ),
    "unknown": Foresight(
        "The same load, but the pods have no cpu request. How many pods will there be?",
        ("2", "5", "10"),
        _without_request,
        "Utilisation is a share of the request. Without one there is nothing to divide by, and nothing is scaled.",
    ),
    "after": Foresight(
        "Five pods, and the rush is over: two requests a second. How many pods are there two minutes later?",
        ("2", "3", "5"),
        _soon_after_the_peak,
        "For 300 seconds the highest recommendation counts.",
    ),
    "largest": Foresight(
        "One autoscaler has two metrics. With the load that comes, the first asks for seven pods and the second for"
        " five. How many?",
        ("5", "6", "7", "12"),
        _two_metrics,
        "Each metric proposes a size, and the largest one counts.",
    ),
    "manifest": Foresight(
        "The autoscaler has made five pods of two. Somebody applies the manifest again; it says replicas: 2. How many"
        " does the Deployment want now?",
        ("2", "5", "7"),
        _applied_again,
        "The one who wrote last is right, until the autoscaler's next sync.",
    ),
}

QUIZ = (
    Item(
        "Four pods use 90 % of their request, the target is 60 %. Where does the autoscaler want to be?",
        (
            mistaken("5", "One more would bring 72 %: 4 * 90 / 5."),
            right("6", "4 * 90 / 60 = 6, exactly."),
            wrong("It waits until 100 % are passed", "the target is a ceiling"),
        ),
    ),
    Item(
        "Pods request 200m, their limit is 800m, and they use 200m. How large is their utilisation?",
        (
            wrong("25 %", "utilisation is a share of the limit"),
            right("100 %", "200m of the 200m they request. With the limit that high it may go up to 400 %."),
            mistaken("It depends on the node", "What the node has plays no part in it."),
        ),
    ),
    Item(
        "Cpu proposes 4, memory 7, and a queue's metric can't be read. There are 9 pods now. What happens?",
        (
            wrong("11: 4 + 7", "the proposals are added up"),
            mistaken("7, the larger of the two", "It would be, if they asked for more. Down it goes only with all."),
            right("Nothing", "With one metric missing it goes up, but not down."),
        ),
    ),
    Item(
        "Traffic doubles within a second. When do twice as many pods answer?",
        (
            wrong("At the next request", "the autoscaler sees the load at once"),
            right("In about a minute", "A scrape, a sync, the start and the first probe: each takes its time."),
            mistaken("After five minutes", "The 300 seconds are for the way down."),
        ),
    ),
    Item(
        "While ten new pods start, load stays high. Does the autoscaler add more and more of them?",
        (
            wrong("Yes, each sync sees the same high figure", "a pod that starts counts as busy"),
            right("No", "On the way up, pods that aren't ready count with 0 %."),
            mistaken("No, it waits 300 seconds between two steps", "Upwards there is no window, unless you set one."),
        ),
    ),
    Item(
        "Eight of ten pods are Pending for want of room. What does the HorizontalPodAutoscaler do about it?",
        (
            wrong("It adds nodes", "more replicas bring more machines"),
            right("Nothing", "Nodes are the business of the Cluster Autoscaler, or of Karpenter: lesson 23."),
            wrong("It keeps adding pods", "a pod that starts counts as busy"),
        ),
    ),
    Item(
        "An HPA and a VPA both look at web's cpu. What comes of it?",
        (
            wrong("Pods of the right size in the right number", "HPA and VPA complete each other on cpu"),
            right(
                "They chase each other",
                "The VPA raises the request, utilisation falls, the HPA takes pods away, each pod gets more to do.",
            ),
            mistaken("The API server refuses the second one", "It accepts both. lab.conflicts() tells you."),
        ),
    ),
)
