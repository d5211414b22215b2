from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.network.slicing import layout, reuse


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, list[int]], list[int]]:
    sizes = draw(st.lists(st.integers(1, 10), max_size=6))
    numbers = iter(range(1000))
    existing = {f"s{index}": [next(numbers) for _ in range(size)] for index, size in enumerate(sizes)}
    old = [one for items in existing.values() for one in items]
    kept = draw(st.lists(st.sampled_from(old), unique=True)) if old else []
    return existing, kept + [next(numbers) for _ in range(draw(st.integers(0, 30)))]


@given(situations())
def test_every_endpoint_is_in_exactly_one_slice_of_at_most_the_limit(
    situation: tuple[dict[str, list[int]], list[int]],
) -> None:
    existing, wanted = situation
    made = layout(existing, wanted, limit=10)
    final = {**existing, **made.updated}
    for name in made.deleted:
        del final[name]
    slices = [*final.values(), *made.created]
    assert sorted(one for items in slices for one in items) == sorted(wanted)
    assert all(0 < len(items) <= 10 for items in slices)


def test_an_endpoint_that_changed_makes_its_slice_be_written() -> None:
    assert layout({"a": [1, 2]}, [1, 2], changed=frozenset([2])).updated == {"a": [1, 2]}
    assert layout({"a": [1, 2]}, [1, 2]).updated == {}


def test_a_slice_that_would_go_is_used_for_one_that_would_come() -> None:
    assert reuse([[1], [2]], ["a"]) == ({"a": [1]}, [[2]], [])
