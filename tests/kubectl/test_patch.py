"""`kubectl patch`."""

from __future__ import annotations

import pytest

from labkit.kinds import Key

SETTINGS = Key("ConfigMap", "default", "settings")


@pytest.mark.parametrize(
    ("flags", "data"),
    [
        ("""-p '{"data":{"LEVEL":"debug"}}'""", {"LEVEL": "debug", "text": "a\nb\n"}),
        ("-p 'data: {LEVEL: debug, text: null}'", {"LEVEL": "debug"}),
        ("""--type=merge -p '{"data":{"text":null}}'""", {"LEVEL": "info"}),
        ("""--type json -p '[{"op":"remove","path":"/data/text"}]'""", {"LEVEL": "info"}),
    ],
)
def test_some_fields_change(lab, flags, data):
    assert lab.kubectl(f"patch cm settings {flags}").stdout == "configmap/settings patched\n"
    assert lab.cluster.require(SETTINGS)["data"] == data


def test_a_patch_that_changes_nothing_says_so(lab):
    text = lab.kubectl("""patch cm settings -p '{"data":{"LEVEL":"info"}}'""").stdout
    assert text == "configmap/settings patched (no change)\n"


def test_an_unknown_field_is_warned_of(lab):
    assert lab.kubectl("""patch cm settings -p '{"date":{}}'""").stderr == 'Warning: unknown field "date"\n'


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        ("", "error: must specify --patch or --patch-file containing the contents of the patch\n"),
        ("-p '{}' --patch-file x", "error: cannot specify --patch and --patch-file together\n"),
        ("-p '{}' --type=odd", 'error: --type must be one of [json merge strategic], not "odd"\n'),
        ("--patch-file x", "error: unable to read patch file: open x: no such file or directory\n"),
    ],
)
def test_lines_that_make_no_sense_are_refused(lab, flags, error):
    done = lab.kubectl(f"patch cm settings {flags}")
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)


def test_a_patch_can_stand_in_a_file(lab, tmp_path):
    (tmp_path / "p.yaml").write_text("data: {LEVEL: warn}\n")
    lab.kubectl("patch cm settings --patch-file p.yaml", cwd=tmp_path)
    assert lab.cluster.require(SETTINGS)["data"]["LEVEL"] == "warn"
