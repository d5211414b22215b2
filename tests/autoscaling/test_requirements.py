"""Tests of labkit.autoscaling.karpenter.requirements."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.autoscaling.karpenter.requirements import Requirement, Requirements, requirement

PROBE = ["", "1", "2", "3", "9", "a", "b"]
NUMBERS = st.sampled_from(["1", "2", "3"])
VALUES = st.lists(st.sampled_from(PROBE), min_size=1)
REQUIREMENTS = st.one_of(
    st.builds(
        requirement, st.just("k"), st.sampled_from(["In", "NotIn"]), st.lists(st.sampled_from(PROBE), min_size=1)
    ),
    st.builds(requirement, st.just("k"), st.sampled_from(["Exists", "DoesNotExist"])),
    st.builds(requirement, st.just("k"), st.sampled_from(["Gt", "Lt", "Gte", "Lte"]), st.lists(NUMBERS, min_size=1)),
)


@given(REQUIREMENTS, REQUIREMENTS)
def test_what_both_allow_is_what_each_allows(one: Requirement, other: Requirement) -> None:
    both = one & other
    assert [value for value in PROBE if both.has(value)] == [v for v in PROBE if one.has(v) and other.has(v)]


@given(REQUIREMENTS, REQUIREMENTS)
def test_the_order_does_not_matter(one: Requirement, other: Requirement) -> None:
    assert one & other == other & one
    assert one.meets(other) == other.meets(one)


def test_gte_and_lte_hold_their_bound() -> None:
    assert str(requirement("cpu", "Gte", ["4"]) & requirement("cpu", "Lte", ["8"])) == "cpu Exists >=4 <=8"


def test_many_values_are_cut_short() -> None:
    assert str(requirement("zone", "In", "abcdefg")) == "zone In [a b c d e and 2 others]"


def test_an_unknown_label_is_refused_unless_it_may_be_undefined() -> None:
    pool, pod = Requirements({}), Requirements.of([requirement("zone", "In", ["a"])])
    assert pool.incompatible(pod) == ['label "zone" does not have known values']
    assert pool.incompatible(pod, undefined=["zone"]) == []


def test_a_key_named_twice_is_narrowed() -> None:
    both = Requirements.of([requirement("zone", "In", "ab"), requirement("zone", "In", "bc")])
    assert str(both["zone"]) == "zone In [b]"
    assert Requirements.labels({"zone": "b"}) == both
