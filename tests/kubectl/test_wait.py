"""kubectl wait lets virtual time pass."""

from __future__ import annotations

import pytest

from labkit.kinds import Key

HUNGRY = Key("Pod", "default", "hungry")


def test_what_holds_already_takes_no_time(lab):
    assert lab.kubectl("wait --for=condition=ready pod -l app=web") == (
        "pod/web-1 condition met\npod/web-2 condition met\n"
    )
    assert lab.cluster.clock.now == 90


def test_time_passes_until_it_holds(lab):
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    lab.soon.append((95, lambda: lab.cluster.set_status(HUNGRY, status)))
    assert lab.kubectl("wait --for=condition=Ready pod/hungry") == "pod/hungry condition met\n"
    assert lab.cluster.clock.now == 95


def test_time_runs_out(lab):
    output = lab.kubectl("wait --for=condition=Ready pod/hungry --timeout=2s")
    assert output.stderr == "error: timed out waiting for the condition on pods/hungry\n"
    assert (output.exit_code, lab.cluster.clock.now) == (1, 92)


def test_a_path_can_be_waited_for(lab):
    assert lab.kubectl("wait --for=jsonpath='{.status.phase}'=Pending pod/hungry").exit_code == 0
    assert lab.kubectl("wait --for=jsonpath='{.spec.nodeName}' pod/hungry --timeout=0").exit_code == 1


def test_deletion_can_be_waited_for(lab):
    lab.soon.append((93, lambda: lab.cluster.remove(HUNGRY)))
    assert lab.kubectl("wait --for=delete pod/hungry") == "pod/hungry condition met\n"
    assert lab.kubectl("wait --for=delete pod/nothing") == ""


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        ("--for=condition=Ready pod/nothing", 'Error from server (NotFound): pods "nothing" not found\n'),
        ("--for=condition=Ready pod -l app=none", "error: no matching resources found\n"),
        ("--for=ready pod/hungry", 'error: unrecognized condition: "ready"\n'),
        ("--for=delete", None),
    ],
)
def test_what_cannot_be_waited_for_is_refused(lab, flags, text):
    output = lab.kubectl(f"wait {flags}")
    assert output.exit_code == 1
    assert text is None or output.stderr == text
