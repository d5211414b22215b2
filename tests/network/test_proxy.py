"""Where connections go: kube-proxy's choice, and requests through a whole lab."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab
from labkit.errors import LabError
from labkit.kinds.services import Service
from labkit.network.proxy import Backend, NoRoute, choose, eligible, port_of

BACKENDS = [Backend(f"10.244.{n}.2", 80, "default", f"web-{n}", f"node-{n}") for n in (1, 2, 3)]


def service(**spec: object) -> Service:
    shape = {"metadata": {"name": "web", "namespace": "default"}, "spec": {"ports": [{"port": 80}], **spec}}
    return msgspec.convert(shape, Service)


def send(made: Service, found: list[Backend], memory: dict, now: float = 0.0, client: str = "a", seed: int = 0) -> str:
    return choose(made, made.spec.ports[0], found, client=client, node="node-1", external=False, now=now,
                  rng=Random(seed), memory=memory).pod  # fmt: skip


def test_only_ready_endpoints_count_while_there_are_any() -> None:
    leaving = BACKENDS[0]._replace(ready=False, terminating=True)
    assert eligible([leaving, BACKENDS[1]]) == [BACKENDS[1]]
    assert eligible([leaving]) == [leaving]
    assert eligible([leaving._replace(serving=False)]) == []


def test_local_means_this_node() -> None:
    assert eligible(BACKENDS, "Local", "node-2") == [BACKENDS[1]]
    with pytest.raises(NoRoute, match="timed out: the traffic policy is Local"):
        send(service(internalTrafficPolicy="Local"), BACKENDS[1:], {})


def test_a_client_comes_back_to_its_pod_until_the_timeout_has_passed() -> None:
    made = service(sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 60}})
    memory: dict = {}
    first = send(made, BACKENDS, memory)
    assert {send(made, BACKENDS, memory, now=n, seed=n) for n in range(50, 500, 50)} == {first}
    assert len({send(made, BACKENDS, memory, now=1000.0 * n, seed=n) for n in range(1, 12)}) > 1
    assert len({send(made, BACKENDS, {}, client=str(n), seed=n) for n in range(12)}) > 1


def test_a_remembered_pod_that_is_gone_is_replaced() -> None:
    made = service(sessionAffinity="ClientIP")
    memory: dict = {}
    first = send(made, BACKENDS, memory)
    assert send(made, [one for one in BACKENDS if one.pod != first], memory) != first


def test_a_port_the_service_lacks_times_out() -> None:
    with pytest.raises(NoRoute, match="timed out: Service web has no port 8080; it has 80"):
        port_of(service(), 8080)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=6))
def test_nothing_that_neither_is_ready_nor_serves_gets_traffic(states: list[tuple[bool, bool, bool]]) -> None:
    found = [Backend(str(n), 80, ready=r, serving=s, terminating=t) for n, (r, s, t) in enumerate(states)]
    assert all(one.ready or (one.serving and one.terminating) for one in eligible(found))


WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: shop/web:1.0
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {port: http}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: %s}]}
"""


def shop(target: str = "http", cloud: str | None = None) -> Lab:
    lab = Lab.kubernetes(nodes=3, cloud=cloud)
    lab.apply(WEB % target)
    return lab.run("50s")


@pytest.fixture(scope="module")
def lab() -> Lab:
    return shop(cloud="40s")


def test_requests_spread_evenly_over_the_ready_pods(lab: Lab) -> None:
    found = lab.request("http://web/", n=3000)
    assert found.answered == 3000 and len(found.by_pod) == 3
    assert all(850 < number < 1150 for number in found.by_pod.values())


def test_name_cluster_ip_node_port_and_balancer_all_lead_there(lab: Lab) -> None:
    made = lab.get("svc", "web")
    address, port = made["spec"]["clusterIP"], made["spec"]["ports"][0]["nodePort"]
    balancer = made["status"]["loadBalancer"]["ingress"][0]["ip"]
    for url in ("web.default", f"http://{address}:80/", f"http://node-2:{port}", f"http://{balancer}/"):
        assert lab.request(url, n=20).answered == 20
    assert lab.request(f"http://{balancer}/", n=20, client="8.8.8.8").answered == 20
    assert "cluster IP is known inside" in str(lab.request(f"http://{address}/", client="8.8.8.8"))


def test_pods_that_are_not_ready_get_none(lab: Lab) -> None:
    trial = lab.fork()
    pod = trial.get("pods")[0]["metadata"]["name"]
    trial.kubectl(f"label pod {pod} sick=yes")
    trial.behave("sick=yes", ready=False).run("30s")
    found = trial.request("http://web/", n=100)
    assert found.answered == 100 and pod not in found.by_pod


def test_every_failure_says_what_is_behind_it(lab: Lab) -> None:
    trial = lab.fork()
    trial.kubectl("""patch service web -p '{"spec": {"selector": {"app": "wep"}}}'""")
    words = str(trial.run("5s").request("http://web/"))
    assert "connection refused: Service web has no ready endpoints: no pod of namespace default has the labels" in words
    assert "could not resolve host wep" in str(lab.request("http://wep/"))
    assert "has no port 8080; it has 80" in str(lab.request("http://web:8080/"))
    assert "connection refused: no Service has the node port" in str(lab.request("http://node-1:81/"))
    assert "nothing has the address 10.9.9.9" in str(lab.request("http://10.9.9.9/"))


def test_a_wrong_target_port_is_refused_by_the_pod_or_leaves_no_endpoint() -> None:
    assert "it listens on 8080, not on 80" in str(shop("80").request("http://web/"))
    assert 'open no port named "htp"' in str(shop("htp").request("http://web/"))


def test_a_url_must_be_one(lab: Lab) -> None:
    with pytest.raises(LabError, match="a URL is like"):
        lab.request("ftp://web/")


def test_a_failed_node_times_out_until_its_pods_are_taken_out(lab: Lab) -> None:
    trial = lab.fork()
    trial.fail("node-3")
    found = trial.request("http://web/", n=100)
    assert found.failed and "timed out: node-3" in str(found)
    assert trial.run("2m").request("http://web/", n=100).failed == 0


def test_the_table_says_the_same(lab: Lab) -> None:
    shown = lab.request("http://web/", n=9)._repr_html_()
    assert shown.count("<tr>") == 1 + len(lab.get("pods"))
