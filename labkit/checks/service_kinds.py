"""The exercises of lesson 14 about kinds of Services: headless, by another name, and one that knows its clients."""

from __future__ import annotations

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import ready
from labkit.kinds import Key
from labkit.kinds.services import Service
from labkit.lab import Lab


def service(name: str, spec: str, namespace: str = "default") -> str:
    """A Service `name`; `spec` is YAML in flow style, without its braces."""
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{{spec}}}\n"


def found(lab: Lab, name: str, namespace: str = "default") -> Service | None:
    """A Service; None if it isn't there."""
    held: Service | None = lab.cluster.read(Key("Service", namespace, name))
    return held


def reached(lab: Lab, url: str, namespace: str = "default", client: str | None = None) -> bool:
    """Whether each of 20 requests is answered."""
    return lab.fork().request(url, n=20, namespace=namespace, client=client).answered == 20


def listening(name: str, number: int, port: int = 8080) -> str:
    """A Deployment of pods that listen on a port named http."""
    lines = f"        image: shop/{name}:1.0\n        ports: [{{name: http, containerPort: {port}}}]\n"
    return deployment(name, number).replace(f"        image: shop/{name}:1.0\n", lines)


# Lesson 14.3: every one by itself


def _members(number: int) -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(listening("cache", number))
    return lab.run("1m")


def _told(lab: Lab) -> set[str]:
    return set(lab.dns("cache").addresses)


def _own(lab: Lab) -> set[str]:
    """The addresses of the pods that are ready."""
    pods = [one for one in lab.cluster.items("Pod") if one.metadata.labels.get("app") == "cache"]
    return {pod.status.pod_ip for pod in pods if pod.is_ready}


def _follows(lab: Lab) -> bool:
    """Whether the name also gives the pods that come later."""
    trial = lab.fork()
    trial.kubectl("scale deployment cache --replicas=5")
    trial.run("1m")
    return len(_told(trial)) == 5 and _told(trial) == _own(trial)


def _has_address(lab: Lab) -> bool:
    held = found(lab, "cache")
    return held is not None and held.spec.cluster_ip not in ("", "None")


def _is_headless(lab: Lab) -> bool:
    held = found(lab, "cache")
    return held is not None and held.spec.cluster_ip == "None"


EVERY_ONE = Exercise(
    name="every-one",
    task="Each pod of cache must be reached by itself: let the name cache give the addresses of all its ready pods.",
    labs=(lambda: _members(3), lambda: _members(2)),
    goals=(
        Goal("There is a Service cache.", lambda lab: found(lab, "cache") is not None),
        Goal("Its name gives the pods' own addresses.", lambda lab: bool(_told(lab)) and _told(lab) == _own(lab)),
        Goal("It also gives those of pods to come.", _follows),
    ),
    signs=(
        Sign("a Service finds pods by its name", lambda lab: _is_headless(lab) and not _told(lab)),
        Sign("a Service's name gives its pods", _has_address),
    ),
    hints=(
        "Without an address of its own a Service has nothing else to tell than its pods' addresses.",
        "clusterIP: None makes it headless. It still needs the selector.",
    ),
    right=(
        service("cache", "clusterIP: None, selector: {app: cache}, ports: [{port: 8080}]"),
        service("cache", "clusterIP: None, selector: {app: cache}"),
        "kubectl expose deployment cache --port=8080 --cluster-ip=None",
    ),
    wrong={
        "a cluster IP": Wrong(
            "a Service's name gives its pods", service("cache", "selector: {app: cache}, ports: [{port: 8080}]")
        ),
        "a port on every node": Wrong(
            "a Service's name gives its pods",
            service("cache", "type: NodePort, selector: {app: cache}, ports: [{port: 8080}]"),
        ),
        "no selector": Wrong(
            "a Service finds pods by its name", service("cache", "clusterIP: None, ports: [{port: 8080}]")
        ),
        "another label": Wrong(
            "a Service finds pods by its name", service("cache", "clusterIP: None, selector: {name: cache}")
        ),
    },
)

# Lesson 14.4: the old name


def _moved() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.kubectl("create namespace front")
    lab.kubectl("create namespace back")
    lab.apply(listening("bank", 2), namespace="back")
    lab.apply(service("bank", "selector: {app: bank}, ports: [{port: 80, targetPort: http}]", "back"))
    return lab.run("1m")


def _alias(lab: Lab) -> str:
    held = found(lab, "bank", "front")
    return held.spec.external_name.rstrip(".") if held and held.spec.type == "ExternalName" else ""


def _selects(lab: Lab) -> bool:
    held = found(lab, "bank", "front")
    return held is not None and held.spec.type != "ExternalName"


BANK = "bank.back.svc.cluster.local"

THE_OLD_NAME = Exercise(
    name="the-old-name",
    task="The bank moved to namespace back. In namespace front everybody still asks for http://bank/: let that work.",
    labs=(_moved,),
    goals=(
        Goal("From front, http://bank/ is answered.", lambda lab: reached(lab, "http://bank/", "front")),
        Goal("From back, it still is.", lambda lab: reached(lab, "http://bank/", "back")),
    ),
    signs=(
        Sign("an alias is completed by the search list", lambda lab: "svc.cluster.local" not in _alias(lab) != ""),
        Sign("a Service selects pods of every namespace", _selects),
        Sign(
            "short names work in every namespace",
            lambda lab: found(lab, "bank", "front") is None and found(lab, "bank") is not None,
        ),
    ),
    hints=(
        "A name in front that stands for another name: which type of Service is only an alias?",
        "type: ExternalName, and the whole name of the other: NAME.NAMESPACE.svc.cluster.local.",
    ),
    right=(
        service("bank", f"type: ExternalName, externalName: {BANK}", "front"),
        f"kubectl create service externalname bank --external-name={BANK} -n front",
        service("bank", f"type: ExternalName, externalName: {BANK}, ports: [{{port: 80}}]", "front"),
    ),
    wrong={
        "a short alias": Wrong(
            "an alias is completed by the search list",
            service("bank", "type: ExternalName, externalName: bank.back", "front"),
        ),
        "a selector": Wrong(
            "a Service selects pods of every namespace",
            service("bank", "selector: {app: bank}, ports: [{port: 80, targetPort: http}]", "front"),
        ),
        "in default": Wrong(
            "short names work in every namespace", service("bank", f"type: ExternalName, externalName: {BANK}")
        ),
    },
)

# Lesson 14.5: always the same pod


def _tills() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply([listening("till", 4), service("till", "selector: {app: till}, ports: [{port: 80, targetPort: http}]")])
    return lab.run("1m")


def _answering(lab: Lab, client: str) -> set[str]:
    return set(lab.request("http://till/", n=20, client=client).by_pod)


def _single(lab: Lab) -> bool:
    """Whether one pod alone answers a client."""
    return len(_answering(lab.fork(), "node-1")) == 1


def _stays(lab: Lab) -> bool:
    """Whether a client gets the same single pod after each of six rests."""
    trial = lab.fork()
    seen = _answering(trial, "node-1")
    return len(seen) == 1 and all(_answering(trial.run("50m"), "node-1") == seen for _ in range(6))


def _used(lab: Lab) -> bool:
    """Whether more than one pod answers when ten clients ask."""
    trial = lab.fork()
    for number in range(10):
        trial.kubectl(f"run client-{number} --image=shop/client:1.0")
    trial.run("1m")
    return len({pod for number in range(10) for pod in _answering(trial, f"client-{number}")}) > 1


def _affinity(lab: Lab) -> str:
    held = found(lab, "till")
    return held.spec.session_affinity if held else ""


def _is_local(lab: Lab) -> bool:
    held = found(lab, "till")
    return held is not None and held.spec.internal_traffic_policy == "Local"


def _patched(spec: str) -> str:
    return f"kubectl patch service till -p '{{\"spec\": {spec}}}'"


TILL = "selector: {app: till}, ports: [{port: 80, targetPort: http}]"

THE_SAME_POD = Exercise(
    name="the-same-pod",
    task="Baskets are kept in a pod's memory. Let each client get the same pod, even if it rests for 50 minutes.",
    labs=(_tills,),
    goals=(
        Goal("Twenty requests of one client are answered by one pod.", _single),
        Goal("After a rest of 50 minutes it is still the same.", _stays),
        Goal("All four pods are there, and clients are spread over them.", _used),
    ),
    signs=(
        Sign("session affinity holds for ever", lambda lab: _affinity(lab) == "ClientIP" and not _stays(lab)),
        Sign("one pod is the way to the same pod", lambda lab: ready(lab, "till") == 1),
        Sign("traffic policy Local means the same pod", _is_local),
        Sign("a Service remembers its clients", lambda lab: len(_answering(lab.fork(), "node-1")) > 1),
    ),
    hints=(
        "By itself a Service draws a pod for every connection. sessionAffinity changes that.",
        "ClientIP remembers for 10800 seconds after the last connection, or for timeoutSeconds.",
    ),
    right=(
        _patched('{"sessionAffinity": "ClientIP"}'),
        service(
            "till", TILL + ", sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 3600}}"
        ),
    ),
    wrong={
        "a minute": Wrong(
            "session affinity holds for ever",
            service(
                "till", TILL + ", sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}"
            ),
        ),
        "one pod": Wrong("one pod is the way to the same pod", "kubectl scale deployment till --replicas=1"),
        "only this node": Wrong(
            "traffic policy Local means the same pod", _patched('{"internalTrafficPolicy": "Local"}')
        ),
        "from scratch": Wrong(
            "a Service remembers its clients", service("till", TILL + ", publishNotReadyAddresses: true")
        ),
    },
)
