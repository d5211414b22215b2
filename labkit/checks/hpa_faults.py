"""The exercises of lesson 21 that are known by their symptoms: a target that is unknown, a size that never shrinks."""

from __future__ import annotations

from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import pods
from labkit.checks.scaling import COST, SERVICE, after, app, cpu, hpa, is_active, specs
from labkit.kinds.pod import Container
from labkit.lab import Lab
from labkit.metrics import load

# Lesson 21.4: no target

PROXY = """      - {name: proxy, image: "shop/proxy:1.0"}
"""


def _unknown() -> Lab:
    """A sidecar without a request, and load that needs more than one pod."""
    lab = Lab.kubernetes(nodes=3, cpu="8", seed=1)
    lab.apply(app() + PROXY + "---" + SERVICE)
    lab.behave("app=web", container="web", cost=COST)
    lab.run("1m").apply(hpa(least=1))
    return lab.load("web", rps=30).run("5m")


def _set_by_hand(lab: Lab) -> bool:
    return not is_active(lab) and len(pods(lab, "web")) > 1


NO_TARGET = Exercise(
    name="no-target",
    task=(
        "web is slow, and its autoscaler shows cpu: <unknown>/60%. Make it work: with the 30 requests a second that"
        " come now it has to run at least four pods, with 2 a second one."
    ),
    labs=(_unknown,),
    goals=(
        Goal("The autoscaler knows its metrics.", is_active),
        Goal("With 30 requests a second at least four pods are ready.",
             lambda lab: is_active(lab) and after(lab, 30, "5m").ready >= 4),
        Goal("With 2 requests a second one is left.", lambda lab: is_active(lab) and after(lab, 2, "12m").ready == 1),
    ),
    signs=(
        Sign("scaling by hand lasts", _set_by_hand),
        Sign("a higher maximum wakes the autoscaler",
             lambda lab: not is_active(lab) and any(spec["maxReplicas"] > 10 for spec in specs(lab))),
        Sign("one container's request is enough",
             lambda lab: not is_active(lab) and any(_raised(pod.spec.containers[0]) for pod in pods(lab, "web"))),
        Sign("a new autoscaler sees more", lambda lab: not is_active(lab) and _deleted(lab)),
    ),
    hints=(
        "kubectl describe hpa web: which container of which pod does the condition ScalingActive name?",
        "kubectl set resources deployment web -c proxy --requests=cpu=… gives it what is missing.",
    ),
    right=(
        "kubectl set resources deployment web -c proxy --requests=cpu=20m",
        "kubectl set resources deployment web -c proxy --limits=cpu=20m",
        hpa("{type: ContainerResource, containerResource: {name: cpu, container: web,"
            " target: {type: Utilization, averageUtilization: 60}}}", least=1),
    ),
    wrong={
        "by hand": Wrong("scaling by hand lasts", "kubectl scale deployment web --replicas=4"),
        "a higher maximum": Wrong("a higher maximum wakes the autoscaler", hpa(least=1, most=30)),
        "once again": Wrong(
            "a new autoscaler sees more",
            "kubectl delete hpa web\nkubectl autoscale deployment web --cpu=60% --min=1 --max=10",
        ),
        "the other container": Wrong(
            "one container's request is enough", "kubectl set resources deployment web -c web --requests=cpu=300m"
        ),
    },
    time="3m",
)  # fmt: skip


def _raised(container: Container) -> bool:
    return container.resources.requests.get("cpu") != "200m"


def _deleted(lab: Lab) -> bool:
    return any(entry.key.kind == "HorizontalPodAutoscaler" and entry.new is None for entry in lab.history)


# Lesson 21.5: never smaller

QUEUE = (
    "{{type: External, external: {{metric: {{name: {name}}}, target: {{type: AverageValue, averageValue: {value}}}}}}}"
)
EVENING = load.steps((0, 40), ("5m", 5))


def queue(name: str = "queue_length", value: int = 30) -> str:
    """The metric of the queue: so many messages for each pod."""
    return QUEUE.format(name=name, value=value)


def _stuck() -> Lab:
    """A shop whose rush is over since twenty minutes; one of its autoscaler's two metrics has a wrong name."""
    lab = Lab.kubernetes(nodes=3, cpu="8", seed=1)
    lab.apply(app() + "---" + SERVICE)
    lab.behave("app=web", cost=COST)
    lab.metric("queue_length", 40)
    lab.run("1m").apply(hpa(cpu(), queue("queue_lenght")))
    return lab.load("web", rps=EVENING).run("25m")


def _follows_queue(lab: Lab) -> bool:
    trial = lab.fork().metric("queue_length", 240)
    return len(pods(trial.run("3m"), "web")) >= 8


def _names_queue(lab: Lab) -> bool:
    return any("external" in metric for spec in specs(lab) for metric in spec.get("metrics", ()))


NEVER_SMALLER = Exercise(
    name="never-smaller",
    task=(
        "The rush was over twenty minutes ago, and web still runs with all its pods. Its autoscaler is to follow cpu"
        " and the metric queue_length: two pods now, and eight when the queue holds 240 messages."
    ),
    labs=(_stuck,),
    goals=(
        Goal("With the load of now two pods are left.", lambda lab: after(lab, None, "10m").ready == 2),
        Goal("With 40 requests a second there are at least six.", lambda lab: after(lab, 40, "5m").ready >= 6),
        Goal("With 240 messages in the queue there are at least eight.", _follows_queue),
    ),
    signs=(
        Sign("a metric that fails is in the way", lambda lab: bool(specs(lab)) and not _names_queue(lab)),
        Sign("a lower maximum repairs it", lambda lab: any(spec["maxReplicas"] < 8 for spec in specs(lab))),
        Sign("only the window holds it back",
             lambda lab: any("behavior" in spec for spec in specs(lab)) and not is_active(lab)),
        Sign("scaling by hand lasts", lambda lab: not is_active(lab) and len(pods(lab, "web")) == 2),
    ),
    hints=(
        "kubectl describe hpa web: the events say which metric it can't read, and what it is called.",
        "There is a metric queue_length. Compare it letter by letter.",
    ),
    right=(
        hpa(cpu(), queue()),
        hpa(queue(), cpu("type: Utilization, averageUtilization: 65")),
    ),
    wrong={
        "without the queue": Wrong("a metric that fails is in the way", hpa(cpu())),
        "at most two": Wrong("a lower maximum repairs it", hpa(cpu(), queue("queue_lenght"), most=2)),
        "no window": Wrong(
            "only the window holds it back",
            hpa(cpu(), queue("queue_lenght"), more="behavior: {scaleDown: {stabilizationWindowSeconds: 0}}"),
        ),
        "by hand": Wrong("scaling by hand lasts", "kubectl scale deployment web --replicas=2"),
    },
    time="6m",
)  # fmt: skip
