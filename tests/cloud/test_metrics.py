"""CloudWatch's metrics."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.metrics import Metrics, metric, metrics_of, wait
from labkit.cluster import Cluster

CPU = metric("AWS/ECS", "CPUUtilization", ClusterName="default", ServiceName="web")


def test_the_order_of_dimensions_does_not_matter() -> None:
    assert metric("AWS/ECS", "CPUUtilization", ServiceName="web", ClusterName="default") == CPU


def test_values_of_a_minute_make_one_point() -> None:
    held = Metrics()
    for time, value in ((60, 10), (75, 30), (119, 20), (120, 70)):
        held.add(CPU, time, value)
    first, second = held.points(CPU, 0, 600)
    wanted = ("Average", "Sum", "SampleCount", "Minimum", "Maximum")
    assert [first.statistic(name) for name in wanted] == [20, 60, 3, 10, 30]
    assert (second.time, second.sum) == (120, 70)


@given(st.lists(st.tuples(st.integers(0, 3599), st.floats(-1e6, 1e6)), max_size=40))
def test_no_value_is_lost_in_longer_periods(values: list[tuple[int, float]]) -> None:
    held = Metrics()
    for time, value in values:
        held.add(CPU, time, value)
    points = held.points(CPU, 0, 3600, 300)
    assert sum(point.samples for point in points) == len(values)
    assert [point.time for point in points] == sorted({time // 300 * 300 for time, _ in values})


def test_a_fork_goes_on_by_itself_and_the_past_knows_less() -> None:
    held = Metrics()
    held.add(CPU, 0, 1)
    held.add(CPU, 60, 2)
    twin = held.fork()
    twin.add(CPU, 120, 3)
    assert (len(held.points(CPU, 0, 600)), len(twin.points(CPU, 0, 600))) == (2, 3)
    assert [point.sum for point in twin.until(119).points(CPU, 0, 600)] == [1]


def test_a_minute_is_had_once() -> None:
    world = Cluster()
    world.clock.advance(90)
    assert wait(world, "a") == 30
    world.clock.advance(120)
    assert [wait(world, "a"), wait(world, "a"), wait(world, "b")] == [0, 60, 0]
    assert metrics_of(world).fork().done == {"a": 120, "b": 120}
