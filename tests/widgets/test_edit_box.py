"""The editor of `%kubectl edit`."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.errors import LabError
from labkit.widgets import edit_box


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    made.kubectl("create deployment web --image=shop/web:1 --replicas=2")
    return made


def test_saving_writes_and_closes(lab: Lab) -> None:
    box = edit_box(lab, "edit deploy/web")
    box.text.value = box.text.value.replace("replicas: 2", "replicas: 3")
    box.buttons[0].click()
    assert "deployment.apps/web edited" in box.note.value
    assert box.text.disabled and box.buttons[0].disabled
    assert lab.get("deploy", "web")["spec"]["replicas"] == 3


def test_a_refusal_stays_open_with_its_reason_on_top(lab: Lab) -> None:
    box = edit_box(lab, "edit deploy/web")
    box.text.value = box.text.value.replace("replicas: 2", "replicas: -2")
    box.buttons[0].click()
    assert '# deployments.apps "web" was not valid:' in box.text.value
    assert not box.text.disabled
    assert lab.get("deploy", "web")["spec"]["replicas"] == 2


def test_cancelling_changes_nothing(lab: Lab) -> None:
    before = len(lab.history)
    box = edit_box(lab, "edit deploy/web")
    box.text.value = ""
    box.buttons[1].click()
    box.buttons[0].click()
    assert "Edit cancelled, no changes made." in box.note.value
    assert len(lab.history) == before


def test_it_says_what_it_edits(lab: Lab) -> None:
    box = edit_box(lab, "edit deploy/web")
    assert repr(box) == "<editbox>"
    assert "deployment/web" in box.note.value
    assert all(one.tooltip for one in box.buttons)


def test_nothing_opens_for_what_is_not_there(lab: Lab) -> None:
    with pytest.raises(LabError, match="not found"):
        edit_box(lab, "edit deploy/nothing")
