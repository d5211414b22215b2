"""What an autoscaler sees of its pods."""

from __future__ import annotations

import pytest

from labkit.autoscaling.hpa.fleet import fleet_of, requests_of, state_of
from labkit.autoscaling.hpa.replicas import Unscalable
from labkit.kinds import Key
from labkit.lab import Lab


@pytest.fixture(scope="module")
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    for name, app in (("web", "web"), ("late", "web"), ("other", "other")):
        meta = {"name": name, "labels": {"app": app}}
        made.apply(
            {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [{"name": "c", "image": "i"}]}}
        )
    return made.behave("app=other", image_error="no").run("30s")


def test_its_pods_are_those_of_the_selector(lab):
    fleet = fleet_of(lab.cluster, "default", {"matchLabels": {"app": "web"}})
    assert [key.name for key in fleet.keys] == ["web", "late"]
    assert fleet.ready == 2
    assert fleet_of(lab.cluster, "default", {"matchLabels": {"app": "none"}}).ready is None


def test_a_pods_state_has_its_moments(lab):
    pod = lab.cluster.read(Key("Pod", "default", "web"))
    state = state_of(pod, lab.cluster.clock)
    assert (state.phase, state.ready, state.started) == ("Running", True, 0)
    assert 0 < state.ready_changed < 30


def test_requests_add_up_or_are_of_one_container_or_of_the_pod():
    told = {"app": 200, "log": 50}
    assert requests_of("web", told, None, "cpu", "") == 250
    assert requests_of("web", told, None, "cpu", "log") == 50
    assert requests_of("web", told, 1000, "cpu", "") == 1000


@pytest.mark.parametrize(
    ("container", "text"),
    [("", "missing request for cpu in container app of Pod web"), ("mesh", "container mesh not found in Pod web")],
)
def test_a_request_that_is_missing_is_told(container, text):
    with pytest.raises(Unscalable, match=text):
        requests_of("web", {"app": None}, None, "cpu", container)
