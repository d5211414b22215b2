"""Manifests are read from anywhere, and what can't be read is told in kubectl's words."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import ManifestError
from labkit.manifests import read
from labkit.manifests.scalars import plain

LAB = Path(__file__).parents[1] / "conformance" / "kubectl" / "manifests" / "lab"
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}


def why(source: object, base: Path | None = None) -> str:
    with pytest.raises(ManifestError) as caught:
        read(source, base)
    return caught.value.message


def test_text_dicts_paths_and_lists_of_them_are_read() -> None:
    sources = [POD, "kind: Pod\nmetadata: {name: a}\n", '{"kind": "Pod"}', [LAB / "web.yaml", "db.yaml"]]
    assert [document.obj["kind"] for document in read(sources, LAB)] == [
        "Pod",
        "Pod",
        "Pod",
        "Deployment",
        "StatefulSet",
    ]


def test_a_folder_gives_its_manifests_by_name(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", "c.txt"):
        (tmp_path / name).write_text(f"kind: {name[0].upper()}\n")
    assert [document.obj["kind"] for document in read(tmp_path)] == ["A", "B"]
    (tmp_path / "empty").mkdir()
    assert "recognized file extensions are [.json .yaml .yml]" in why(tmp_path / "empty")


def test_a_list_is_opened_and_empty_documents_are_skipped() -> None:
    text = "---\n# nothing\n---\nkind: List\nitems:\n- kind: A\n- kind: List\n  items: [{kind: B}]\n---\n"
    assert [document.obj for document in read(text)] == [{"kind": "A"}, {"kind": "B"}]


def test_a_document_knows_where_it_came_from() -> None:
    last = read("mixed.yaml", LAB)[-1]
    assert (last.source, last.index, last.line) == ("mixed.yaml", 2, 10)
    assert last.origin == "mixed.yaml, document 3, line 10"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("broken.yaml", "yaml: line 4: did not find expected key"),
        ("tab.yaml", "yaml: line 4: found character that cannot start any token"),
    ],
)
def test_broken_yaml_is_reported_with_kubectls_words(name: str, message: str) -> None:
    assert why(name, LAB) == f"error parsing {name}: error converting YAML to JSON: {message}"


def test_other_broken_texts_too() -> None:
    assert why("nothing.yaml", LAB) == 'the path "nothing.yaml" does not exist'
    assert why("a: 1\na: 2\n").endswith('yaml: unmarshal errors:\n  line 2: key "a" already set in map')
    assert why('{"a": 1,}').endswith("invalid character '}' looking for beginning of object key string")
    assert why('{"a": [1 2]}').endswith("invalid character '2' after array element")
    assert why('{"a": 1').endswith("unexpected end of JSON input")
    assert why("- a\n- b\n").endswith("cannot unmarshal array into Go value of type map[string]interface {}")
    assert why(5) == "can't read manifests from a int"
    assert why("kind: [1]\n").endswith("cannot unmarshal array into Go struct field .kind of type string")
    assert why({"kind": "List", "items": [5]}).endswith("of type map[string]interface {}")


def test_ten_megabytes_of_aliases_are_refused_at_once() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 30)
    )
    assert why(bomb).endswith("document contains excessive aliasing")
    assert "Request entity too large" in why("a: &a [x]\nb: [" + "*a, " * 2_600_000 + "]")
    assert "exceeded max depth" in why("[\n" * 5000)


def test_anchors_and_merges_work() -> None:
    text = "base: &base {a: 1, b: 2}\none:\n  <<: *base\n  b: 3\ntwo: *base\n"
    assert read(text)[0].obj == {"base": {"a": 1, "b": 2}, "one": {"a": 1, "b": 3}, "two": {"a": 1, "b": 2}}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("yes", True), ("off", False), ("on", True), ("n", False), ("~", None), ("0777", 511), ("0x1f", 31),
        ("0b11", 3), ("1e3", 1000), ("1.5", 1.5), ("1_000", 1000), ("2020-01-01", "2020-01-01"), ("1:30", "1:30"),
        ("1.2.3", "1.2.3"), ("08", 8), ("-", "-"), (".5", 0.5), ("web", "web"),
    ],
)  # fmt: skip
def test_plain_words_mean_what_they_mean_to_kubectl(word: str, value: object) -> None:
    assert plain(word) == value
    assert type(plain(word)) is type(value)


def test_quoted_words_and_keys_are_text() -> None:
    assert read('a: "yes"\nb: !!str 5\non: 1\n5: x\n')[0].obj == {"a": "yes", "b": "5", "true": 1, "5": "x"}


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ManifestError):
        assert all(isinstance(document.obj, dict) for document in read(text + "\n"))
