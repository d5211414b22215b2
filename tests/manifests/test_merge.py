"""Patches and kubectl's apply."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.manifests import jsonpatch, merge, schema

POD = schema.name_of("Pod")
DEPLOYMENT = schema.name_of("Deployment")
values = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=3), values, max_size=4)


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"kind": "Pod", "spec": {"containers": list(containers), **spec}}


def test_a_merge_patch_deletes_with_null_and_replaces_lists() -> None:
    assert merge.merge_patch({"a": {"b": 1, "c": 2}, "l": [1]}, {"a": {"b": None}, "l": [2]}) == {
        "a": {"c": 2},
        "l": [2],
    }


def test_a_strategic_patch_merges_lists_by_their_key() -> None:
    old = pod({"name": "a", "image": "1", "env": [{"name": "X", "value": "1"}]}, {"name": "b", "image": "1"})
    patch = pod({"name": "a", "image": "2", "env": [{"name": "Y", "value": "2"}]}, {"name": "c", "image": "3"})
    images = {one["name"]: one["image"] for one in merge.strategic_patch(old, patch, POD)["spec"]["containers"]}
    assert images == {"a": "2", "b": "1", "c": "3"}
    env = merge.strategic_patch(old, patch, POD)["spec"]["containers"][0]["env"]
    assert [one["name"] for one in env] == ["X", "Y"]


def test_its_directives_delete_replace_retain_and_order() -> None:
    old = pod({"name": "a"}, {"name": "b"}, volumes=[{"name": "v", "emptyDir": {}}])
    gone = merge.strategic_patch(old, pod({"name": "a", "$patch": "delete"}), POD)
    assert [one["name"] for one in gone["spec"]["containers"]] == ["b"]
    only = merge.strategic_patch(old, pod({"name": "c"}, {"$patch": "replace"}), POD)
    assert [one["name"] for one in only["spec"]["containers"]] == ["c"]
    volume = {"name": "v", "hostPath": {"path": "/x"}, "$retainKeys": ["name", "hostPath"]}
    assert merge.strategic_patch(old, {"spec": {"volumes": [volume]}}, POD)["spec"]["volumes"] == [
        {"name": "v", "hostPath": {"path": "/x"}}
    ]
    turned = {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}
    assert [one["name"] for one in merge.strategic_patch(old, turned, POD)["spec"]["containers"]] == ["b", "a"]


def test_atomic_lists_are_replaced() -> None:
    old, patch = pod(tolerations=[{"key": "a"}]), {"spec": {"tolerations": [{"key": "b"}]}}
    assert merge.strategic_patch(old, patch, POD)["spec"]["tolerations"] == [{"key": "b"}]


def test_apply_keeps_what_others_set_and_removes_what_was_applied_before() -> None:
    last = pod({"name": "a", "image": "1", "command": ["x"]}, {"name": "gone"}, nodeName="n")
    live = pod(
        {"name": "a", "image": "1", "command": ["x"], "imagePullPolicy": "Always"},
        {"name": "gone"},
        {"name": "injected"},
        nodeName="n",
    )
    wanted = pod({"name": "a", "image": "2"})
    assert merge.three_way(last, live, wanted, POD) == pod(
        {"name": "a", "image": "2", "imagePullPolicy": "Always"}, {"name": "injected"}
    )


def test_changing_the_strategy_drops_the_other_strategys_settings() -> None:
    live = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    wanted = {"spec": {"strategy": {"type": "Recreate"}}}
    assert merge.three_way({}, live, wanted, DEPLOYMENT) == wanted
    same = {"spec": {"strategy": {"type": "RollingUpdate"}}}
    assert merge.three_way({}, live, same, DEPLOYMENT) == live


def test_what_was_applied_is_remembered_as_compact_json() -> None:
    obj = {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "<&>"}}
    noted = merge.with_last_applied(obj)
    text = noted["metadata"]["annotations"][merge.LAST_APPLIED]
    assert (
        text == '{"data":{"x":"\\u003c\\u0026\\u003e"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"a"}}\n'
    )
    assert merge.last_applied(noted) == {**obj, "metadata": {"name": "a", "annotations": {}}}
    assert merge.with_last_applied(noted) == noted


@given(objects, objects)
def test_applying_the_same_twice_changes_nothing(live: dict[str, Any], wanted: dict[str, Any]) -> None:
    once = merge.three_way({}, live, wanted, None)
    assert merge.three_way(wanted, once, wanted, None) == once


@given(objects, objects)
def test_merging_changes_neither_side(old: dict[str, Any], patch: dict[str, Any]) -> None:
    before = json.dumps([old, patch])
    merge.merge_patch(old, patch)
    merge.strategic_patch(old, patch, None)
    assert json.dumps([old, patch]) == before


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ({"op": "add", "path": "/l/-", "value": 3}, {"l": [1, 2, 3], "a/b": {"c": 1}}),
        ({"op": "add", "path": "/l/0", "value": 0}, {"l": [0, 1, 2], "a/b": {"c": 1}}),
        ({"op": "remove", "path": "/l/0"}, {"l": [2], "a/b": {"c": 1}}),
        ({"op": "replace", "path": "/a~1b/c", "value": 2}, {"l": [1, 2], "a/b": {"c": 2}}),
        ({"op": "move", "from": "/a~1b/c", "path": "/d"}, {"l": [1, 2], "a/b": {}, "d": 1}),
        ({"op": "copy", "from": "/l/1", "path": "/d"}, {"l": [1, 2], "a/b": {"c": 1}, "d": 2}),
        ({"op": "test", "path": "/l/1", "value": 2}, {"l": [1, 2], "a/b": {"c": 1}}),
    ],
)
def test_a_json_patch_does_what_it_says(operation: dict[str, Any], result: dict[str, Any]) -> None:
    assert jsonpatch.apply({"l": [1, 2], "a/b": {"c": 1}}, [operation]) == result


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/x/y", "value": 1}, {"op": "remove", "path": "/x"}, {"op": "jump", "path": "/l"},
        {"op": "test", "path": "/l/0", "value": 9}, {"op": "add", "path": "/l/7", "value": 1},
    ],
)  # fmt: skip
def test_a_json_patch_that_fits_nothing_is_refused(operation: dict[str, Any]) -> None:
    with pytest.raises(jsonpatch.PatchError):
        jsonpatch.apply({"l": [1]}, [operation])
