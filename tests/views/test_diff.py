"""Differences as a table."""

from __future__ import annotations

from labkit.history import diff
from labkit.kinds import Key
from labkit.views.diff import table

OLD, NEW, BOTH = Key("Pod", "default", "old"), Key("Pod", "default", "new"), Key("Node", "", "node-1")


def test_it_tells_what_is_gone_what_is_new_and_which_fields_changed() -> None:
    before = {OLD: {}, BOTH: {"spec": {"unschedulable": None, "note": "x" * 100}}}
    after = {NEW: {}, BOTH: {"spec": {"unschedulable": True, "note": ""}}}
    rows = table(diff(before, after)).rows
    assert rows[0] == ("Pod default/old", "", "there", "gone")
    assert rows[1] == ("Pod default/new", "", "not there", "there")
    assert rows[2] == ("Node node-1", "spec.unschedulable", "not set", "True")
    assert rows[3][2] == "x" * 59 + "…"


def test_a_table_shows_itself_in_a_notebook_and_has_a_short_repr() -> None:
    found = table([])
    assert found._repr_html_().startswith("<table")
    assert repr(found) == "<table: What changed, 0 rows>"
