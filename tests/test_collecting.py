"""The garbage collector: paused or seldom inside, as it was afterwards, whatever happens."""

import gc

import pytest

from labkit.collecting import SELDOM, paused, seldom


def test_no_collection_while_paused_and_collecting_as_before_afterwards():
    seen = []
    with pytest.raises(ZeroDivisionError), paused():
        seen.append(gc.isenabled() or 1 / 0)
    assert gc.isenabled()
    assert seen == []


def test_who_had_switched_it_off_finds_it_off():
    gc.disable()
    try:
        with paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_seldom_restores_the_thresholds():
    before = gc.get_threshold()
    with seldom():
        assert gc.get_threshold() == SELDOM
    assert gc.get_threshold() == before
