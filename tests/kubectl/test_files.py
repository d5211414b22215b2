"""What -f names."""

from __future__ import annotations

import pytest

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\n"


def test_files_folders_and_standard_input_name_objects(lab, tmp_path):
    (tmp_path / "a.yaml").write_text(POD.replace("NAME", "web-1"))
    (tmp_path / "more").mkdir()
    (tmp_path / "more/b.yml").write_text(POD.replace("NAME", "web-2") + "---\n" + POD.replace("NAME", "hungry"))
    assert lab.kubectl("get -f a.yaml -f more -o name", cwd=tmp_path).split() == [
        "pod/web-1",
        "pod/web-2",
        "pod/hungry",
    ]
    assert lab.kubectl("get -f - -o name", stdin=POD.replace("NAME", "web-2")) == "pod/web-2\n"


def test_a_missing_file_is_named_as_it_was_written(lab, tmp_path):
    output = lab.kubectl("get -f nothing.yaml", cwd=tmp_path)
    assert output.stderr == 'error: the path "nothing.yaml" does not exist\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: Pod\n", 'error: unable to decode "bad.yaml": Object \'apiVersion\' is missing in \'{"kind":"Pod"}\'\n'),
        ("apiVersion: v1\nkind: Pod\n", "error: resource name may not be empty\n"),
        (
            "apiVersion: v1\nkind: Widget\nmetadata: {name: x}\n",
            'error: resource mapping not found for name: "x" namespace: "" from "bad.yaml": no matches for kind '
            + '"Widget" in version "v1"\nensure CRDs are installed first\n',
        ),
    ],
)
def test_what_is_no_object_of_the_server_is_refused(lab, tmp_path, text, message):
    (tmp_path / "bad.yaml").write_text(text)
    assert lab.kubectl("get -f bad.yaml", cwd=tmp_path).stderr == message


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2\n"])
def test_a_broken_file_is_an_error(lab, tmp_path, text):
    (tmp_path / "bad.yaml").write_text(text)
    assert lab.kubectl("get -f bad.yaml", cwd=tmp_path).exit_code == 1
