"""History: entries in order, undone one by one, and differences in words."""

from labkit.history import Entry, History, diff
from labkit.kinds import Key

WEB, DB = Key("Pod", "default", "web"), Key("Pod", "default", "db")


def history() -> tuple[History, dict]:
    first, second = {"spec": {"n": 1}}, {"spec": {"n": 2}}
    entries = [
        Entry(0, "create", WEB, None, first),
        Entry(1, "create", DB, None, first),
        Entry(1, "update", WEB, first, second),
        Entry(5, "delete", DB, first, None),
    ]
    return History(entries), {WEB: second}


def test_undo_gives_the_objects_of_any_moment():
    past, now = history()
    assert past.undo(now, 4) == now
    assert set(past.undo(now, 3)) == {WEB, DB}
    assert past.undo(now, 1)[WEB]["spec"]["n"] == 1
    assert past.undo(now, 0) == {}


def test_a_moment_includes_all_that_was_written_in_it():
    past, _ = history()
    assert [past.index_at(time) for time in (-1, 0, 1, 4.9, 5)] == [0, 1, 3, 3, 4]


def test_a_fork_grows_by_itself():
    past, _ = history()
    twin = past.fork()
    twin.append(Entry(9, "create", DB, None, {}))
    assert (len(past), len(twin)) == (4, 5)


def test_the_entries_of_one_object():
    past, _ = history()
    assert [entry.verb for entry in past.of(WEB)] == ["create", "update"]


def test_diff_names_objects_and_fields_and_leaves_versions_out():
    old = {WEB: {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 1}}, DB: {}}
    new = {WEB: {"metadata": {"resourceVersion": "2"}, "spec": {"replicas": 3}}, Key("Node", "", "n"): {}}
    assert [str(change) for change in diff(old, new)] == [
        "- Pod default/db",
        "+ Node n",
        "~ Pod default/web: spec.replicas: 1 -> 3",
    ]
