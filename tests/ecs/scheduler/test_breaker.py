"""After how many failures a deployment has failed."""

import pytest

from labkit.ecs.scheduler.breaker import threshold


@pytest.mark.parametrize(
    ("desired", "told", "expected"),
    [
        (1, None, 3),
        (6, None, 3),
        (7, None, 4),
        (25, None, 13),
        (400, None, 200),
        (800, None, 200),
        (100, {"type": "BOUNDED_PERCENT", "value": 10}, 10),
        (10, {"type": "BOUNDED_PERCENT", "value": 10}, 3),
        (800, {"type": "UNBOUNDED_PERCENT", "value": 50}, 400),
        (10, {"type": "UNBOUNDED_PERCENT", "value": 15}, 2),
        (100, {"type": "COUNT", "value": 7}, 7),
    ],
)
def test_half_of_the_tasks_but_three_at_least_and_two_hundred_at_most(desired, told, expected):
    assert threshold(desired, told) == expected
