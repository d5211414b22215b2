from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labkit.controllers.ordinals import Member, Rules, counts, decide, is_updated

GOLDEN = Path(__file__).parents[1] / "conformance" / "functions" / "statefulset.json"
ROWS = json.loads(GOLDEN.read_text())


class Replay:
    """The stand-in of the golden table: one tick is one sync, then every pod goes on one stage."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row, self.replicas, self.template = row, row["replicas"], 0
        self.pods: dict[int, dict[str, Any]] = {}
        self.current, self.numbers = "0", {"currentReplicas": 0}
        self.trace: list[dict[str, Any]] = []

    def rules(self) -> Rules:
        row = self.row
        return Rules(
            self.replicas, self.current, str(self.template), self.numbers["currentReplicas"], row["ordinals_start"],
            ordered=row["podManagementPolicy"] == "OrderedReady",
            rolling=row["updateStrategy"] == "RollingUpdate",
            partition=row.get("partition"),
        )  # fmt: skip

    def tick(self, now: int) -> None:
        for change in (one for one in self.row["changes"] if one["tick"] == now):
            if change["change"] == "scale":
                self.replicas = change["value"]
            else:
                self.template = change["value"]
        rules = self.rules()
        members = [
            Member(number, pod["template"], pod["phase"], pod["ready"], pod["ready"])
            for number, pod in sorted(self.pods.items())
        ]
        plan, self.numbers = decide(rules, members), counts(rules, members)
        if is_updated(rules, self.numbers):
            self.current, self.numbers["currentReplicas"] = rules.update, self.numbers["updatedReplicas"]
        self.act(now, plan)
        self.age()

    def act(self, now: int, plan: Any) -> None:
        for number in plan.delete:
            del self.pods[number]
        self.pods |= {number: {"template": made, "phase": "Pending", "ready": False} for number, made in plan.create}
        created, deleted = [number for number, _ in plan.create], sorted(plan.delete)
        if created or deleted:
            named = {"created": [f"db-{one}" for one in created], "deleted": [f"db-{one}" for one in deleted]}
            self.trace.append({**named, "tick": now})

    def age(self) -> None:
        for number, pod in self.pods.items():
            newest = pod["template"] == str(self.template) and self.template >= 1
            if pod["phase"] == "Pending":
                pod["phase"] = "Running"
            elif not (newest and number == self.row.get("never_ready_ordinal")):
                pod["ready"] = True

    def result(self) -> dict[str, Any]:
        for now in range(90):
            self.tick(now)
        final = {
            f"db-{number}": {"ready": pod["ready"], "template": pod["template"]}
            for number, pod in sorted(self.pods.items())
        }
        shown = ("currentReplicas", "readyReplicas", "replicas", "updatedReplicas")
        return {"final_pods": final, "status": {name: self.numbers[name] for name in shown}, "trace": self.trace}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_trace_of_the_golden_table_agrees(row: dict[str, Any]) -> None:
    assert Replay(row["in"]).result() == row["out"]


def stateful_set(world: Any, replicas: int, **spec: Any) -> None:
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [{"name": "c", "image": "db:1"}]}}
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}
    selector = {"matchLabels": {"app": "db"}}
    world.create("apps/v1", "StatefulSet", "db", spec={
        "replicas": replicas, "serviceName": "db", "selector": selector, "template": template,
        "updateStrategy": strategy, "podManagementPolicy": "OrderedReady", **spec,
    })  # fmt: skip


def test_pods_come_one_after_the_other_with_their_names(world: Any) -> None:
    stateful_set(world, 3)
    assert world.run(1).names("Pod") == ["db-0"]
    assert world.run(60).names("Pod") == ["db-0", "db-1", "db-2"]
    pod = world.get("Pod", "db-1")
    assert (pod["spec"]["hostname"], pod["spec"]["subdomain"]) == ("db-1", "db")
    assert pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] == "1"
    assert world.events("db", "SuccessfulCreate")[0] == "Create Pod db-0 in StatefulSet db successful"


def test_each_pod_has_its_own_claim_that_outlives_it(world: Any) -> None:
    world.create("storage.k8s.io/v1", "StorageClass", "fast", provisioner="example.com/disk")
    claim = {"metadata": {"name": "data"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}},
    }}  # fmt: skip
    stateful_set(world, 2, volumeClaimTemplates=[claim])
    world.run(60).change("StatefulSet", "db", {"spec": {"replicas": 1}})
    assert world.run(20).names("Pod") == ["db-0"]
    assert world.names("PersistentVolumeClaim") == ["data-db-0", "data-db-1"]
    assert world.get("Pod", "db-0")["spec"]["volumes"][0] == {
        "name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"},
    }  # fmt: skip


def test_an_update_goes_from_the_top_and_never_runs_two_pods_of_one_ordinal(world: Any) -> None:
    stateful_set(world, 2)
    world.run(30).change("StatefulSet", "db", {"spec": {"template": {"metadata": {"labels": {"v": "2"}}}}})
    world.run(1)
    assert "v" not in world.get("Pod", "db-0")["metadata"]["labels"]
    world.run(60)
    assert [one["metadata"]["labels"]["v"] for one in world.cluster.list("Pod")] == ["2", "2"]
    status = world.get("StatefulSet", "db")["status"]
    assert status["currentRevision"] == status["updateRevision"]
    assert [one["revision"] for one in world.cluster.list("ControllerRevision")] == [1, 2]


def test_a_claim_without_a_name_is_refused_and_holds_its_pod_back(world: Any) -> None:
    claim = {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    stateful_set(world, 2, volumeClaimTemplates=[claim])
    assert world.run(30).names("Pod") == world.names("PersistentVolumeClaim") == []
    told = world.events("db", "FailedCreate")[0]
    assert told.startswith("create Claim -db-0 for Pod db-0 in StatefulSet db failed error: PersistentVolumeClaim")
    assert 'metadata.name: Invalid value: "-db-0"' in told


def test_a_template_that_nobody_looked_at_makes_no_pod(world: Any) -> None:
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [{"image": "db:1"}]}}
    stateful_set(world, 1, template=template)
    assert world.run(30).names("Pod") == []
    told = world.events("db", "FailedCreate")[0]
    assert told.startswith('create Pod db-0 in StatefulSet db failed error: Pod "db-0" is invalid: ')
    assert "spec.containers[0].name: Required value" in told
