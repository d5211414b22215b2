"""What would help a pending pod: each suggestion is true."""

import random

import pytest
from making import ZONE, add, node, place, pod, world

from labkit import Lab
from labkit.kinds import Key
from labkit.lifecycle import merged
from labkit.scheduler import Columns, decide, explain
from labkit.scheduler.cutting import cut
from labkit.scheduler.podinfo import PodInfo

WEB = {"matchLabels": {"app": "web"}}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
GPU = {"key": "gpu", "value": "true", "effect": "NoSchedule"}


def helps(cluster, obj: dict) -> list[str]:
    return [one.words for one in explain(cluster, add(cluster, obj)).what_would_help()]


def really_helps(cluster, key: Key, change) -> bool:
    """Make the change on a fork, and let the scheduler decide from the beginning."""
    twin = cluster.fork()
    if change.new:
        twin.create(change.patch)
        twin.patch(change.key, {"spec": {"taints": change.patch["spec"].get("taints")}})
    else:
        twin.update(merged(twin.require(change.key), change.patch))
    return decide(twin, key, Columns(twin)).node is not None


def test_the_exact_amount_that_the_best_node_lacks():
    cluster = world(node("n1", "1"), node("n2", "1"))
    place(cluster, pod("a", "500m"), "n1")
    place(cluster, pod("b", "700m"), "n2")
    assert helps(cluster, pod("c", "750m")) == [
        "ask for 250m less cpu (500m instead of 750m)", "have one node more like n1",
    ]  # fmt: skip


def test_all_that_is_lacking_is_one_change():
    cluster = world(node("n1", "1", "1Gi"))
    assert helps(cluster, pod("a", "1500m", "1536Mi"))[0] == (
        "ask for 500m less cpu and 512Mi less memory (1 and 1Gi instead of 1500m and 1536Mi)"
    )


def test_a_pod_too_large_for_all_nodes_wants_a_larger_one():
    cluster = world(node("n1", "1"), node("n2", "2"))
    assert helps(cluster, pod("a", "4")) == [
        "ask for 2 less cpu (2 instead of 4)", "have one node more like n1, but with 4 cpu",
        "have one node more like n2, but with 4 cpu",
    ]  # fmt: skip


def test_a_toleration_or_no_taint():
    cluster = world(node("n1", taints=[GPU]))
    assert helps(cluster, pod("a")) == ["tolerate gpu=true:NoSchedule", "n1: take the taint gpu=true:NoSchedule off"]


def test_uncordoning():
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    cluster = world(node("n1", unschedulable=True, taints=[taint]))
    assert helps(cluster, pod("a")) == ["uncordon n1", "have one node more like n1"]


def test_a_label_or_one_selector_less():
    cluster = world(node("n1", labels={"disk": "hdd"}))
    assert helps(cluster, pod("a", nodeSelector={"disk": "ssd"})) == [
        "drop disk=ssd from the nodeSelector", "n1: label it disk=ssd",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ({"key": "disk", "operator": "In", "values": ["ssd"]}, ["drop disk in (ssd)", "label it disk=ssd"]),
        ({"key": "gpu", "operator": "Exists"}, ["drop gpu", "label it gpu=true"]),
        ({"key": "old", "operator": "DoesNotExist"}, ["drop !old", "label it old-"]),
        ({"key": "cores", "operator": "Gt", "values": ["8"]}, ["drop cores > 8", "label it cores=9"]),
    ],
)
def test_node_affinity_is_met_or_dropped(expression, words):
    cluster = world(node("n1", labels={"old": "yes", "cores": "4"}))
    affinity = {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}}
    drop, label = words
    assert helps(cluster, pod("a", affinity=affinity)) == [f"{drop} from the required node affinity", f"n1: {label}"]


def test_a_name_that_no_node_has():
    fields = [{"key": "metadata.name", "operator": "In", "values": ["n9"]}]
    affinity = {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [{"matchFields": fields}]}}}
    cluster = world(node("n1"))
    assert helps(cluster, pod("a", affinity=affinity)) == ["drop metadata.name in (n9) from the required node affinity"]


def test_more_skew_or_a_soft_constraint():
    constraint = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": WEB}
    cluster = world(node("a1", labels={ZONE: "a"}), node("b1", cpu="1", labels={ZONE: "b"}))
    for number in range(2):
        place(cluster, pod(f"old-{number}", "500m", labels={"app": "web"}), "a1")
    place(cluster, pod("full", "1"), "b1")
    found = helps(cluster, pod("new", "500m", labels={"app": "web"}, topologySpreadConstraints=[constraint]))
    assert found[:2] == [
        f"allow a maxSkew of 3 over {ZONE}", f"only prefer to spread over {ZONE} (ScheduleAnyway)",
    ]  # fmt: skip


def test_a_term_about_other_pods_less():
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": WEB}
    cluster = world(node("n1"))
    place(cluster, pod("web", labels={"app": "web"}), "n1")
    away = {"podAntiAffinity": {REQUIRED: [term]}}
    assert helps(cluster, pod("hermit", affinity=away)) == [
        "don't require to be away from pods with app=web by kubernetes.io/hostname", "have one node more like n1",
    ]  # fmt: skip
    place(cluster, pod("other", labels={"app": "other"}, affinity=away), "n1")
    cluster.remove(Key("Pod", "default", "web"))
    assert "drop the pod's label app=web, which another pod's anti-affinity means" in helps(
        cluster, pod("web-2", labels={"app": "web"})
    )


def test_a_host_port_less():
    cluster = world(node("n1"))
    place(cluster, pod("a", ports=[{"containerPort": 80, "hostPort": 80}]), "n1")
    assert helps(cluster, pod("b", ports=[{"containerPort": 80, "hostPort": 80}]))[0] == "give up the host port 80"


def test_a_pod_with_a_node_needs_no_help():
    cluster = world(node("n1"))
    found = explain(cluster, add(cluster, pod("a"))).what_would_help()
    assert len(found) == 0 and str(found) == "default/a has a node, n1: there is nothing to help."


def test_a_pod_that_nothing_helps_is_told_so():
    cluster = world(node("n1", taints=[GPU]))
    found = explain(cluster, add(cluster, pod("a", "100", nodeSelector={"x": "y"}))).what_would_help()
    assert not found and str(found) == "default/a waits, and no single change that was tried lets it fit."


def test_a_gate_is_opened():
    lab = Lab.kubernetes(nodes=1)
    lab.apply(pod("a", schedulingGates=[{"name": "quota"}]))
    found = lab.run("5s").why("a").what_would_help()
    assert [one.words for one in found] == ["remove the scheduling gate quota"]
    assert "<li>remove the scheduling gate quota → node-1</li>" in found._repr_html_()


def test_a_plugin_brings_its_own_remedies():
    from labkit.scheduler.profile import DEFAULT
    from labkit.scheduler.remedy import to_pod

    class Permit:
        def filter_node(self, pod, node):
            return None if "permit" in pod.metadata.labels else "node(s) want a permit"

    profile = DEFAULT.with_plugin(Permit)
    profile.plugins[-1].remedies = lambda cycle, row: [
        to_pod(cycle, "permit", {"metadata": {"labels": {"permit": "y"}}})
    ]
    cluster = world(node("n1"))
    why = explain(cluster, add(cluster, pod("a")), profile=profile)
    assert [(one.words, one.node) for one in why.what_would_help()] == [("permit", "n1")]


def test_trying_leaves_the_world_alone():
    cluster = world(node("n1", "1", taints=[GPU]))
    why = explain(cluster, add(cluster, pod("a", "2")))
    before, written = cluster.objects(), len(cluster.history)
    why.what_would_help()
    assert cluster.objects() == before and len(cluster.history) == written


def test_requests_are_cut_from_the_largest_container_on():
    spec = pod("a", "300m")["spec"] | {"containers": [container("300m"), container("500m")]}
    assert requests(cut(spec, {"cpu": 250})["containers"]) == ["300m", "250m"]
    assert requests(cut(spec, {"cpu": 600})["containers"]) == ["200m", "0"]


def test_an_init_container_is_cut_where_it_is_what_counts():
    spec = {"containers": [container("300m")], "initContainers": [container("1")]}
    changed = cut(spec, {"cpu": 500})
    assert requests(changed["initContainers"]) == ["500m"] and "containers" not in changed


def container(cpu: str) -> dict:
    return {"name": "c", "image": "i", "resources": {"requests": {"cpu": cpu}}}


def requests(containers: list) -> list[str]:
    return [one["resources"]["requests"]["cpu"] for one in containers]


# Twenty random pending pods


def random_world(rng: random.Random):
    nodes = [
        node(
            f"n{number}", rng.choice(["1", "2", "4"]), rng.choice(["2Gi", "4Gi"]),
            labels={ZONE: rng.choice("abc"), "disk": rng.choice(["ssd", "hdd"])},
            taints=[GPU] if rng.random() < 0.3 else [], **({"unschedulable": True} if rng.random() < 0.2 else {}),
        )
        for number in range(5)
    ]  # fmt: skip
    cluster = world(*nodes)
    for number in range(8):
        where = f"n{rng.randrange(5)}"
        labels = {"app": rng.choice(["web", "db"])}
        made = pod(f"old-{number}", rng.choice(["250m", "500m"]), rng.choice(["256Mi", "1Gi"]), labels=labels)
        place(cluster, made, where)
    return cluster


def random_pod(rng: random.Random) -> dict:
    away = {"topologyKey": rng.choice([ZONE, "kubernetes.io/hostname"]), "labelSelector": WEB}
    spread = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": WEB}
    more = rng.sample(
        [
            {"nodeSelector": {"disk": rng.choice(["ssd", "nvme"])}},
            {"affinity": {rng.choice(["podAntiAffinity", "podAffinity"]): {REQUIRED: [away]}}},
            {"topologySpreadConstraints": [spread]},
            {"ports": [{"containerPort": 80, "hostPort": 80}]},
        ],
        rng.randrange(3),
    )
    spec = {name: part for one in more for name, part in one.items()}
    return pod("new", rng.choice(["500m", "1500m", "4500m"]), rng.choice(["1Gi", "3Gi"]), labels={"app": "web"}, **spec)


def pending(count: int):
    rng, found = random.Random(7), 0
    while found < count:
        cluster = random_world(rng)
        key = add(cluster, random_pod(rng))
        if decide(cluster, key).node is None:
            found += 1
            yield cluster, key


def test_each_suggestion_really_helps_on_twenty_random_pending_pods():
    told = 0
    for cluster, key in pending(20):
        found = explain(cluster, key).what_would_help()
        assert len(found) <= 8
        for one in found:
            assert one.verified and really_helps(cluster, key, one.change), one
        told += len(found)
    assert told > 30


def test_no_smaller_cut_would_do():
    for cluster, key in pending(20):
        for one in explain(cluster, key).what_would_help():
            if one.words.startswith("ask for ") and " and " not in one.words:
                obj = merged(cluster.require(key), one.change.patch)
                requests = obj["spec"]["containers"][0]["resources"]["requests"]
                resource = one.words.split(" less ")[1].split()[0]
                amount = PodInfo.of(key, decoded(obj)).request[resource] + 1
                requests = {**requests, resource: f"{amount}m" if resource == "cpu" else amount}
                obj["spec"]["containers"][0]["resources"] = {"requests": requests}
                twin = cluster.fork()
                twin.update(obj)
                assert decide(twin, key).node is None


def decoded(obj: dict):
    from labkit.kinds import decode

    return decode(obj)
