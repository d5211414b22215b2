"""Tests of labkit.autoscaling.karpenter at work."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Lab
from labkit.autoscaling.karpenter.disruption import waiting
from labkit.autoscaling.karpenter.provisioning import simulated

CLASS = {"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "metadata": {"name": "default"}, "spec": {}}
ON_DEMAND = {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]}
AMD64 = {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}
FAMILIES = {"key": "karpenter.k8s.aws/instance-category", "operator": "In", "values": ["m", "c", "r"]}
ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
WEB = {"matchLabels": {"app": "web"}}


def pool(*requirements: Any, name: str = "general", taints: Any = (), **spec: Any) -> dict[str, Any]:
    reference = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"}
    inner: dict[str, Any] = {"nodeClassRef": reference, "requirements": [AMD64, FAMILIES, *requirements]}
    inner |= {"taints": list(taints)} if taints else {}
    made = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name}}
    return {**made, "spec": {"template": {"spec": inner}, **spec}}


def web(replicas: int, cpu: str = "900m", name: str = "web", **spec: Any) -> dict[str, Any]:
    container = {"name": "web", "image": "nginx", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}}
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], **spec}}
    wanted = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": wanted}


def lab_of(*objects: Any) -> Lab:
    lab = Lab.kubernetes(nodes=0).install("karpenter")
    for obj in (CLASS, *objects):
        lab.apply(obj)
    return lab


def claims(lab: Lab) -> list[str]:
    return sorted(one["metadata"]["labels"]["node.kubernetes.io/instance-type"] for one in lab.get("nodeclaims"))


def phases(lab: Lab) -> set[str]:
    return {pod["status"]["phase"] for pod in lab.get("pods")}


def test_one_machine_is_bought_for_all_and_the_cheapest_that_holds_them() -> None:
    lab = lab_of(pool(ON_DEMAND), web(8)).run("2m")
    assert claims(lab) == ["c5.2xlarge"]
    assert phases(lab) == {"Running"}


def test_the_ninth_pod_gets_a_small_machine() -> None:
    lab = lab_of(pool(ON_DEMAND), web(8)).run("2m")
    lab.apply(web(9))
    assert claims(lab.run("2m")) == ["c5.2xlarge", "c5.large"]


def test_spot_is_taken_where_it_may_be() -> None:
    lab = lab_of(pool(), web(2)).run("2m")
    [claim] = lab.get("nodeclaims")
    assert claim["metadata"]["labels"]["karpenter.sh/capacity-type"] == "spot"


def test_pods_that_come_within_a_second_are_bought_for_together() -> None:
    lab = lab_of(pool(ON_DEMAND))
    for name in ("one", "two", "three"):
        lab.apply(web(1, name=name))
        lab.run("0.5s")
    assert len(claims(lab.run("2m"))) == 1


def test_a_pool_without_its_class_buys_nothing() -> None:
    lab = Lab.kubernetes(nodes=0).install("karpenter")
    lab.apply(pool())
    lab.apply(web(1))
    assert claims(lab.run("2m")) == []
    assert "False" in str(lab.kubectl("get nodepool general"))


def test_limits_bound_a_pool() -> None:
    lab = lab_of(pool(ON_DEMAND, limits={"cpu": "4"}), web(8)).run("3m")
    assert sum({"c5.large": 2, "c5.xlarge": 4}[name] for name in claims(lab)) <= 4
    assert "exceed limits for nodepool" in str(lab.events)


def test_the_heavier_pool_is_tried_first_and_taints_keep_pods_out() -> None:
    tainted = pool(ON_DEMAND, name="gpu", weight=50, taints=[{"key": "gpu", "value": "true", "effect": "NoSchedule"}])
    lab = lab_of(pool(ON_DEMAND), tainted, web(1, name="model", tolerations=[{"key": "gpu", "operator": "Exists"}]))
    lab.run("2m").apply(web(1))
    lab.run("12s")
    pools = [one["metadata"]["labels"]["karpenter.sh/nodepool"] for one in lab.get("nodeclaims")]
    assert pools == ["gpu", "general"]


def test_a_zone_that_a_pod_asks_for_is_bought_in() -> None:
    lab = lab_of(pool(ON_DEMAND), web(1, nodeSelector={ZONE: "us-east-1c"})).run("2m")
    assert lab.get("nodeclaims")[0]["metadata"]["labels"][ZONE] == "us-east-1c"
    assert phases(lab) == {"Running"}


def test_pods_spread_over_zones_get_a_machine_in_each() -> None:
    spread = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": WEB}
    lab = lab_of(pool(ON_DEMAND), web(6, topologySpreadConstraints=[spread])).run("3m")
    assert sorted({one["metadata"]["labels"][ZONE][-1] for one in lab.get("nodeclaims")}) == ["a", "b", "c"]
    assert phases(lab) == {"Running"}


def test_pods_that_keep_apart_get_a_machine_each() -> None:
    apart = {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": HOST, "labelSelector": WEB}]}
    lab = lab_of(pool(ON_DEMAND), web(3, cpu="100m", affinity={"podAntiAffinity": apart})).run("2m")
    assert len(claims(lab)) == 3
    assert phases(lab) == {"Running"}


def test_a_preference_that_nothing_meets_is_given_up() -> None:
    wish = {"weight": 1, "preference": {"matchExpressions": [{"key": ZONE, "operator": "In", "values": ["mars"]}]}}
    affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}}
    lab = lab_of(pool(ON_DEMAND), web(1, affinity=affinity)).run("2m")
    assert phases(lab) == {"Running"}


def test_what_nothing_can_hold_is_told_why() -> None:
    lab = lab_of(pool(ON_DEMAND), web(1, nodeSelector={"disk": "ssd"})).run("1m")
    assert 'incompatible with nodepool "general", incompatible requirements, label "disk"' in str(lab.events)
    assert claims(lab) == []


def test_empty_machines_go() -> None:
    lab = lab_of(pool(ON_DEMAND), web(8)).run("2m")
    lab.kubectl("delete deployment web")
    assert claims(lab.run("5m")) == []
    assert lab.get("nodes") == []


def test_a_machine_too_large_is_replaced_by_a_cheaper_one_without_losing_pods() -> None:
    lab = lab_of(pool(ON_DEMAND), web(8)).run("2m")
    lab.apply(web(3))
    lab.run("10s")
    lab.run("10m")
    assert claims(lab) == ["c5.xlarge"]
    assert phases(lab) == {"Running"}


def test_do_not_disrupt_keeps_a_machine() -> None:
    lab = lab_of(pool(ON_DEMAND), web(8)).run("2m")
    lab.apply(web(1))
    lab.run("1s")
    [pod] = [one for one in lab.get("pods") if "deletionTimestamp" not in one["metadata"]]
    lab.kubectl(f"annotate pod {pod['metadata']['name']} karpenter.sh/do-not-disrupt=true")
    lab.run("10m")
    assert claims(lab) == ["c5.2xlarge"]
    answer = lab.why_node(lab.get("nodes")[0]["metadata"]["name"])
    assert (answer.goes, answer.reason) == (False, "DisruptionBlocked")
    assert "do-not-disrupt" in answer.words


@pytest.mark.parametrize("disruption", [{"consolidateAfter": "Never"}, {"budgets": [{"nodes": "0"}]}])
def test_a_pool_may_forbid_consolidation(disruption: dict[str, Any]) -> None:
    lab = lab_of(pool(ON_DEMAND, disruption={"consolidateAfter": "0s", **disruption}), web(8)).run("2m")
    lab.apply(web(1))
    assert claims(lab.run("10m")) == ["c5.2xlarge"]
    assert not lab.why_node(lab.get("nodes")[0]["metadata"]["name"]).goes


def test_a_machine_that_its_pool_would_make_differently_drifts_away() -> None:
    lab = lab_of(pool(ON_DEMAND), web(2)).run("2m")
    before = [one["metadata"]["name"] for one in lab.get("nodeclaims")]
    changed = pool(ON_DEMAND)
    changed["spec"]["template"]["metadata"] = {"labels": {"team": "shop"}}
    lab.apply(changed)
    lab.run("5m")
    [claim] = lab.get("nodeclaims")
    assert claim["metadata"]["name"] not in before
    assert claim["metadata"]["labels"]["team"] == "shop"
    assert phases(lab) == {"Running"}


def test_a_machine_expires() -> None:
    young = pool(ON_DEMAND)
    young["spec"]["template"]["spec"]["expireAfter"] = "1h"
    lab = lab_of(young, web(2)).run("2m")
    before = lab.get("nodeclaims")[0]["metadata"]["name"]
    lab.run("70m")
    assert before not in [one["metadata"]["name"] for one in lab.get("nodeclaims")]
    assert phases(lab) == {"Running"}


def test_a_budget_over_pods_holds_a_replacement_up() -> None:
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}}
    budget["spec"] = {"minAvailable": "100%", "selector": WEB}
    lab = lab_of(pool(ON_DEMAND), web(8), budget).run("2m")
    lab.apply(web(1))
    lab.run("10m")
    assert claims(lab) == ["c5.2xlarge"]
    assert 'pdb "default/web" prevents pod evictions' in lab.why_node(lab.get("nodes")[0]["metadata"]["name"]).words


def test_the_plan_shows_every_type_that_would_do() -> None:
    lab = lab_of(pool(ON_DEMAND), web(8)).run("0.5s")
    planned = simulated(lab.cluster, waiting(lab.cluster)).bought
    assert [len(one.pods) for one in planned] == [8]
    prices = [offering.price for _, offering in planned[0].choices]
    assert prices == sorted(prices)
    assert len(prices) > 5


def test_two_runs_come_to_the_same_and_a_fork_goes_on() -> None:
    one, other = (lab_of(pool(), web(5)).run("30s") for _ in range(2))
    twin = one.fork().run("5m")
    assert one.run("5m").kubectl("get nodeclaims -o wide") == other.run("5m").kubectl("get nodeclaims -o wide")
    assert twin.kubectl("get pods -o wide") == one.kubectl("get pods -o wide")


def test_a_pool_is_not_called_unsimulated() -> None:
    lab = Lab.kubernetes(nodes=0).install("karpenter")
    assert str(lab.apply(pool())) == "nodepool.karpenter.sh/general created"
