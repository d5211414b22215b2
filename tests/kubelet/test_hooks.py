"""Lifecycle hooks: what they hold up, and what becomes of a container whose hook fails."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.kinds.pod import Container
from labkit.kubelet import hooks

Dict = dict[str, Any]
EXEC = {"exec": {"command": ["sh", "-c", "sleep 3"]}}


def told(**words: str) -> Dict:
    return {"annotations": {f"labkit.dev/{name.replace('_', '-')}": text for name, text in words.items()}}


def hooked(**lifecycle: Dict) -> Dict:
    return {"containers": [{"name": "c", "image": "app:1", "lifecycle": lifecycle}, {"name": "d", "image": "app:1"}]}


@pytest.mark.parametrize(
    ("hook", "seconds"),
    [
        ({"sleep": {"seconds": 5}}, 5.0),
        (EXEC, 3.0),
        ({"httpGet": {"port": 80}}, 0.0),
    ],
)
def test_a_hook_takes_what_it_sleeps(hook: Dict, seconds: float) -> None:
    container = Container("c", lifecycle={"preStop": hook})
    assert hooks.seconds(container, "preStop") == seconds
    assert hooks.hook(container, "postStart") is None


def test_the_next_container_waits_for_a_post_start_hook(world: Any) -> None:
    world.pod("a", nodeName="n1", **hooked(postStart=EXEC))
    world.run(30)
    first, second = (
        one["state"]["running"]["startedAt"] for one in world.get("Pod", "a")["status"]["containerStatuses"]
    )
    clock = world.cluster.clock
    assert clock.seconds(second) - clock.seconds(first) >= 3


def test_a_post_start_hook_that_fails_kills_its_container(world: Any) -> None:
    world.pod("a", told(**{"post_start.c": "fails"}), nodeName="n1", **hooked(postStart={"httpGet": {"port": 80}}))
    world.run(25)
    assert world.events("a", "FailedPostStartHook") == ["PostStartHook failed"]
    assert "FailedPostStartHook" in world.events("a", "Killing")
    first, second = world.get("Pod", "a")["status"]["containerStatuses"]
    assert first["restartCount"] >= 1
    assert "running" in second["state"]


def test_a_pre_stop_hook_that_fails_takes_no_time(world: Any) -> None:
    sleeps = hooked(preStop={"sleep": {"seconds": 20}})
    world.pod("good", nodeName="n1", **sleeps)
    world.pod("bad", told(**{"pre_stop.c": "fails"}), nodeName="n1", **sleeps)
    world.run(30)
    world.delete("Pod", "good")
    world.delete("Pod", "bad")
    world.run(5)
    assert world.names("Pod") == ["good"]
    assert world.events("bad", "FailedPreStopHook") == ["PreStopHook failed"]
    assert not world.events("good", "FailedPreStopHook")
    assert world.run(20).names("Pod") == []


def test_hooks_are_declared_for_a_selector() -> None:
    from labkit import Lab

    lab = Lab.kubernetes(nodes=1).behave("app=web", post_start=False, pre_stop=True)
    (entry,) = lab.get("configmaps", "labkit-behaviour", namespace="kube-system")["data"].values()
    assert '"post-start": "fails"' in entry and '"pre-stop": "works"' in entry
