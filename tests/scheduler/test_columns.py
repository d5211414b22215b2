"""Columns: whatever is written, refreshed columns are equal to rebuilt ones."""

from contextlib import suppress

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from making import ZONE, add, node, place, pod, world

from labkit.errors import ApiError
from labkit.fields import selectors
from labkit.kinds import Key
from labkit.scheduler import Columns
from labkit.scheduler.columns import ARRAYS
from labkit.scheduler.podterms import PodTerm

NODES, PODS = ["n1", "n2", "n3"], ["a1", "a2", "b1", "b2"]
APP_A = (PodTerm(frozenset({"default"}), selectors.from_labels({"app": "a"}), living=True),)
AVOIDS = {
    "podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": ZONE, "labelSelector": {"matchLabels": {"app": "a"}}}
        ]
    }
}


def told(columns: Columns) -> dict:
    """All that columns say, in a form that can be compared."""
    names = columns.names
    codes = {label: [columns.labels(label).value(row) for row in range(len(names))] for label in (ZONE, "disk")}
    return {
        "names": names,
        "arrays": {name: getattr(columns, name).tolist() for name in ARRAYS if name not in ("changed", *WIDE)},
        "wide": {name: by_resource(columns, name) for name in WIDE},
        "labels": codes,
        "taints": [columns.taints.value(row) for row in range(len(names))],
        "order": columns.order.tolist(),
        "placed": [set(placed) for placed in columns.placed],
        "ports": {row: dict(used) for row, used in columns.ports.items()},
        "nominated": {row: set(pods) for row, pods in columns.nominated.items()},
        "matching": columns.matching(APP_A).tolist(),
        "ties": {tie: counts.tolist() for tie, counts in columns.ties.items() if counts.any()},
        "images": sorted(image.sizes.items()) if (image := columns.images.get("web:1")) else [],
    }


WIDE = ("allocatable", "requested")


def by_resource(columns: Columns, name: str) -> dict:
    array = getattr(columns, name)
    used = {resource: array[:, column].tolist() for resource, column in columns.resources.items()}
    return {resource: amounts for resource, amounts in used.items() if any(amounts)}


class Writes(RuleBasedStateMachine):
    """Random writes, with a refresh after any number of them."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = world()
        self.columns = Columns(self.cluster)
        told(self.columns)

    @rule(name=st.sampled_from(NODES), zone=st.sampled_from("ab"), cpu=st.sampled_from(["1", "4"]), gpu=st.booleans())
    def put_node(self, name, zone, cpu, gpu):
        rich = {"more": {"gpu": "1"}, "images": {"web:1": 100}} if gpu else {}
        made = node(name, cpu, labels={ZONE: zone}, **rich)
        key = Key("Node", "", name)
        if self.cluster.get(key) is None:
            self.cluster.create(made)
        else:
            self.cluster.update(made | {"spec": {"taints": [{"key": "k", "effect": "NoSchedule"}]}})
            self.cluster.set_status(key, made["status"])

    @rule(name=st.sampled_from(NODES))
    def drop_node(self, name):
        self.attempt(lambda: self.cluster.remove(Key("Node", "", name)))

    @rule(name=st.sampled_from(PODS), cpu=st.sampled_from(["100m", None]), port=st.booleans(), avoids=st.booleans())
    def put_pod(self, name, cpu, port, avoids):
        more = {"ports": [{"containerPort": 80, "hostPort": 80}]} if port else {}
        more |= {"affinity": AVOIDS} if avoids else {}
        self.attempt(lambda: self.cluster.create(pod(name, cpu, labels={"app": name[0]}, **more)))

    @rule(name=st.sampled_from(PODS), where=st.sampled_from(NODES))
    def bind(self, name, where):
        obj = self.cluster.get(Key("Pod", "default", name))
        if obj is not None and not obj["spec"].get("nodeName"):
            self.cluster.bind(Key("Pod", "default", name), where)

    @rule(name=st.sampled_from(PODS), phase=st.sampled_from(["Running", "Succeeded"]), nominated=st.booleans())
    def set_status(self, name, phase, nominated):
        status = {"phase": phase} | ({"nominatedNodeName": "n1"} if nominated else {})
        self.attempt(lambda: self.cluster.set_status(Key("Pod", "default", name), status))

    @rule(name=st.sampled_from(PODS), grace=st.sampled_from([0, 30]))
    def delete_pod(self, name, grace):
        self.attempt(lambda: self.cluster.delete(Key("Pod", "default", name), grace=grace))

    @rule()
    def refresh(self):
        self.columns.refresh(self.cluster)

    def attempt(self, write):
        with suppress(ApiError):
            write()

    @invariant()
    def refreshed_is_rebuilt(self):
        assert told(self.columns.refresh(self.cluster)) == told(Columns(self.cluster))


Writes.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
test_refreshed_columns_are_rebuilt_columns = Writes.TestCase


def test_a_copy_of_one_node_leaves_the_columns_alone():
    cluster = world(node("n1"), node("n2"))
    place(cluster, pod("a", "1", labels={"app": "a"}), "n2")
    columns = Columns(cluster)
    columns.matching(APP_A)
    before = told(columns)
    alone = columns.only(1)
    alone.take_off(0, alone.placed[0][Key("Pod", "default", "a")])
    assert alone.requested.sum() == 0 and alone.matching(APP_A).tolist() == [0]
    assert told(columns) == before


def test_a_pod_bound_to_a_node_that_comes_later_is_counted_then():
    cluster = world(node("n1"))
    columns = Columns(cluster)
    add(cluster, pod("a", "1", nodeName="n2"))
    columns.refresh(cluster)
    cluster.create(node("n2"))
    assert columns.refresh(cluster).count.tolist() == [0, 1]


def test_rows_that_a_write_does_not_name_stay_untouched():
    cluster = world(node("n1"), node("n2"))
    columns = Columns(cluster)
    old = columns.version
    place(cluster, pod("a", "1"), "n2")
    columns.refresh(cluster)
    assert np.flatnonzero(columns.changed > old).tolist() == [1]
