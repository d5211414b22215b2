"""The exercises of lesson 21 that ask for an autoscaler; hpa_faults.py has those known by their symptoms."""

from __future__ import annotations

from functools import partial

from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.hpa_faults import NEVER_SMALLER, NO_TARGET
from labkit.checks.observing import fewest_ready, replicas
from labkit.checks.scaling import COST, SERVICE, after, app, behavior, cpu, hpa, specs, target_of
from labkit.kinds import Key
from labkit.lab import Lab
from labkit.metrics import load

# Lesson 21.1: half used


def _sized(request: int) -> Lab:
    resources = f"{{requests: {{cpu: {request}m}}, limits: {{cpu: {2 * request}m}}}}"
    lab = Lab.kubernetes(nodes=3, cpu="8", seed=1)
    lab.apply(app(resources, "replicas: 3") + "---" + SERVICE)
    lab.behave("app=web", cost=COST)
    return lab.load("web", rps=1).run("1m")


def _uses_half(lab: Lab, rps: int) -> bool:
    return 39 <= after(lab, rps).used <= 60


HALF_USED = Exercise(
    name="half-used",
    task=(
        "Write an autoscaler for web. Under load its pods use about half of the cpu they request, whatever that is; at"
        " night two pods are left, and there are never more than ten."
    ),
    labs=(partial(_sized, 200), partial(_sized, 500)),
    goals=(
        Goal("With 20 and with 40 requests a second pods use 40 to 60 % of their request.",
             lambda lab: all(_uses_half(lab, rps) for rps in (20, 40))),
        Goal("With one request a second two pods are left.", lambda lab: after(lab, 1).ready == 2),
        Goal("With 400 requests a second there are ten.", lambda lab: after(lab, 400).ready == 10),
    ),
    signs=(
        Sign("two autoscalers help each other", lambda lab: len(specs(lab)) > 1),
        Sign("a millicore target follows the request", lambda lab: bool(target_of(lab, "averageValue"))),
        Sign("utilisation is a share of the limit", lambda lab: any(one <= 30 for one in target_of(lab))),
        Sign("the Deployment's replicas are the minimum",
             lambda lab: any(spec.get("minReplicas", 1) == 1 for spec in specs(lab))),
    ),
    hints=(
        "A share of the request is a target of type Utilization. kubectl autoscale writes such an autoscaler too.",
        "minReplicas: 2, maxReplicas: 10, and one metric: Resource cpu with averageUtilization: 50.",
    ),
    right=(
        hpa(cpu("type: Utilization, averageUtilization: 50")),
        "kubectl autoscale deployment web --cpu=50% --min=2 --max=10",
        hpa(cpu("type: Utilization, averageUtilization: 54")),
    ),
    wrong={
        "a quarter": Wrong(
            "utilisation is a share of the limit", hpa(cpu("type: Utilization, averageUtilization: 25"))
        ),
        "millicores": Wrong(
            "a millicore target follows the request", hpa(cpu("type: AverageValue, averageValue: 100m"))
        ),
        "no minimum": Wrong(
            "the Deployment's replicas are the minimum",
            hpa(cpu("type: Utilization, averageUtilization: 50"), least=None),
        ),
        "two of them": Wrong(
            "two autoscalers help each other",
            hpa(cpu("type: Utilization, averageUtilization: 50")) + "---"
            + hpa(cpu("type: Utilization, averageUtilization: 50"), name="web-2"),
        ),
    },
)  # fmt: skip


# Lesson 21.2: calm

BURSTS = load.steps(*((f"{at}m", 50 if at % 4 else 6) for at in range(0, 46, 2)), ("46m", 6))
NERVOUS = behavior(down="stabilizationWindowSeconds: 0")


def _nervous() -> Lab:
    lab = Lab.kubernetes(nodes=3, cpu="8", seed=1)
    lab.apply(app() + "---" + SERVICE)
    lab.behave("app=web", cost=COST)
    lab.run("1m").apply(hpa(more=NERVOUS))
    return lab.load("web", rps=BURSTS).run("10m")


def _shrinks(lab: Lab) -> bool:
    return after(lab, 6, "25m").ready == 2


def _quick(lab: Lab) -> bool:
    return after(lab, load.steps((0, 6), ("10m", 50)), "13m").failed < 0.08


def _rules(lab: Lab, way: str) -> dict[str, object]:
    found: dict[str, object] = next((spec.get("behavior", {}).get(way, {}) for spec in specs(lab)), {})
    return found


def _fixed(lab: Lab) -> bool:
    return any(spec.get("minReplicas", 1) == spec["maxReplicas"] for spec in specs(lab))


CALM_DOWN = Exercise(
    name="calm-down",
    task=(
        "Every two minutes comes a burst of requests, and web's pods come and go. Change its autoscaler so that the"
        " size changes at most five times in half an hour, a new burst is met within two minutes, and two pods are"
        " left when all is over."
    ),
    labs=(_nervous,),
    goals=(
        Goal("In half an hour of bursts the size changes at most five times.",
             lambda lab: bool(specs(lab)) and after(lab, None, "30m").changes <= 5),
        Goal("A burst after a quiet time is met at once: few requests fail.", _quick),
        Goal("After 25 quiet minutes two pods are left.", _shrinks),
    ),
    signs=(
        Sign("a fixed size is the calmest", _fixed),
        Sign("never scaling down is calm", lambda lab: _rules(lab, "scaleDown").get("selectPolicy") == "Disabled"),
        Sign("waiting on the way up is just as good",
             lambda lab: bool(_rules(lab, "scaleUp").get("stabilizationWindowSeconds"))),
        Sign("a wide tolerance cures flapping", lambda lab: "tolerance" in _rules(lab, "scaleDown")),
    ),
    hints=(
        "Look at it: kubectl get hpa web -o yaml. Which part of behavior isn't the default?",
        "stabilizationWindowSeconds of scaleDown: longer than the quiet time between two bursts.",
    ),
    right=(
        hpa(more=behavior(down="stabilizationWindowSeconds: 300")),
        'kubectl patch hpa web --type=merge -p \'{"spec":{"behavior":null}}\'',
        hpa(more=behavior(down="stabilizationWindowSeconds: 180")),
    ),
    wrong={
        "tolerance": Wrong(
            "a wide tolerance cures flapping",
            hpa(more=behavior("stabilizationWindowSeconds: 0, tolerance: 900m", "tolerance: 900m")),
        ),
        "the other way": Wrong(
            "waiting on the way up is just as good",
            hpa(more=behavior("stabilizationWindowSeconds: 0", "stabilizationWindowSeconds: 300")),
        ),
        "never down": Wrong(
            "never scaling down is calm",
            hpa(more=behavior("stabilizationWindowSeconds: 0, selectPolicy: Disabled")),
        ),
        "always ten": Wrong("a fixed size is the calmest", hpa(least=10)),
    },
)  # fmt: skip


# Lesson 21.3: a new version under load


def _busy(rps: int) -> Lab:
    """A shop at work, its size set by its autoscaler: four pods or eight."""
    lab = Lab.kubernetes(nodes=3, cpu="8", seed=1)
    lab.apply(app() + "---" + SERVICE)
    lab.behave("app=web", cost=COST)
    lab.run("1m").apply(hpa())
    return lab.load("web", rps=rps).run("5m")


BEGIN = 360.0
"""Seconds at which the answer comes."""


def _new_everywhere(lab: Lab) -> bool:
    pods = [pod for pod in lab.get("pods", selector="app=web") if "deletionTimestamp" not in pod["metadata"]]
    return bool(pods) and all(pod["spec"]["containers"][0]["image"].endswith("2.0") for pod in pods)


def _sizes(lab: Lab) -> list[int]:
    """The sizes the Deployment was given, from the answer on; the first is the one it had before."""
    entries = lab.history.of(Key("Deployment", "default", "web"))
    given = [entry.new["spec"].get("replicas", 1) for entry in entries
             if entry.new is not None and entry.time >= BEGIN]  # fmt: skip
    return [replicas(lab.at(BEGIN - 1), "web") or 0, *given]


def _untouched(lab: Lab) -> bool:
    return len(set(_sizes(lab))) == 1


def _fewer(lab: Lab) -> bool:
    before, *given = _sizes(lab)
    return min(given, default=before) == 2


NEW_VERSION = Exercise(
    name="new-version",
    task=(
        "An autoscaler looks after web. Bring shop/web:2.0 to all of its pods, so that the number of pods stays the"
        " autoscaler's business all the time. It is tried at two sizes."
    ),
    labs=(partial(_busy, 22), partial(_busy, 44)),
    goals=(
        Goal("All pods run shop/web:2.0.", _new_everywhere),
        Goal("Nobody else has set the Deployment's size.", lambda lab: _new_everywhere(lab) and _untouched(lab)),
        Goal("Three quarters of the pods were always ready.",
             lambda lab: fewest_ready(lab, "web", BEGIN) * 4 >= _sizes(lab)[0] * 3),
        Goal("The autoscaler is still there.", lambda lab: len(specs(lab)) == 1),
    ),
    signs=(
        Sign("an update needs the autoscaler out of the way", lambda lab: not specs(lab)),
        Sign("the manifest's replicas are only the start", _fewer),
        Sign("today's size belongs into the manifest", lambda lab: not _untouched(lab)),
    ),
    hints=(
        "kubectl get deployment web -o yaml shows a number that isn't yours to write.",
        "The Deployment's manifest without replicas, or kubectl set image.",
    ),
    right=(
        app(image="2.0"),
        "kubectl set image deployment web web=shop/web:2.0",
        'kubectl patch deployment web -p \'{"spec":{"template":{"spec":{"containers":'
        '[{"name":"web","image":"shop/web:2.0"}]}}}}\'',
    ),
    wrong={
        "two in the manifest": Wrong(
            "the manifest's replicas are only the start", app(more="replicas: 2", image="2.0")
        ),
        "eight in the manifest": Wrong("today's size belongs into the manifest", app(more="replicas: 8", image="2.0")),
        "without the autoscaler": Wrong(
            "an update needs the autoscaler out of the way",
            "kubectl delete hpa web\nkubectl set image deployment web web=shop/web:2.0",
        ),
    },
)  # fmt: skip

EXERCISES = (HALF_USED, NEW_VERSION, CALM_DOWN, NO_TARGET, NEVER_SMALLER)
