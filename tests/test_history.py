"""History: entries in order, undone one by one, and differences in words."""

import pytest

from labkit.history import BLOCK, OPEN, Block, Entry, History, diff
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


def long_history(length: int) -> tuple[History, list[Entry]]:
    """A history with sealed blocks, and its entries."""
    entries = []
    for number in range(length):
        key, obj = Key("Pod", "default", f"p{number % 7}"), {"metadata": {"name": f"p{number % 7}"}, "number": number}
        old = entries[-7].new if number >= 7 else None
        entries.append(Entry(number / 3, "update" if old else "create", key, old, obj))
    history = History()
    for entry in entries:
        history.append(entry)
    return history, entries


def test_a_long_history_reads_like_a_short_one() -> None:
    history, entries = long_history(OPEN + 3 * BLOCK + 5)
    assert len(history) == len(entries)
    assert list(history) == entries == list(History(entries))
    assert list(reversed(history)) == entries[::-1]
    for index in (0, BLOCK - 1, BLOCK, 3 * BLOCK, len(entries) - 1, -1, -len(entries)):
        assert history[index] == entries[index]
    for part in (
        slice(5),
        slice(BLOCK - 2, BLOCK + 2),
        slice(4 * BLOCK, None),
        slice(-3, None),
        slice(None, None, 999),
    ):
        assert history[part] == entries[part]
    with pytest.raises(IndexError):
        history[len(entries)]
    for index in (0, BLOCK + 1, len(entries) - 2):
        assert list(history.backwards(index)) == entries[index:][::-1]


def test_moments_are_found_in_sealed_entries_too() -> None:
    history, entries = long_history(OPEN + 2 * BLOCK)
    for time in (-1.0, 0.0, 0.4, (BLOCK - 1) / 3, BLOCK / 3, 700.0, entries[-1].time, 1e9):
        assert history.index_at(time) == sum(entry.time <= time for entry in entries)


def test_sealed_entries_can_be_undone_and_forked() -> None:
    history, entries = long_history(OPEN + 2 * BLOCK)
    now = {entry.key: entry.new for entry in entries[-7:]}
    past = history.fork().undo(now, 700)
    assert past == {entry.key: entry.new for entry in entries[693:700]}
    twin = history.fork()
    twin.append(entries[0])
    assert (len(history), len(twin)) == (len(entries), len(entries) + 1)


def test_sealed_entries_take_little_room() -> None:
    _, entries = long_history(OPEN + BLOCK)
    assert len(Block.of(entries[:BLOCK]).packed) < 30 * BLOCK
