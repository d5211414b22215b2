"""Python's garbage collector, kept from walking the whole world again and again.

A world is many dicts and few cycles: the collector finds next to nothing in it, and takes a third of a run to say so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (200_000, 50, 100)
"""How many new objects set off a collection of each generation, instead of Python's 700, 10, 10."""


@contextmanager
def paused() -> Iterator[None]:
    """No collection inside: for a burst of new objects that are all kept."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def seldom() -> Iterator[None]:
    """Few collections inside: for long work that makes little garbage in cycles."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
