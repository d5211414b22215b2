from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.apiserver import subresources
from labkit.controllers.disruption import Health, Member, is_healthy, recheck_in, unmanaged_text, wanted
from labkit.errors import ApiError
from labkit.kinds import Key
from labkit.kinds.policy import DisruptionBudgetSpec

BUDGETS = st.one_of(
    st.builds(lambda n: {"minAvailable": n}, st.one_of(st.integers(0, 6), st.sampled_from(["30%", "50%", "100%"]))),
    st.builds(lambda n: {"maxUnavailable": n}, st.one_of(st.integers(0, 6), st.sampled_from(["1%", "40%", "100%"]))),
)


def budget(world: Any, **spec: Any) -> None:
    spec = {"selector": {"matchLabels": {"app": "web"}}, **spec}
    world.create("policy/v1", "PodDisruptionBudget", "web", spec=spec)
    world.run(1)


def evict(world: Any, pod: str) -> bool:
    try:
        subresources.post(world.cluster, Key("Pod", "default", pod), "eviction", {})
    except ApiError as error:
        if error.code != 429:
            raise
        return False
    return True


def status(world: Any) -> dict[str, Any]:
    return world.get("PodDisruptionBudget", "web")["status"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"min_available": 2}, (5, 2)),
        ({"min_available": "50%"}, (7, 4)),
        ({"max_unavailable": "30%"}, (7, 4)),
        ({"max_unavailable": 9}, (7, 0)),
        ({}, (0, 0)),
    ],
)
def test_percentages_count_what_controllers_want_and_round_up(spec: Any, expected: tuple[int, int]) -> None:
    assert wanted(DisruptionBudgetSpec(**spec), pods=5, scale=7) == expected


def test_nothing_may_go_where_nothing_is_expected() -> None:
    assert Health(current=3, desired=0, expected=0).allowed == 0
    assert Health(current=3, desired=1, expected=3).allowed == 2


def test_a_granted_eviction_counts_as_a_loss_for_two_minutes() -> None:
    pods = [Member("a", True, disrupted=119.0), Member("b", True, disrupted=121.0), Member("c", True, leaving=True)]
    assert [is_healthy(pod) for pod in pods] == [False, True, False]
    assert recheck_in(pods) == 1.0


def test_the_warning_writes_the_selector_as_go_does() -> None:
    rule = {"key": "tier", "operator": "In", "values": ["a", "b"]}
    text = unmanaged_text({"matchLabels": {"app": "web"}, "matchExpressions": [rule]})
    assert "map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement" in text
    assert "{Key:tier,Operator:In,Values:[a b],},}" in text


def test_evictions_wait_until_the_replacement_is_ready(world: Any) -> None:
    world.deployment(replicas=3)
    world.run(30)
    budget(world, minAvailable=2)
    assert status(world)["disruptionsAllowed"] == 1
    first, second, *_ = world.ready()
    assert evict(world, first)
    assert not evict(world, second)
    world.run(60)
    assert status(world)["disruptionsAllowed"] == 1
    assert evict(world, second)


def test_a_pod_without_a_controller_is_told_about_and_a_lost_one_stops_everything(world: Any) -> None:
    world.pod("bare", {"labels": {"app": "web"}})
    budget(world, maxUnavailable=1)
    assert world.events("web", "UnmanagedPods")
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "gone", "uid": "1", "controller": True}
    world.cluster.patch(Key("Pod", "default", "bare"), {"metadata": {"ownerReferences": [owner]}})
    world.run(0)
    assert status(world).get("disruptionsAllowed") == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    replicas=st.integers(1, 6),
    spec=BUDGETS,
    moves=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20)), max_size=12),
)
def test_no_sequence_of_evictions_violates_a_budget(
    worlds: Any, replicas: int, spec: Any, moves: list[tuple[int, int]]
) -> None:
    world = worlds()
    world.deployment(replicas=replicas)
    world.run(30)
    budget(world, **spec)
    for pick, pause in moves:
        ready = world.ready()
        if ready:
            pod = ready[pick % len(ready)]
            leaving = "deletionTimestamp" in world.get("Pod", pod)["metadata"]
            granted = evict(world, pod)
            healthy = [one for one in world.cluster.items("Pod") if one.is_ready and one.is_active]
            assert not granted or leaving or len(healthy) >= status(world)["desiredHealthy"]
        world.run(pause)


def test_a_pod_with_two_budgets_is_counted_by_one_of_them_alone(world: Any) -> None:
    for name in ("first", "second"):
        spec = {"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 0}
        world.create("policy/v1", "PodDisruptionBudget", name, spec=spec)
    world.run(1)
    world.pod("web", {"labels": {"app": "web"}})
    world.run(30)
    counts = [world.get("PodDisruptionBudget", name)["status"]["currentHealthy"] for name in ("first", "second")]
    assert counts == [1, 0]
    assert 'Pod "default"/"web" matches multiple PodDisruptionBudgets.  Chose "first" arbitrarily.' in world.events(
        "web"
    )
