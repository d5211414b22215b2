"""Tests of labkit.admission.capping."""

from __future__ import annotations

from labkit.admission.capping import Policy, capped, proportional_limits
from labkit.fields import quantity


def amounts(**texts: str) -> dict[str, quantity.Quantity]:
    return {name: quantity.parse(text) for name, text in texts.items()}


def texts(found: dict[str, quantity.Quantity]) -> dict[str, str]:
    return {name: str(amount) for name, amount in found.items()}


def test_a_policy_raises_and_lowers() -> None:
    policy = Policy(amounts(cpu="100m"), amounts(memory="1Gi"))
    found, notes = capped(amounts(cpu="20m", memory="2Gi"), policy, {})
    assert texts(found) == {"cpu": "100m", "memory": "1Gi"}
    assert notes == ["cpu capped to minAllowed", "memory capped to maxAllowed"]


def test_requests_only_stay_at_or_below_the_limits() -> None:
    found, notes = capped(amounts(cpu="2"), Policy({}, {}, requests_only=True), amounts(cpu="1"))
    assert texts(found) == {"cpu": "1"}
    assert notes == ["cpu capped to container limit"]


def test_without_a_policy_nothing_changes() -> None:
    assert capped(amounts(cpu="20m"), None, amounts(cpu="10m")) == (amounts(cpu="20m"), [])


def test_limits_keep_their_proportion_to_requests() -> None:
    found, notes = proportional_limits(
        amounts(cpu="1", memory="2Gi"), amounts(cpu="500m", memory="1Gi"), amounts(cpu="300m", memory="100Mi")
    )
    assert texts(found) == {"cpu": "600m", "memory": "200Mi"}
    assert notes == []


def test_a_limit_that_would_not_fit_is_capped_and_says_so() -> None:
    found, notes = proportional_limits(amounts(memory="8E"), amounts(memory="1"), amounts(memory="1Ti"))
    assert found["memory"].value() == 2**63 - 1
    assert notes[-1] == "memory: failed to keep limit to request ratio; capping limit to int64"
