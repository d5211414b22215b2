"""The exercises of lesson 04 about probes and crashes: a slow start, and a container that keeps dying."""

from __future__ import annotations

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import pods, ready
from labkit.kinds.pod import Container, Probe
from labkit.lab import Lab


def restarts(lab: Lab, app: str) -> int:
    """How often containers of the living pods labelled app=`app` were restarted."""
    return sum(one.restart_count for pod in pods(lab, app) for one in pod.status.container_statuses)


def containers(lab: Lab, app: str) -> list[Container]:
    """The main containers of those pods."""
    return [one for pod in pods(lab, app) for one in pod.spec.containers]


def _web(lines: str) -> str:
    """The Deployment web of one pod; `lines` are YAML of its container."""
    made = "".join(f"        {line}\n" for line in lines.strip().splitlines())
    return deployment("web", 1).replace("        image: shop/web:1.0\n", f"        image: shop/web:1.0\n{made}")


# Lesson 04.4: slow to start, quick to find out

LIVENESS = "livenessProbe: {httpGet: {port: 80}, periodSeconds: 5}"


def _starting(seconds: int) -> Lab:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.behave("app=web", starts_in=seconds)
    lab.apply(_web(LIVENESS))
    return lab.run("2m")


def _hang_found(lab: Lab) -> bool:
    """Whether a container that hangs is restarted within 30 seconds."""
    trial = lab.fork()
    before = restarts(trial, "web")
    trial.behave("app=web", live=False)
    return ready(lab, "web") > 0 and restarts(trial.run("31s"), "web") > before


def _probes(lab: Lab, kind: str) -> list[Probe]:
    found = [getattr(one, f"{kind}_probe") for one in containers(lab, "web")]
    return [one for one in found if one is not None]


def _lasting(probe: Probe) -> int:
    return int((probe.period_seconds or 10) * probe.failure_threshold)


def _late(lab: Lab) -> bool:
    return any(_lasting(one) > 30 for one in _probes(lab, "liveness"))


SLOW = "startupProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: %d}\n"

SLOW_TO_START = Exercise(
    name="slow-to-start",
    task="web needs a minute to start. Let it start undisturbed, and be restarted within 30 s should it hang later.",
    labs=(lambda: _starting(60), lambda: _starting(20)),
    goals=(
        Goal("A pod labelled app=web is ready.", lambda lab: ready(lab, "web") > 0),
        Goal("Its container was never restarted.", lambda lab: ready(lab, "web") > 0 and restarts(lab, "web") == 0),
        Goal("When it hangs, it is restarted within 30 seconds.", _hang_found),
    ),
    signs=(
        Sign(
            "a readiness probe restarts", lambda lab: not _probes(lab, "liveness") and bool(_probes(lab, "readiness"))
        ),
        Sign(
            "the restart policy notices a hang",
            lambda lab: bool(containers(lab, "web")) and not _probes(lab, "liveness"),
        ),
        Sign("patience at the start costs nothing later", _late),
        Sign("a startup probe waits for ever", lambda lab: any(_lasting(one) < 60 for one in _probes(lab, "startup"))),
        Sign("a liveness probe knows that the app is starting", lambda lab: restarts(lab, "web") > 0),
    ),
    hints=(
        "Which of the three probes holds the other two back until it has passed once?",
        "A startupProbe has failureThreshold times periodSeconds; leave the livenessProbe as quick as it is.",
    ),
    right=(
        _web(SLOW % 18 + LIVENESS),
        _web("startupProbe: {tcpSocket: {port: 80}, failureThreshold: 9}\n" + LIVENESS),
        _web("livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, initialDelaySeconds: 60}"),
    ),
    wrong={
        "no liveness": Wrong("the restart policy notices a hang", _web("env: [{name: MODE, value: fast}]")),
        "readiness instead": Wrong("a readiness probe restarts", _web(LIVENESS.replace("liveness", "readiness"))),
        "patient liveness": Wrong(
            "patience at the start costs nothing later",
            _web("livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: 18}"),
        ),
        "a short startup probe": Wrong("a startup probe waits for ever", _web(SLOW % 6 + LIVENESS)),
        "readiness as well": Wrong(
            "a liveness probe knows that the app is starting",
            _web(LIVENESS + "\n" + LIVENESS.replace("liveness", "readiness")),
        ),
    },
    time="4m",
)

# Lesson 04.5: it keeps dying

PAY = """
resources: {limits: {memory: %s}, requests: {memory: %s}}
livenessProbe: {httpGet: {port: 80}, periodSeconds: 5}
"""


def _pay(limit: str, request: str = "64Mi", number: int = 2) -> str:
    made = deployment("pay", number)
    lines = "".join(f"        {line}\n" for line in (PAY % (limit, request)).strip().splitlines())
    return made.replace("        resources:\n          requests: {cpu: 250m, memory: 128Mi}\n", lines)


def _dying() -> Lab:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.behave("app=pay", starts_in="8s", memory="200Mi", logs=["pay 1.0", "reading the price list"])
    lab.apply(_pay("128Mi"))
    return lab.run("5m")


def _stays_well(lab: Lab) -> bool:
    later = lab.fork().run("10m")
    return ready(lab, "pay") == ready(later, "pay") == 2 and restarts(later, "pay") == restarts(lab, "pay")


def _unasked(lab: Lab) -> bool:
    found = containers(lab, "pay")
    return bool(found) and not any(one.liveness_probe for one in found)


def _as_it_was(lab: Lab) -> bool:
    """Whether there are pods, and their limit is the old one."""
    return any(one.resources.limits.get("memory") == "128Mi" for one in containers(lab, "pay"))


def _asks_more(lab: Lab) -> bool:
    """Whether the request isn't what it was."""
    return any(one.resources.requests.get("memory") not in ("64Mi", None) for one in containers(lab, "pay"))


_PROBE = "/spec/template/spec/containers/0/livenessProbe"
NO_PROBE = f"""kubectl patch deployment pay --type=json -p '[{{"op": "remove", "path": "{_PROBE}"}}]'"""

IT_KEEPS_DYING = Exercise(
    name="it-keeps-dying",
    task="The pods of pay do not stay up. Find out why, and let both be ready and stay so.",
    labs=(_dying,),
    goals=(
        Goal("Two pods labelled app=pay are ready.", lambda lab: ready(lab, "pay") == 2),
        Goal("In the next ten minutes none is restarted.", _stays_well),
    ),
    signs=(
        Sign("more pods share the memory", lambda lab: len(pods(lab, "pay")) > 2),
        Sign("only a probe kills containers", _unasked),
        Sign("a request is a limit", _asks_more),
        Sign("a new pod forgets its template's faults", _as_it_was),
    ),
    hints=(
        "kubectl describe pod shows how the last run ended: its reason and its exit code.",
        "137 is 128 + 9: killed. OOMKilled says by whom. How much may the container use? It needs less than 256Mi.",
    ),
    right=(
        "kubectl set resources deployment/pay --limits=memory=256Mi",
        _pay("256Mi", "256Mi"),
        "kubectl set resources deployment/pay --limits=memory=512Mi --requests=memory=256Mi",
    ),
    wrong={
        "more pods": Wrong("more pods share the memory", "kubectl scale deployment pay --replicas=4"),
        "delete the pods": Wrong("a new pod forgets its template's faults", "kubectl delete pods -l app=pay"),
        "a restart": Wrong("a new pod forgets its template's faults", "kubectl rollout restart deployment/pay"),
        "a larger request": Wrong(
            "a request is a limit", "kubectl set resources deployment/pay --requests=memory=128Mi"
        ),
        "no probe": Wrong(
            "only a probe kills containers",
            NO_PROBE,
        ),
    },
    time="3m",
)
