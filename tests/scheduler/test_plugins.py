"""Each plugin in the smallest world that shows its rule."""

import pytest
from making import ZONE, add, node, place, pod, world

from labkit.scheduler import decide, explain


def reasons(cluster, key) -> dict:
    return {name: (one.plugin, *one.reasons) for name, one in decide(cluster, key).rejected.items()}


def terms(cluster, key, plugin: str) -> dict:
    rows = explain(cluster, key).rows
    return {row.node: list(one.terms) for row in rows for one in row.scores if one.plugin == plugin}


def test_a_cordoned_node_takes_only_pods_that_tolerate_it():
    cluster = world(node("n1", unschedulable=True), node("n2"))
    assert reasons(cluster, add(cluster, pod("a"))) == {"n1": ("NodeUnschedulable", "node(s) were unschedulable")}
    tolerant = pod("b", tolerations=[{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}])
    assert reasons(cluster, add(cluster, tolerant)) == {}


def test_a_hard_taint_repels_and_a_soft_one_costs_points():
    hard = [{"key": "gpu", "value": "true", "effect": "NoSchedule"}]
    soft = [{"key": "old", "effect": "PreferNoSchedule"}]
    cluster = world(node("n1", taints=hard), node("n2", taints=soft), node("n3"))
    key = add(cluster, pod("a"))
    decision = decide(cluster, key)
    assert decision.rejected["n1"].plugin == "TaintToleration"
    assert decision.scores["TaintToleration"] == {"n2": 0, "n3": 300}
    row = next(row for row in explain(cluster, key).rows if row.node == "n1")
    assert row.terms == ("taint gpu=true:NoSchedule isn't tolerated",)


def test_the_failed_expression_is_named():
    wanted = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": wanted}}
    cluster = world(node("n1", labels={"disk": "hdd"}))
    why = explain(cluster, add(cluster, pod("a", affinity=affinity)))
    assert why.rows[0].terms == ("term 1: disk in (ssd) fails: disk=hdd",)


@pytest.mark.parametrize(
    ("operator", "values", "fits"),
    [
        ("In", ["4"], True), ("NotIn", ["4"], False), ("Exists", [], True), ("DoesNotExist", [], False),
        ("Gt", ["3"], True), ("Gt", ["4"], False), ("Lt", ["5"], True), ("Gt", ["many"], False),
    ],
)  # fmt: skip
def test_node_affinity_operators(operator, values, fits):
    wanted = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "cores", "operator": operator, "values": values}]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": wanted}}
    cluster = world(node("n1", labels={"cores": "4"}))
    assert (decide(cluster, add(cluster, pod("a", affinity=affinity))).node == "n1") is fits


def test_terms_bound_to_a_name_leave_the_other_nodes_out():
    wanted = {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n2"]}]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": wanted}}
    cluster = world(node("n1"), node("n2", cpu="1"), node("n3"))
    decision = decide(cluster, add(cluster, pod("a", "2", affinity=affinity)))
    assert decision.rejected.keys() == {"n2"}
    assert decision.message.startswith(
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. "
    )


def test_a_host_port_is_taken_once_per_address():
    def wants(name, **port):
        return pod(name, ports=[{"containerPort": 80, "hostPort": 80, **port}])

    cluster = world(node("n1"))
    place(cluster, wants("one", hostIP="10.0.0.1"), "n1")
    assert decide(cluster, add(cluster, wants("two", hostIP="10.0.0.2"))).node == "n1"
    assert decide(cluster, add(cluster, wants("udp", protocol="UDP"))).node == "n1"
    anywhere = explain(cluster, add(cluster, wants("any")))
    assert anywhere.node is None and anywhere.rows[0].terms == ("port 0.0.0.0:80/TCP is taken",)


def test_fit_tells_everything_that_is_lacking():
    cluster = world(node("n1", cpu="1", pods="1", more={"gpu": "1"}))
    place(cluster, pod("old", "600m"), "n1")
    key = add(cluster, pod("a", "500m", more={"gpu": "2"}))
    decision = decide(cluster, key)
    assert decision.rejected["n1"].reasons == ("Too many pods", "Insufficient cpu", "Insufficient gpu")
    assert decision.rejected["n1"].code == "UnschedulableAndUnresolvable"
    assert explain(cluster, key).rows[0].terms == ("pods 1 + 1 > 1", "cpu 500 > 1000 - 600 = 400", "gpu 2 > 1 - 0 = 1")


def test_the_emptier_node_gets_more_points_and_the_terms_say_why():
    cluster = world(node("n1", memory="4000"), node("n2", memory="4000"))
    key = add(cluster, pod("a", "1250m", "1000"))
    assert terms(cluster, key, "NodeResourcesFit")["n1"] == [
        "cpu (4000-1250)*100/4000 = 68", "memory (4000-1000)*100/4000 = 75", "(68+75)/2 = 71",
    ]  # fmt: skip


def test_a_pod_that_asks_for_nothing_isnt_rated_for_balance():
    cluster = world(node("n1"), node("n2"))
    assert "NodeResourcesBalancedAllocation" not in decide(cluster, add(cluster, pod("a"))).scores
    assert "NodeResourcesBalancedAllocation" in decide(cluster, add(cluster, pod("b", "1"))).scores


def test_an_even_pod_on_an_uneven_node_scores_above_75():
    cluster = world(node("n1", memory="4000"), node("n2", memory="4000"))
    place(cluster, pod("old", "2"), "n1")
    scores = decide(cluster, add(cluster, pod("a", memory="2000"))).scores["NodeResourcesBalancedAllocation"]
    assert scores == {"n1": 87, "n2": 62}


def test_images_count_by_size_and_by_how_many_nodes_have_them():
    gigabyte = 1024**3
    cluster = world(node("n1", images={"big:latest": gigabyte}), node("n2"))
    key = add(cluster, pod("a", image="big"))
    assert decide(cluster, key).scores["ImageLocality"] == {"n1": 50, "n2": 0}
    assert terms(cluster, key, "ImageLocality")["n1"][0] == f"big {gigabyte}*1/2 = {gigabyte // 2}"


def spread(action: str, skew: int = 1) -> list:
    selector = {"matchLabels": {"app": "web"}}
    return [{"maxSkew": skew, "topologyKey": ZONE, "whenUnsatisfiable": action, "labelSelector": selector}]


def test_a_full_zone_waits_for_the_others():
    cluster = world(node("a1", labels={ZONE: "a"}), node("b1", labels={ZONE: "b"}), node("nowhere"))
    place(cluster, pod("old", labels={"app": "web"}), "a1")
    new = pod("new", labels={"app": "web"}, topologySpreadConstraints=spread("DoNotSchedule"))
    why = explain(cluster, add(cluster, new))
    assert why.node == "b1"
    assert {row.node: row.terms for row in why.rows if row.rejection} == {
        "a1": (f"{ZONE}=a: 1 + 1 - 0 = 2 > maxSkew 1",),
        "nowhere": (f"no label {ZONE}",),
    }


def test_soft_spreading_prefers_the_emptier_zone():
    cluster = world(node("a1", labels={ZONE: "a"}), node("b1", labels={ZONE: "b"}))
    place(cluster, pod("old", labels={"app": "web"}), "a1")
    new = pod("new", labels={"app": "web"}, topologySpreadConstraints=spread("ScheduleAnyway"))
    decision = decide(cluster, add(cluster, new))
    assert decision.scores["PodTopologySpread"] == {"a1": 0, "b1": 200}


def ties(kind: str, term: dict) -> dict:
    return {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


WEB_IN_ZONE = {"topologyKey": ZONE, "labelSelector": {"matchLabels": {"app": "web"}}}


def test_the_first_pod_of_a_group_may_go_anywhere_the_second_must_follow():
    cluster = world(node("a1", labels={ZONE: "a"}), node("b1", labels={ZONE: "b"}))
    together = {"labels": {"app": "web"}, "affinity": ties("podAffinity", WEB_IN_ZONE)}
    first = add(cluster, pod("first", **together))
    assert set(decide(cluster, first).feasible) == {"a1", "b1"}
    cluster.bind(first, "b1")
    assert decide(cluster, add(cluster, pod("second", **together))).feasible == ("b1",)


def test_anti_affinity_holds_in_both_directions():
    cluster = world(node("a1", labels={ZONE: "a"}))
    place(cluster, pod("hermit", affinity=ties("podAntiAffinity", WEB_IN_ZONE)), "a1")
    decision = decide(cluster, add(cluster, pod("web", labels={"app": "web"})))
    assert decision.rejected["a1"].reasons == ("node(s) didn't satisfy existing pods anti-affinity rules",)
