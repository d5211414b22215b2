"""The pause between starts that fail."""

from labkit.ecs.scheduler.throttling import pause


def test_the_pause_doubles_up_to_27_minutes():
    assert [pause(failures) for failures in (0, 1, 2, 3, 4)] == [0, 5, 10, 20, 40]
    assert [pause(failures) for failures in (9, 10, 1000)] == [1280, 1620, 1620]
