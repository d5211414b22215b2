"""The same pods under two profiles."""

import pytest
from making import node, pod

from labkit import Lab
from labkit.scheduler import DEFAULT
from labkit.scheduler.comparison import PRICE, Spread
from labkit.scheduler.noderesourcesfit import NodeResourcesFit
from labkit.scheduler.scoringstrategy import MostAllocated

HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"

PACKING = (
    DEFAULT.with_plugin(NodeResourcesFit(MostAllocated()))
    .without("NodeResourcesBalancedAllocation", "PodTopologySpread")
    .named("packing")
)


def lab_of(*pods: dict, nodes: int = 3, **more) -> Lab:
    machines = [node(f"node-{number}", "4", "8Gi", **more) for number in range(1, nodes + 1)]
    lab = Lab.of(machines)
    lab.apply(list(pods))
    return lab.run("30s")


@pytest.fixture
def lab() -> Lab:
    return lab_of(*(pod(f"p{number}", "1", "1Gi") for number in range(3)))


def test_packing_uses_fewer_nodes_than_spreading(lab):
    found = lab.compare(DEFAULT, PACKING)
    assert (len(found.a.used), len(found.b.used)) == (3, 1)
    assert [one.pod.name for one in found.moved] == ["p1", "p2"]
    assert (found.a.balance["cpu"], found.b.balance["cpu"].mean) == (Spread(25.0, 0.0), 25.0)
    assert found.b.balance["cpu"].deviation == pytest.approx(35.355, abs=0.001)


def test_the_lab_itself_is_left_alone(lab):
    before, written = lab.cluster.objects(), len(lab.history)
    lab.compare(DEFAULT, PACKING)
    assert lab.cluster.objects() == before and len(lab.history) == written


def test_a_profile_agrees_with_itself_and_with_what_happened(lab):
    found = lab.compare(DEFAULT, HEAD)
    assert found.moved == () and found.summary == "0 of 3 pods go elsewhere"
    assert {key.name: where for key, where in found.a.placements.items()} == {
        one["metadata"]["name"]: one["spec"]["nodeName"] for one in lab.get("pods")
    }


def test_a_comparison_reads_as_a_table(lab):
    found = lab.compare(DEFAULT, PACKING)
    assert str(found).splitlines() == [
        "              a: default-scheduler  b: packing",
        "nodes used    3 of 3                1 of 3",
        "cpu           25 % ± 0.0            25 % ± 35.4",
        "memory        12 % ± 0.0            12 % ± 17.7",
        "pods waiting  0                     0",
        "2 of 3 pods go elsewhere:",
        "  default/p1: node-2 → node-1",
        "  default/p2: node-3 → node-1",
    ]
    assert repr(found) == (
        "<Comparison of default-scheduler and packing: 2 of 3 pods go elsewhere, 3 and 1 nodes used>"
    )
    html = found._repr_html_()
    assert "<td>default/p1</td><td>node-2</td><td>node-1</td>" in html and html.count("<table>") == 2


def test_nodes_with_a_price_cost_what_they_say():
    lab = lab_of(*(pod(f"p{number}", "1") for number in range(3)), labels={PRICE: "0.5"})
    lab.kubectl(f"label node node-3 {PRICE}-")
    found = lab.compare(DEFAULT, PACKING)
    assert (found.a.cost, found.a.unpriced, found.b.cost) == (1.0, ("node-3",), 0.5)
    assert "price per hour  1 (1 without a price)  0.5" in str(found)


def test_without_prices_the_nodes_used_are_the_cost(lab):
    found = lab.compare(DEFAULT, PACKING)
    assert (found.a.cost, found.b.cost) == (3, 1) and "price" not in str(found)


def test_a_pod_made_on_its_node_stays_there():
    lab = lab_of(pod("pinned", "1", nodeName="node-3"), pod("free", "1"))
    found = lab.compare(DEFAULT, PACKING)
    assert [key.name for key in found.a.placements] == ["free"]
    assert list(found.b.placements.values()) == ["node-3"]


def test_a_waiting_pod_is_placed_where_a_profile_can():
    lab = lab_of(pod("big", "8"), nodes=1)
    found = lab.compare(DEFAULT, DEFAULT.without("NodeResourcesFit"))
    assert (found.a.waiting[0].name, found.b.waiting) == ("big", ())
    assert str(found.moved[0]) == "default/big: nowhere → node-1"


def test_pods_of_higher_priority_come_first_and_evict():
    lab = lab_of(pod("low", "3"), nodes=1)
    high = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "high"}, "value": 100}
    lab.apply([high, pod("vip", "3", priorityClassName="high")])
    found = lab.compare(DEFAULT, DEFAULT.without("DefaultPreemption"))
    for side in (found.a, found.b):
        assert {key.name: where for key, where in side.placements.items()} == {"low": None, "vip": "node-1"}


def test_several_profiles_place_each_its_own():
    lab = lab_of(pod("a", "1"), pod("b", "1", schedulerName="packing"), nodes=2)
    found = lab.compare(DEFAULT, (DEFAULT, PACKING))
    assert found.b.name == "default-scheduler, packing"
    assert len(set(found.a.placements.values())) == 2 and len(set(found.b.placements.values())) == 1


def test_a_moment_in_the_past_is_compared_too(lab):
    assert len(lab.at("10s").compare(DEFAULT, PACKING).moved) == 2
