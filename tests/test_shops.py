"""Two real shops, end to end: every pod ready, every backend reached by name, updates and drains that go through.

The manifests stand beside a clone in ../shared; where they don't, these tests skip themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from labkit import Lab
from labkit.checks.observing import fewest_ready

MANIFESTS = Path(__file__).parents[2] / "shared" / "manifests" / "kubernetes"
ADDRESS = re.compile(r"^(?:[a-z]+://)?([a-z][a-z0-9-]*):(\d+)(?:/.*)?$")
DRAIN = "--ignore-daemonsets --delete-emptydir-data --timeout=5m"

pytestmark = pytest.mark.skipif(not MANIFESTS.is_dir(), reason="the shared manifests are not beside this clone")


class Shop(NamedTuple):
    """A shop: its file, namespace, front end, how many pods it has, and addresses it names but doesn't bring."""

    name: str
    namespace: str
    front: str
    pods: int
    absent: frozenset[str] = frozenset()


SHOPS = (
    # The shopping assistant is an optional part: only with it is the variable read (online-boutique, its kustomize).
    Shop("online-boutique", "default", "frontend", 12, frozenset({"shoppingassistantservice"})),
    Shop("sock-shop", "sock-shop", "front-end", 14),
)


class Running(NamedTuple):
    """A shop in a lab; `k` runs kubectl in its namespace."""

    shop: Shop
    lab: Lab

    def k(self, command: str) -> Any:
        """A kubectl command in the shop's namespace."""
        return self.lab.kubectl(f"{command} -n {self.shop.namespace}")

    def pods(self, deployment: str = "") -> list[dict[str, Any]]:
        """The shop's pods, or those of one Deployment, the ones that leave left out."""
        found = self.lab.get("pods", namespace=self.shop.namespace)
        names = (
            pod for pod in found if pod["metadata"]["generateName"].startswith(f"{deployment}-" * bool(deployment))
        )
        return [pod for pod in names if "deletionTimestamp" not in pod["metadata"]]

    def services(self) -> Iterator[tuple[str, int]]:
        """Every name and port that the shop serves."""
        for service in self.lab.get("services", namespace=self.shop.namespace):
            if service["metadata"]["name"] != "kubernetes":
                yield from ((service["metadata"]["name"], port["port"]) for port in service["spec"]["ports"])

    def front_pod(self) -> str:
        """A pod of the front end."""
        name: str = self.pods(self.shop.front)[0]["metadata"]["name"]
        return name

    def unanswered(self) -> list[str]:
        """The names and ports that don't answer the front end's pod."""
        return [f"{name}:{port}" for name, port in self.services() if not self.answers(name, port, self.front_pod())]

    def answers(self, name: str, port: int, pod: str) -> bool:
        """Whether a pod finds the name by DNS and all of its requests are answered."""
        namespace = self.shop.namespace
        found = self.lab.dns(name, namespace=namespace, from_pod=pod)
        asked = self.lab.request(f"http://{name}:{port}/", n=10, client=pod, namespace=namespace)
        return bool(found.records) and not asked.failures and sum(asked.by_pod.values()) == 10

    def unready(self) -> list[str]:
        """The pods that aren't ready."""
        conditions = {pod["metadata"]["name"]: pod["status"].get("conditions", ()) for pod in self.pods()}
        ready = {"type": "Ready", "status": "True"}
        return [name for name, all_ in conditions.items() if not any(ready.items() <= one.items() for one in all_)]


@pytest.fixture(scope="module", params=SHOPS, ids=lambda shop: shop.name)
def opened(request: pytest.FixtureRequest) -> Running:
    """The shop five minutes after it was applied; not to be changed."""
    lab = Lab.kubernetes(nodes=4, cpu="8", memory="32Gi", cloud="20s", seed=1)
    lab.apply(MANIFESTS / f"{request.param.name}.yaml")
    return Running(request.param, lab.run("5m"))


@pytest.fixture
def running(opened: Running) -> Running:
    """The same, on a fork to do with as one likes."""
    return Running(opened.shop, opened.lab.fork())


def test_all_pods_are_ready_and_no_container_was_restarted(opened: Running) -> None:
    assert len(opened.pods()) == opened.shop.pods
    assert opened.unready() == []
    statuses = [one for pod in opened.pods() for one in pod["status"]["containerStatuses"]]
    assert not [one["name"] for one in statuses if one["restartCount"]]


def test_every_rollout_is_complete(running: Running) -> None:
    for deployment in running.lab.get("deployments", namespace=running.shop.namespace):
        told = running.k(f"rollout status deployment/{deployment['metadata']['name']}")
        assert "successfully rolled out" in told.stdout


def test_the_front_end_reaches_every_backend_by_name(opened: Running) -> None:
    assert len(list(opened.services())) >= 12
    assert opened.unanswered() == []


def test_every_address_in_the_environment_is_answered(opened: Running) -> None:
    asked = set()
    for pod in opened.pods():
        for container in pod["spec"]["containers"]:
            for variable in container.get("env", ()):
                match = ADDRESS.match(str(variable.get("value", "")))
                if match and match[1] not in opened.shop.absent:
                    asked.add(match[0])
                    assert opened.answers(match[1], int(match[2]), pod["metadata"]["name"]), variable
    assert asked


def test_every_workload_can_be_looked_into(opened: Running) -> None:
    named = f"exec deployment/{opened.shop.front} -n {opened.shop.namespace} -- env"
    assert "PATH=" in opened.lab.kubectl(named).stdout
    for deployment in opened.lab.get("deployments", namespace=opened.shop.namespace):
        assert opened.k(f"logs deployment/{deployment['metadata']['name']}").exit_code == 0


def test_what_is_named_and_not_brought_is_not_found(opened: Running) -> None:
    for name in opened.shop.absent:
        assert not opened.lab.dns(name, from_pod=opened.front_pod()).records


def test_customers_come_in_from_outside(opened: Running) -> None:
    ports = {port.get("nodePort") for service in opened.lab.get("services", namespace=opened.shop.namespace)
             for port in service["spec"]["ports"]} - {None}  # fmt: skip
    balancers = [point["ip"] for service in opened.lab.get("services", namespace=opened.shop.namespace)
                 for point in service["status"].get("loadBalancer", {}).get("ingress", ())]  # fmt: skip
    doors = [f"http://node-2:{port}/" for port in ports] + [f"http://{address}/" for address in balancers]
    assert doors
    for door in doors:
        assert not opened.lab.request(door, n=5, client="198.51.100.20").failures, door


def test_every_deployment_can_be_updated_and_taken_back(running: Running) -> None:
    for deployment in running.lab.get("deployments", namespace=running.shop.namespace):
        name = deployment["metadata"]["name"]
        assert running.k(f"rollout restart deployment/{name}").exit_code == 0
        assert "successfully rolled out" in running.k(f"rollout status deployment/{name}").stdout
        assert running.k(f"rollout undo deployment/{name}").exit_code == 0
        assert running.k(f"rollout status deployment/{name}").exit_code == 0
    running.lab.run("5s")
    assert running.unready() == [] and running.unanswered() == []


def test_every_node_can_be_drained_and_the_shop_is_whole_again(running: Running) -> None:
    for number in range(1, 5):
        told = running.lab.kubectl(f"drain node-{number} {DRAIN}")
        assert told.exit_code == 0, told.stderr
        assert not [pod for pod in running.pods() if pod["spec"].get("nodeName") == f"node-{number}"]
        running.lab.run("5m")  # some of the probes first wait for three
        assert running.unready() == [] and running.unanswered() == []
        running.lab.kubectl(f"uncordon node-{number}")


def test_a_budget_keeps_the_front_end_open_during_drains(running: Running) -> None:
    front = running.shop.front
    selector = running.lab.get("deployments", front, namespace=running.shop.namespace)["spec"]["selector"][
        "matchLabels"
    ]
    (label, value), *_ = selector.items()
    running.k(f"scale deployment {front} --replicas=3")
    running.k(f"create pdb {front} --selector={label}={value} --min-available=2")
    start = running.lab.run("3m").now
    for number in range(1, 5):
        assert running.lab.kubectl(f"drain node-{number} {DRAIN}").exit_code == 0
        running.lab.kubectl(f"uncordon node-{number}")
    assert fewest_ready(running.lab, value, start, label) >= 2


def test_a_dead_node_costs_the_shop_no_pod(running: Running) -> None:
    running.lab.fail("node-1").run("10m")
    assert running.unready() == [] and len(running.pods()) == running.shop.pods
    assert running.unanswered() == []
