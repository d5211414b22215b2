"""`kubectl label` and `kubectl annotate`."""

from __future__ import annotations

import pytest

from labkit.kinds import Key

WEB = Key("Pod", "default", "web-1")


def labels(lab):
    return lab.cluster.require(WEB)["metadata"].get("labels")


def test_labels_are_added_changed_and_removed(lab):
    say = [
        lab.kubectl(f"label pod web-1 {words}").stdout
        for words in ("team=a", "team=a", "team=b --overwrite", "team-", "team-")
    ]
    assert say == [
        "pod/web-1 labeled\n",
        "pod/web-1 not labeled\n",
        "pod/web-1 labeled\n",
        "pod/web-1 unlabeled\n",
        'label "team" not found.\npod/web-1 not labeled\n',
    ]
    assert labels(lab) == {"app": "web"}


def test_every_object_that_matches_is_labeled(lab):
    assert lab.kubectl("label pods -l app=web checked=yes").stdout == "pod/web-1 labeled\npod/web-2 labeled\n"
    assert lab.kubectl("label nodes --all checked=yes").stdout == "node/node-1 labeled\nnode/node-2 labeled\n"


def test_labels_are_listed(lab):
    assert lab.kubectl("label pod web-2 --list").stdout == "app=web\ntier=front\n"
    assert lab.kubectl("label pods --list -l app=hungry").stdout == "app=hungry\n"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("label pod web-1 app=x", "error: 'app' already has a value (web), and --overwrite is false\n"),
        ("label pod web-1", "error: at least one label update is required\n"),
        ("label a=b", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>\n"),
        ("label pods --all a=b -l c=d", "error: cannot set --all and --selector at the same time\n"),
        ("label pod web-1 a=b web-2", "error: all resources must be specified before label changes: web-2\n"),
        ("label pod web-1 a=b a-", "error: can not both modify and remove a label in the same command\n"),
        ("label pod web-1 a=b=c", "error: invalid label spec: a=b=c\n"),
        ("label pod nothing a=b", 'Error from server (NotFound): pods "nothing" not found\n'),
        ("annotate pod web-1", "error: at least one annotation update is required\n"),
        ("annotate pod web-1 =x", "error: invalid annotation format: '=x'\n"),
    ],
)
def test_lines_that_make_no_sense_are_refused(lab, command, error):
    done = lab.kubectl(command)
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)
    assert labels(lab) == {"app": "web"}


def test_a_value_that_is_no_label_is_refused(lab):
    assert lab.kubectl("label pod web-1 'a=b c'").stderr.startswith(
        'error: invalid label value: "a=b c": a valid label'
    )


def test_annotations_are_added_and_removed(lab):
    assert lab.kubectl("annotate pod web-1 note='for the class'").stdout == "pod/web-1 annotated\n"
    assert lab.cluster.require(WEB)["metadata"]["annotations"] == {"note": "for the class"}
    refused = lab.kubectl("annotate pod web-1 note=x").stderr
    found = "--overwrite is false but found the following declared annotation(s)"
    assert refused == f"error: {found}: 'note' already has a value (for the class)\n"
    assert lab.kubectl("annotate pod web-1 note-").stdout == "pod/web-1 annotated\n"
    assert not lab.cluster.require(WEB)["metadata"].get("annotations")


def test_a_change_cause_can_always_be_rewritten(lab):
    for cause in ("one", "two"):
        assert lab.kubectl(f"annotate pod web-1 kubernetes.io/change-cause={cause}").exit_code == 0


def test_a_dry_run_labels_nothing(lab):
    assert lab.kubectl("label pod web-1 a=b --dry-run=client").stdout == "pod/web-1 labeled (dry run)\n"
    assert labels(lab) == {"app": "web"}
