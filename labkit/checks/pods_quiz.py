"""What lesson 04 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.pod_health import restarts
from labkit.checks.pods import pod
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.lab import Lab

WEB = '  - {name: web, image: "shop/web:1.0"%s}\n'
PROBED = ", livenessProbe: {httpGet: {port: 80}}"


def _slow() -> str:
    lab = Lab.kubernetes(nodes=1, seed=1)
    lab.behave("app=web", starts_in="45s")
    lab.apply(pod(WEB % PROBED, app="web"))
    return "It has been restarted again and again" if restarts(lab.run("10m"), "web") > 1 else "It is ready"


def _crashes() -> str:
    lab = Lab.kubernetes(nodes=1, seed=1)
    lab.behave("app=web", crashes_after="1s")
    lab.apply(pod(WEB % "", app="web"))
    found = restarts(lab.run("10m"), "web")
    return "about 6" if found < 15 else "about 60" if found < 200 else "about 300"


PREDICTIONS = {
    "crashes": Foresight(
        "A container crashes one second after each start. How often is it restarted in ten minutes?",
        ("about 300", "about 60", "about 6"),
        _crashes,
        "The first restart comes at once, the next after 10 s, then 20, 40, 80, 160 and 300 s.",
    ),
    "slow": Foresight(
        "An application needs 45 s to start. Its liveness probe has the defaults: every 10 s, 3 failures."
        " How is it after ten minutes?",
        ("It is ready", "It has been restarted again and again"),
        _slow,
        "The third failure comes 20 s after each start, long before the application answers.",
    ),
}

QUIZ = (
    Item(
        "A container of a pod crashes, and the kubelet starts it again. What is new?",
        (
            right("Only the container", "Same pod, same node, same address; RESTARTS counts one more."),
            wrong("The pod, with another address", "a restart makes a new pod"),
            wrong("The node", "a pod moves when a container crashes"),
        ),
    ),
    Item(
        "A web server and a helper run in one pod. The helper can reach the server …",
        (
            right("at localhost, on the server's port", "They share one network: one address, one set of ports."),
            wrong("by reading the files of its image", "containers of a pod share their files"),
            mistaken("only through a Service", "A Service is for other pods. Within the pod it is localhost."),
        ),
    ),
    Item(
        "The database is away. Every liveness probe of the shop asks the database. What happens?",
        (
            wrong("Nothing: the containers themselves are well", "liveness should check the database"),
            right("All containers are restarted, again and again", "A probe only knows pass and fail."),
            mistaken("The pods get no traffic until it is back", "That would be readiness, and it is what you want."),
        ),
    ),
    Item(
        "kubectl get pods says CrashLoopBackOff. What do you look at first?",
        (
            right("logs -p and the last exit code", "The run that is over tells what was wrong."),
            wrong("Nothing more: that is the cause", "CrashLoopBackOff is the fault"),
            wrong("logs, which show all runs", "logs are those of all runs"),
        ),
    ),
    Item(
        "Clients speak an old protocol. A container beside the server translates every answer into one common format."
        " Which pattern is that?",
        (
            right("Adapter", "It makes the pod's output look as the outside expects it."),
            mistaken("Ambassador", "An ambassador stands for the outside towards the main container: at localhost."),
            mistaken("Init container", "That one would be over before the server begins."),
        ),
    ),
    Item(
        "A liveness probe has failureThreshold 30 and periodSeconds 10, for the start is slow. What is the price?",
        (
            wrong("None: once it has started, it counts anew", "patience at the start costs nothing later"),
            right(
                "A hang goes unnoticed for five minutes",
                "A startup probe takes care of the start; liveness stays quick.",
            ),
            mistaken("Traffic comes five minutes late", "Traffic is the business of readiness, not of liveness."),
        ),
    ),
    Item(
        "What is wrong with seats?",
        (
            mistaken("Its liveness probe fails", "Then it would have been restarted."),
            right("Its readiness probe fails", "It runs and isn't ready: nobody restarts it, and it gets no traffic."),
            mistaken("Its image can't be pulled", "Then it wouldn't be Running, but ErrImagePull or ImagePullBackOff."),
        ),
    ),
    Item(
        "What is wrong with stock?",
        (
            wrong("It has done its work: exit code 0", "Always restarts only after failures"),
            wrong("It needs more memory than its limit", "only a probe kills containers"),
            right(
                "It starts too slowly for its liveness probe", "Stopped 10 s after each start, says the event Killing."
            ),
        ),
    ),
    Item(
        "What is wrong with price?",
        (
            wrong("Its probe is too strict", "only a probe kills containers"),
            right("It used more memory than its limit", "describe says so: OOMKilled."),
            wrong("It is in CrashLoopBackOff, that is why", "CrashLoopBackOff is the fault"),
        ),
    ),
)
