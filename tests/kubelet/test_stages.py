from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

Dict = dict[str, Any]


def told(**words: str) -> Dict:
    return {"annotations": {f"labkit.dev/{name.replace('_', '-')}": text for name, text in words.items()}}


def state(world: Any, name: str, container: int = 0) -> Dict:
    return world.get("Pod", name)["status"]["containerStatuses"][container]["state"]


def conditions(world: Any, name: str) -> Dict:
    return {one["type"]: one["status"] for one in world.get("Pod", name)["status"]["conditions"]}


def test_a_pod_is_pulled_started_and_ready(world: Any) -> None:
    world.pod("a")
    world.run(30)
    status = world.get("Pod", "a")["status"]
    assert status["phase"] == "Running"
    assert set(conditions(world, "a").values()) == {"True"}
    assert status["podIP"] == "10.244.0.2"
    assert status["hostIP"] == "192.168.10.11"
    first, second, *rest = [message for message in world.events("a") if "assigned" not in message]
    assert first == 'Pulling image "app:1"'
    assert second.startswith('Successfully pulled image "app:1" in ')
    assert "including waiting). Image size: " in second
    assert rest == ["Container created", "Container started"]


def test_an_image_that_is_there_is_not_pulled_again(world: Any) -> None:
    world.pod("a", nodeName="n1")
    world.run(30).pod("b", nodeName="n1")
    begun = world.cluster.clock.now
    world.run(30)
    there = 'Container image "app:1" already present on machine and can be accessed by the pod'
    assert there in world.events("b")
    ready = next(
        entry.time
        for entry in world.cluster.history
        if entry.key.name == "b"
        and entry.verb == "status"
        and "running" in entry.new["status"]["containerStatuses"][0]["state"]
    )
    assert ready - begun < 2


def test_init_containers_run_one_after_the_other_first(world: Any) -> None:
    inits = [{"name": name, "image": "init:1"} for name in ("one", "two")]
    world.pod("a", {"annotations": {"labkit.dev/exits-after.one": "5s"}}, initContainers=inits)
    world.run(6)
    status = world.get("Pod", "a")["status"]
    assert status["phase"] == "Pending"
    assert [next(iter(one["state"])) for one in status["initContainerStatuses"]] == ["running", "waiting"]
    assert conditions(world, "a")["Initialized"] == "False"
    assert world.run(30).ready() == ["a"]


@pytest.mark.parametrize(("code", "ready"), [("0", True), ("1", False)])
def test_an_init_container_is_ready_once_it_has_succeeded(world: Any, code: str, ready: bool) -> None:
    """pkg/kubelet/prober/prober_manager.go UpdatePodStatus, v1.36."""
    notes = {"annotations": {"labkit.dev/exits-after.one": "5s", "labkit.dev/exit-code.one": code}}
    world.pod("a", notes, initContainers=[{"name": "one", "image": "init:1"}])
    assert world.run(20).get("Pod", "a")["status"]["initContainerStatuses"][0]["ready"] is ready


def test_a_sidecar_starts_before_the_others_and_keeps_running(world: Any) -> None:
    sidecar = {"name": "proxy", "image": "proxy:1", "restartPolicy": "Always"}
    world.pod("a", initContainers=[sidecar])
    world.run(30)
    assert "running" in world.get("Pod", "a")["status"]["initContainerStatuses"][0]["state"]
    assert world.ready() == ["a"]


def test_a_readiness_probe_passes_at_its_own_times(world: Any) -> None:
    probe = {"httpGet": {"port": 80}, "initialDelaySeconds": 5, "periodSeconds": 10}
    container = {"name": "c", "image": "app:1", "readinessProbe": probe}
    world.pod("a", told(starts_in="12s"), containers=[container])
    world.run(60)
    started = world.cluster.clock.seconds(state(world, "a")["running"]["startedAt"])
    ready = next(one for one in world.get("Pod", "a")["status"]["conditions"] if one["type"] == "Ready")
    assert world.cluster.clock.seconds(ready["lastTransitionTime"]) - started == 15


def test_a_container_that_is_never_ready_runs_unready(world: Any) -> None:
    container = {"name": "c", "image": "app:1", "readinessProbe": {"httpGet": {"port": 80}}}
    world.pod("a", told(ready="never"), containers=[container])
    world.run(300)
    assert "running" in state(world, "a")
    assert conditions(world, "a")["Ready"] == "False"


def test_a_crash_loop_waits_ten_twenty_forty_seconds(world: Any) -> None:
    world.pod("a", told(exits_after="2s", exit_code="1"))
    world.run(42)
    starts = [
        entry.time
        for entry in world.cluster.history
        if entry.key.name == "a"
        and entry.verb == "status"
        and "running" in entry.new["status"].get("containerStatuses", [{"state": {}}])[0]["state"]
    ]
    pauses = [round(later - earlier - 2) for earlier, later in pairwise(starts)]
    assert pauses == [0, 10, 20]
    status = world.get("Pod", "a")["status"]["containerStatuses"][0]
    assert status["restartCount"] == 3
    world.run(10)
    waiting = state(world, "a")["waiting"]
    uid = world.get("Pod", "a")["metadata"]["uid"]
    assert waiting == {
        "reason": "CrashLoopBackOff",
        "message": f"back-off 40s restarting failed container=c pod=a_default({uid})",
    }
    assert world.get("Pod", "a")["status"]["phase"] == "Running"


def test_restart_policies_decide_how_a_pod_ends(world: Any) -> None:
    world.pod("never", told(exits_after="1s", exit_code="3"), restartPolicy="Never")
    world.pod("well", told(exits_after="1s"), restartPolicy="OnFailure")
    world.run(30)
    assert world.get("Pod", "never")["status"]["phase"] == "Failed"
    assert world.get("Pod", "well")["status"]["phase"] == "Succeeded"
    assert state(world, "never")["terminated"]["exitCode"] == 3


def test_an_image_that_cannot_be_pulled_backs_off(world: Any) -> None:
    world.pod("a", told(image_error="app:1: not found"))
    world.run(0.9)
    assert state(world, "a")["waiting"] == {"reason": "ErrImagePull", "message": "app:1: not found"}
    world.run(2)
    assert state(world, "a")["waiting"] == {
        "reason": "ImagePullBackOff", "message": 'Back-off pulling image "app:1": ErrImagePull: app:1: not found',
    }  # fmt: skip
    attempts = world.run(100).events("a", "Pulling")
    assert attempts == ['Pulling image "app:1"']
    assert next(one["count"] for one in world.cluster.list("Event") if one["reason"] == "Pulling") == 4


def test_a_missing_configmap_is_named_and_waited_for(world: Any) -> None:
    container = {"name": "c", "image": "app:1", "envFrom": [{"configMapRef": {"name": "cfg"}}]}
    world.pod("a", containers=[container])
    world.run(20)
    assert state(world, "a")["waiting"] == {
        "reason": "CreateContainerConfigError", "message": 'configmap "cfg" not found',
    }  # fmt: skip
    world.create("v1", "ConfigMap", "cfg", data={"a": "1"})
    assert world.run(30).ready() == ["a"]


def test_a_missing_secret_behind_a_volume_keeps_the_pod_from_starting(world: Any) -> None:
    world.pod("a", volumes=[{"name": "keys", "secret": {"secretName": "tls"}}])
    world.run(20)
    assert state(world, "a")["waiting"]["reason"] == "ContainerCreating"
    assert world.events("a", "FailedMount") == ['MountVolume.SetUp failed for volume "keys" : secret "tls" not found']


def test_a_deleted_pod_stops_its_containers_and_goes_within_its_grace_period(world: Any) -> None:
    world.pod("slow", told(stops_in="60s"), terminationGracePeriodSeconds=5)
    world.pod("quick")
    world.run(30)
    for name in ("slow", "quick"):
        world.delete("Pod", name)
    assert world.run(2).names("Pod") == ["slow"]
    assert world.events("slow", "Killing") == ["Stopping container c"]
    assert world.run(4).names("Pod") == []


def test_a_pod_of_the_same_name_is_another_pod(world: Any) -> None:
    world.pod("a")
    world.run(0.2).delete("Pod", "a", grace=0)
    world.pod("a")
    begun = world.cluster.clock.now
    assert world.run(0.5).get("Pod", "a")["status"]["phase"] == "Pending"
    assert world.run(10).ready() == ["a"]
    assert begun == 0.2


def test_several_containers_are_all_started_before_the_pod_runs(world: Any) -> None:
    containers = [{"name": name, "image": f"{name}:1"} for name in ("web", "log")]
    world.pod("a", containers=containers)
    seen = set()
    for _ in range(100):
        world.run(0.1)
        status = world.get("Pod", "a")["status"]
        both = tuple(next(iter(one["state"])) for one in status.get("containerStatuses", ()))
        seen.add((status.get("phase", "Pending"), both))
    assert ("Pending", ("running", "waiting")) in seen
    assert ("Running", ("running", "running")) in seen


def test_a_new_node_reports_itself(world: Any) -> None:
    node = world.get("Node", "n2", "")
    assert node["spec"]["podCIDR"] == "10.244.1.0/24"
    assert node["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.2"
    told_by = {one["type"]: one["status"] for one in node["status"]["conditions"]}
    assert told_by == {"MemoryPressure": "False", "DiskPressure": "False", "PIDPressure": "False", "Ready": "True"}


def test_a_fork_carries_the_stages_along(world: Any) -> None:
    world.pod("a")
    world.run(1)
    twin = world.cluster.fork()
    calls = [call for _, call in twin.clock.waiting() if call[0] == "kubelet"]
    assert [call[1].stage for call in calls] == ["pulled"]


def test_a_container_whose_image_is_missing_holds_up_no_other(world: Any) -> None:
    containers = [{"name": name, "image": f"{name}:1"} for name in ("bad", "good")]
    world.pod("a", {"annotations": {"labkit.dev/image-error.bad": "not found"}}, containers=containers)
    world.run(30)
    bad, good = world.get("Pod", "a")["status"]["containerStatuses"]
    assert bad["state"]["waiting"]["reason"] in ("ErrImagePull", "ImagePullBackOff")
    assert "running" in good["state"]


def test_a_sidecar_that_got_its_image_late_lets_the_others_start(world: Any) -> None:
    sidecar = {"name": "side", "image": "side:1", "restartPolicy": "Always"}
    world.pod("a", {"annotations": {"labkit.dev/image-error.side": "not found"}}, initContainers=[sidecar])
    world.run(15)
    assert "waiting" in state(world, "a")
    world.change("Pod", "a", {"metadata": {"annotations": {"labkit.dev/image-error.side": None}}})
    world.run(60)
    assert "running" in state(world, "a")
