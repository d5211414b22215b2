"""What becomes of events that are alike."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.kinds import Key
from labkit.lifecycle import COMBINED, SIMILAR_SECONDS, heard_after

NODE = Key("Node", "", "n1")


def recorded(messages: list[str]) -> list[tuple[str, int]]:
    cluster = Cluster()
    for message in messages:
        cluster.record(NODE, "Normal", "Told", message, "somebody")
    return [(event["message"], event["count"]) for event in cluster.list("Event")]


def test_an_event_that_comes_again_is_counted() -> None:
    assert recorded(["a", "b", "a"]) == [("a", 2), ("b", 1)]


def test_from_the_tenth_different_message_on_similar_events_are_combined() -> None:
    found = recorded([str(number) for number in range(12)])
    assert found == [(str(number), 1) for number in range(9)] + [(f"{COMBINED}11", 3)]


def test_a_message_heard_before_the_flood_is_still_counted_apart() -> None:
    assert ("3", 2) in recorded([*map(str, range(12)), "3"])


def test_a_flood_ends_after_ten_minutes_of_silence() -> None:
    heard = None
    for number in range(10):
        heard = heard_after(heard, str(number), 0.0)
    assert heard is not None
    assert heard.is_flood
    assert not heard_after(heard, "x", SIMILAR_SECONDS + 1.0).is_flood
