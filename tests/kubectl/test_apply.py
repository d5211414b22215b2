"""`kubectl apply`, `create -f`, `replace` and `diff`."""

from __future__ import annotations

import pytest

from labkit.kinds import Key

ONE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: '1'}\n"
TWO = ONE + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "one.yaml").write_text(ONE)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/two.yaml").write_text(TWO.replace("'1'", "'2'"))
    (tmp_path / "bad.yaml").write_text(ONE.replace("one", "Bad_Name"))
    (tmp_path / "odd.yaml").write_text(ONE + "date: {}\n")
    return tmp_path


def test_apply_creates_leaves_and_configures(lab, folder):
    say = [lab.kubectl(f"apply -f {name}", cwd=folder).stdout for name in ("one.yaml", "one.yaml", "sub")]
    assert say == [
        "configmap/one created\n",
        "configmap/one unchanged\n",
        "configmap/one configured\nconfigmap/two created\n",
    ]


def test_apply_reads_standard_input(lab):
    assert lab.kubectl("apply -f -", stdin=ONE).stdout == "configmap/one created\n"


def test_a_folder_is_read_to_the_bottom_only_if_asked(lab, folder):
    (folder / "bad.yaml").unlink()
    (folder / "odd.yaml").unlink()
    assert lab.kubectl("apply -f .", cwd=folder).stdout == "configmap/one created\n"
    assert lab.kubectl("apply -R -f .", cwd=folder).stdout.splitlines()[-1] == "configmap/two created"


@pytest.mark.parametrize("strategy", ["client", "server"])
def test_a_dry_run_changes_nothing(lab, folder, strategy):
    mark = {"client": "(dry run)", "server": "(server dry run)"}[strategy]
    assert (
        lab.kubectl(f"apply -f one.yaml --dry-run={strategy}", cwd=folder).stdout == f"configmap/one created {mark}\n"
    )
    assert lab.cluster.get(Key("ConfigMap", "default", "one")) is None


def test_what_is_refused_keeps_the_others_not_back(lab, folder):
    done = lab.kubectl("apply -f bad.yaml -f one.yaml -f odd.yaml", cwd=folder)
    assert (done.stdout, done.exit_code) == ("configmap/one created\n", 1)
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
        "Error from server (Invalid)",
        "Error from server (BadRequest)",
    ]


def test_unknown_fields_are_refused_warned_of_or_dropped(lab, folder):
    refused = lab.kubectl("apply -f odd.yaml", cwd=folder)
    assert 'unknown field "date"' in refused.stderr and refused.exit_code == 1
    warned = lab.kubectl("apply -f odd.yaml --validate=warn", cwd=folder)
    assert (warned.stdout, warned.stderr) == ("configmap/one created\n", 'Warning: unknown field "date"\n')
    assert lab.kubectl("apply -f odd.yaml --validate=false", cwd=folder).stderr == ""


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("apply", "error: must specify one of -f and -k\n"),
        ("apply -k .", "error: labkit does not simulate kustomize: apply the manifests it would make\n"),
        ("apply one.yaml", "error: Unexpected args: [one.yaml]\nSee 'kubectl apply -h' for help and examples\n"),
        ("apply -f none.yaml -f one.yaml", 'error: the path "none.yaml" does not exist\n'),
        (
            "apply -f one.yaml --dry-run=maybe",
            'error: Invalid dry-run value (maybe). Must be "none", "server", or "client".\n',
        ),
    ],
)
def test_lines_that_make_no_sense_are_refused(lab, folder, command, error):
    done = lab.kubectl(command, cwd=folder)
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)


def test_the_namespace_of_the_object_must_be_the_one_asked_for(lab, folder):
    text = ONE.replace("one", "one, namespace: ops")
    refused = lab.kubectl("apply -n default -f -", stdin=text)
    assert 'the namespace from the provided object "ops" does not match the namespace "default"' in refused.stderr
    assert lab.kubectl("apply -f -", stdin=text).stdout == "configmap/one created\n"


def test_create_refuses_what_is_there_and_replace_what_is_not(lab, folder):
    error = 'error when replacing "one.yaml": configmaps "one" not found\n'
    assert lab.kubectl("replace -f one.yaml", cwd=folder).stderr == f"Error from server (NotFound): {error}"
    assert lab.kubectl("create -f one.yaml", cwd=folder).stdout == "configmap/one created\n"
    error = 'error when creating "one.yaml": configmaps "one" already exists\n'
    assert lab.kubectl("create -f one.yaml", cwd=folder).stderr == f"Error from server (AlreadyExists): {error}"
    assert lab.kubectl("replace -f one.yaml -o name", cwd=folder).stdout == "configmap/one\n"


def test_diff_shows_what_apply_would_change(lab, folder):
    lab.kubectl("apply -f one.yaml", cwd=folder)
    assert lab.kubectl("diff -f one.yaml", cwd=folder).exit_code == 0
    found = lab.kubectl("diff -f sub", cwd=folder)
    assert found.exit_code == 1
    assert '-  a: "1"\n+  a: "2"\n' in found.stdout
    assert "v1.ConfigMap.default.two" in found.stdout
    assert lab.cluster.get(Key("ConfigMap", "default", "two")) is None
