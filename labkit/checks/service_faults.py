"""Broken shops of lesson 14, of which only the symptoms are told."""

from __future__ import annotations

from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import pods
from labkit.checks.service_kinds import found, listening, reached, service
from labkit.kinds import Key
from labkit.lab import Lab


def ailing() -> Lab:
    """Three Services nobody gets an answer from, each for a reason of its own."""
    lab = Lab.kubernetes(nodes=3, seed=1)
    probe = "readinessProbe: {httpGet: {port: http}, periodSeconds: 5}"
    unready = listening("price", 2).replace("containerPort: 8080}]\n", f"containerPort: 8080}}]\n        {probe}\n")
    lab.behave("app=price", ready=False)
    lab.apply([listening("seats", 2), listening("stock", 2), unready])
    lab.apply(service("seats", "selector: {app: seat}, ports: [{port: 80, targetPort: http}]"))
    lab.apply(service("stock", "selector: {app: stock}, ports: [{port: 80}]"))
    lab.apply(service("price", "selector: {app: price}, ports: [{port: 80, targetPort: http}]"))
    return lab.run("2m")


# Lesson 14.6: nobody answers


def _silent() -> Lab:
    """The selector asks for a label that no pod has, and the port's name is none of the pods' either."""
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(listening("orders", 3))
    lab.apply(service("orders", "selector: {app: orders, tier: back}, ports: [{port: 80, targetPort: web}]"))
    return lab.run("2m")


def _behind(lab: Lab) -> int:
    return len(lab.cluster.out(Key("Service", "default", "orders"), "selects"))


def _ports(lab: Lab) -> list[int]:
    held = found(lab, "orders")
    return [port.port for port in held.spec.ports] if held else []


def _orders(selector: str, port: str) -> str:
    return service("orders", f"selector: {{{selector}}}, ports: [{port}]")


def _answered(lab: Lab) -> bool:
    return reached(lab, "http://orders/")


NOBODY_ANSWERS = Exercise(
    name="nobody-answers",
    task="Nobody can order: http://orders/ is never answered, though the pods run. Repair it.",
    labs=(_silent,),
    goals=(
        Goal("The Service orders selects three pods.", lambda lab: _behind(lab) == 3),
        Goal("http://orders/ is answered.", _answered),
    ),
    signs=(
        Sign("clients use the container's port", lambda lab: bool(_ports(lab)) and 80 not in _ports(lab)),
        Sign("more pods help a Service that finds none", lambda lab: len(pods(lab, "orders")) > 3 > _behind(lab)),
        Sign("a Service finds pods by its name", lambda lab: bool(_ports(lab)) and _behind(lab) == 0),
        Sign("a port's name is found by itself", lambda lab: bool(_ports(lab)) and not _answered(lab)),
    ),
    hints=(
        "kubectl describe service orders: which labels does it ask for, and which endpoints are there?",
        "There are two faults. The second: what do the pods call the port that they listen on?",
    ),
    right=(
        _orders("app: orders", "{port: 80, targetPort: http}"),  # what apply doesn't find any more it takes away
        _orders("app: orders, tier: null", "{port: 80, targetPort: 8080}"),
        "kubectl set selector service orders app=orders\n"
        """kubectl patch service orders --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8080}]'""",  # noqa: E501
    ),
    wrong={
        "only the selector": Wrong(
            "a port's name is found by itself", "kubectl set selector service orders app=orders"
        ),
        "only the port": Wrong(
            "a Service finds pods by its name",
            _orders("app: orders, tier: back", "{port: 80, targetPort: 8080}"),
        ),
        "more pods": Wrong("more pods help a Service that finds none", "kubectl scale deployment orders --replicas=6"),
        "new pods": Wrong("a Service finds pods by its name", "kubectl rollout restart deployment orders"),
    },
)

# Lesson 14.7: the wrong number


def _lost() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.kubectl("create namespace back")
    lab.apply(listening("stock", 2), namespace="back")
    lab.apply(service("stock", "selector: {app: stock}, ports: [{port: 8000, targetPort: http}]", "back"))
    lab.apply(listening("front", 2))
    lab.kubectl("set env deployment/front STOCK_URL=http://stock/")
    return lab.run("2m")


def urls(lab: Lab) -> set[str]:
    """Where the ready pods of front look for the stock."""
    ready = [pod for pod in pods(lab, "front") if pod.is_ready]
    return {each.value for pod in ready for one in pod.spec.containers for each in one.env if each.name == "STOCK_URL"}


def _finds(lab: Lab) -> bool:
    return bool(urls(lab)) and all(reached(lab, url) for url in urls(lab))


def _asks(lab: Lab, part: str) -> bool:
    return any(part in url for url in urls(lab))


def _set(url: str) -> str:
    return f"kubectl set env deployment/front STOCK_URL={url}"


THE_WRONG_NUMBER = Exercise(
    name="the-wrong-number",
    task="front shows no stock. It asks at STOCK_URL; the pods of stock are ready. Let front find it.",
    labs=(_lost,),
    goals=(
        Goal("Two pods of front are ready.", lambda lab: sum(pod.is_ready for pod in pods(lab, "front")) == 2),
        Goal("What they ask for at STOCK_URL is answered.", _finds),
    ),
    signs=(
        Sign("the namespace comes first", lambda lab: _asks(lab, "//back.")),
        Sign("short names work in every namespace", lambda lab: bool(urls(lab)) and not _asks(lab, ".back")),
        Sign("clients use the container's port", lambda lab: _asks(lab, ":8080")),
        Sign("a name brings its port", lambda lab: bool(urls(lab)) and not _finds(lab)),
    ),
    hints=(
        "kubectl get services --all-namespaces: where is stock, and which port does it offer?",
        "A name in another namespace is NAME.NAMESPACE. Without a port, http:// means 80.",
    ),
    right=(
        _set("http://stock.back:8000/"),
        _set("http://stock.back.svc.cluster.local:8000/"),
        service("stock", "type: ExternalName, externalName: stock.back.svc.cluster.local")
        + "---\n"
        + listening("front", 2).replace(
            "        ports:", '        env: [{name: STOCK_URL, value: "http://stock:8000/"}]\n        ports:'
        ),
    ),
    wrong={
        "the port alone": Wrong("short names work in every namespace", _set("http://stock:8000/")),
        "the name alone": Wrong("a name brings its port", _set("http://stock.back/")),
        "the pods' port": Wrong("clients use the container's port", _set("http://stock.back:8080/")),
        "turned round": Wrong("the namespace comes first", _set("http://back.stock:8000/")),
    },
)
