"""kubectl events, and get events."""

from __future__ import annotations

import pytest

from labkit.kinds import Key


@pytest.fixture
def eventful(lab):
    hungry, web = Key("Pod", "default", "hungry"), Key("Pod", "default", "web-1")
    lab.cluster.record(hungry, "Warning", "FailedScheduling", "no room", "default-scheduler")
    lab.run(10)
    lab.cluster.record(web, "Normal", "Pulled", "image is there", "kubelet")
    lab.run(10)
    lab.cluster.record(hungry, "Warning", "FailedScheduling", "no room", "default-scheduler")
    return lab


def test_events_are_in_the_order_of_their_last_occurrence(eventful):
    assert eventful.kubectl("events") == (
        "LAST SEEN          TYPE      REASON             OBJECT       MESSAGE\n"
        "10s                Normal    Pulled             Pod/web-1    image is there\n"
        "0s (x2 over 20s)   Warning   FailedScheduling   Pod/hungry   no room\n"
    )


def test_events_can_be_chosen_by_object_and_type(eventful):
    assert eventful.kubectl("events --for pod/web-1 --no-headers").count("\n") == 1
    assert "Pulled" not in eventful.kubectl("events --types Warning")
    assert eventful.kubectl("events --types Bad").stderr == "error: valid --types are Normal or Warning\n"
    assert eventful.kubectl("events --for web").stderr == "error: --for must be in resource/name form\n"


def test_no_events_are_said_to_be_none(lab):
    assert lab.kubectl("events -n ops").stderr == "No events found in ops namespace.\n"
    assert lab.kubectl("events -A").stderr == "No events found.\n"


def test_get_events_shows_objects_in_lower_case(eventful):
    rows = eventful.kubectl("get events --field-selector involvedObject.name=web-1 --no-headers")
    assert rows.split() == ["10s", "Normal", "Pulled", "pod/web-1", "image", "is", "there"]
