"""`kubectl edit`: drafts, what saving makes of them, and what is said without an editor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab
from labkit.errors import LabError
from labkit.kubectl.edit import HEADER, difference, is_edit, opened, saved
from labkit.lifecycle import merged


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    made.kubectl("create deployment web --image=shop/web:1 --replicas=2")
    return made


def test_a_draft_is_the_object_under_a_note(lab: Lab) -> None:
    draft = opened(lab, "edit deploy/web")
    assert draft.text.startswith(HEADER + "apiVersion: apps/v1\nkind: Deployment\n")
    assert draft.text == opened(lab, "kubectl edit deployment web").text


def test_a_saved_change_is_written(lab: Lab) -> None:
    draft = opened(lab, "edit deploy/web")
    outcome = saved(lab, draft, draft.text.replace("replicas: 2", "replicas: 3"))
    assert outcome == ("deployment.apps/web edited", None)
    assert lab.get("deploy", "web")["spec"]["replicas"] == 3


def test_what_others_changed_meanwhile_stays(lab: Lab) -> None:
    draft = opened(lab, "edit deploy/web")
    lab.kubectl("label deploy web tier=front")
    saved(lab, draft, draft.text.replace("replicas: 2", "replicas: 3"))
    found = lab.get("deploy", "web")
    assert (found["spec"]["replicas"], found["metadata"]["labels"]["tier"]) == (3, "front")


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Edit cancelled, saved file was empty."), ("# only\n", "Edit cancelled, saved file was empty.")],
)
def test_an_empty_text_ends_the_edit(lab: Lab, text: str, said: str) -> None:
    assert saved(lab, opened(lab, "edit deploy/web"), text) == (said, None)


def test_no_change_is_said(lab: Lab) -> None:
    draft = opened(lab, "edit deploy/web")
    assert saved(lab, draft, draft.text) == ("Edit cancelled, no changes made.", None)


def test_a_refusal_heads_the_text_and_writes_nothing(lab: Lab) -> None:
    draft, before = opened(lab, "edit deploy/web"), len(lab.history)
    outcome = saved(lab, draft, draft.text.replace("replicas: 2", "replicas: -2"))
    assert outcome.said == 'error: deployments.apps "web" is invalid'
    assert outcome.again is not None
    refusal = '# deployments.apps "web" was not valid:\n# * spec.replicas: Invalid value: -2: '
    assert outcome.again.text.startswith(HEADER + refusal)
    assert "\n  replicas: -2\n" in outcome.again.text
    assert len(lab.history) == before
    mended = saved(lab, outcome.again, outcome.again.text.replace("replicas: -2", "replicas: 4"))
    assert mended.again is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("spec:\n", "spec: [\n", "The edited file had a syntax error"),
        ("  name: web\n", "  name: shop\n", "At least one of apiVersion, kind and name was changed"),
        ("  replicas: 2", "  replica: 2", 'deployments.apps "web" was not valid:\n# * patch: Invalid value: '),
    ],
)
def test_other_mistakes_come_back_too(lab: Lab, old: str, new: str, why: str) -> None:
    draft = opened(lab, "edit deploy/web")
    outcome = saved(lab, draft, draft.text.replace(old, new, 1))
    assert outcome.again is not None
    assert outcome.said.startswith("error: ")
    assert outcome.again.text.startswith(f"{HEADER}# {why}")


def test_an_object_that_is_gone_ends_the_edit(lab: Lab) -> None:
    draft = opened(lab, "edit deploy/web")
    lab.kubectl("delete deploy web")
    outcome = saved(lab, draft, draft.text.replace("replicas: 2", "replicas: 3"))
    assert outcome == ('error: deployments.apps "web" could not be found on the server', None)


def test_without_a_notebook_it_says_how(lab: Lab) -> None:
    output = lab.kubectl("edit deploy web")
    assert output.exit_code == 1
    assert (
        "error: labkit opens an editor in notebooks only\nIn a notebook cell: %kubectl edit deployment/web." in output
    )
    missing = lab.kubectl("edit deploy nothing")
    assert missing.stderr == 'Error from server (NotFound): deployments.apps "nothing" not found\n'


def test_only_edits_are_opened(lab: Lab) -> None:
    assert is_edit("edit deploy web")
    assert not is_edit("get pods")
    assert not is_edit("edit -h")
    with pytest.raises(LabError, match="not found"):
        opened(lab, "edit deploy nothing")


TREES = st.recursive(
    st.integers(0, 2) | st.lists(st.integers(0, 2), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


@given(OBJECTS, OBJECTS)
def test_a_difference_leads_from_one_object_to_the_other(before: dict[str, object], after: dict[str, object]) -> None:
    assert merged(before, difference(before, after)) == after
