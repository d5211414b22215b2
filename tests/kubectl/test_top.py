"""`kubectl top`."""

from __future__ import annotations

import pytest

from labkit.lab import Lab


def pod(name: str, app: str) -> dict:
    spec = {"containers": [{"name": "app", "image": "nginx"}, {"name": "log", "image": "busybox"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": app}}, "spec": spec}


@pytest.fixture(scope="module")
def lab() -> Lab:
    made = Lab.kubernetes(nodes=2, cpu="2", memory="4Gi")
    made.behave("app=cart", cpu="250m", memory="100Mi", container="app")
    made.behave("app=front", cpu="20m", memory="300Mi", container="app")
    made.apply([pod("cart", "cart"), pod("front", "front")])
    return made.run("1m")


def out(lab: Lab, command: str) -> str:
    return lab.kubectl(command).stdout


def err(lab: Lab, command: str) -> str:
    return lab.kubectl(command).stderr


def test_pods_in_order_of_their_names_each_cell_ended_by_blanks(lab):
    assert out(lab, "top pods") == (
        "NAME    CPU(cores)   MEMORY(bytes)   \n"
        "cart    251m         120Mi           \n"
        "front   21m          320Mi           \n"
    )  # fmt: skip


@pytest.mark.parametrize(("by", "first"), [("cpu", "cart"), ("memory", "front")])
def test_the_largest_first(lab, by, first):
    assert out(lab, f"top pod --no-headers --sort-by={by}").startswith(first)


def test_containers_namespaces_and_the_sum(lab):
    assert out(lab, "top po -A --containers -l app=cart") == (
        "NAMESPACE   POD    NAME   CPU(cores)   MEMORY(bytes)   \n"
        "default     cart   app    250m         100Mi           \n"
        "default     cart   log    1m           20Mi            \n"
    )  # fmt: skip
    assert "272m" in out(lab, "top pods --sum").splitlines()[-1]


def test_nodes_with_their_share(lab):
    lines = out(lab, "top nodes").splitlines()
    assert lines[0] == "NAME     CPU(cores)   CPU(%)   MEMORY(bytes)   MEMORY(%)   "
    assert sorted(line.split()[1:] for line in lines[1:]) == [
        ["21m", "1%", "320Mi", "7%"],
        ["251m", "12%", "120Mi", "2%"],
    ]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("top pod nobody", 'Error from server (NotFound): pods "nobody" not found'),
        ("top pods --sort-by=age", "error: --sort-by accepts only cpu or memory"),
        ("top pod cart -l app=cart", "error: only one of NAME or selector can be provided"),
        ("top pods -n kube-system", "No resources found in kube-system namespace."),
        ("top node node-9", 'Error from server (NotFound): nodes "node-9" not found'),
    ],
)
def test_errors_in_the_real_words(lab, command, text):
    assert err(lab, command).rstrip("\n") == text


def test_metrics_that_are_not_there_yet():
    young = Lab.kubernetes(nodes=1)
    assert err(young, "top nodes") == "error: metrics not available yet\n"
    young.apply(pod("web", "web"))
    young.run("5s")
    assert err(young, "top pods") == "error: metrics not available yet\n"
    assert 'podmetrics.metrics.k8s.io "default/web" not found' in err(young, "top pod web")


def test_a_cluster_without_metrics_server():
    without = Lab.kubernetes(nodes=1, metrics_server=False)
    assert err(without, "top pods") == err(without, "top nodes") == "error: Metrics API not available\n"
