"""A widget's picture in a page: what it says, keys that change it, and how long that takes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

LIMIT = 100.0
"""Milliseconds from key to changed picture; asserted where LABKIT_TIMED is set."""
WATCH = """() => {
  window.moves = []
  let pressed = 0
  const drawn = node => node.nodeName === 'svg' || (node.querySelector && node.querySelector('svg'))
  document.addEventListener('keydown', () => { pressed = performance.now() }, true)
  new MutationObserver(changes => {
    if (pressed && changes.some(change => [...change.addedNodes].some(drawn))) {
      window.moves.push(performance.now() - pressed)
      pressed = 0
    }
  }).observe(document.body, {subtree: true, childList: true})
}"""
CHANGED = "([selector, before]) => document.querySelector(selector).outerHTML !== before"


class Picture(NamedTuple):
    """The first element of a page that a selector means."""

    page: Any
    selector: str

    def shown(self) -> Picture:
        """The same, once it is there."""
        self.page.locator(self.selector).first.wait_for(timeout=60_000)
        return self

    def says(self) -> str:
        """What it says to a screen reader."""
        words: str = self.page.locator(self.selector).first.get_attribute("aria-label")
        return words

    def written(self) -> str:
        """All that is written in it."""
        text: str = self.page.locator(self.selector).first.text_content()
        return text

    def focus(self, place: str, number: int = 0) -> None:
        """Give the keyboard to a control, one of several by its number."""
        self.page.locator(place).nth(number).focus()

    def press(self, *keys: str) -> str:
        """Press keys, each when the one before has made another picture; what it says then."""
        for key in keys:
            before = self.page.locator(self.selector).first.evaluate("picture => picture.outerHTML")
            self.page.keyboard.press(key)
            self.page.wait_for_function(CHANGED, arg=[self.selector, before], timeout=10_000)
        return self.says()

    def watch(self) -> None:
        """Take the time of every key from now on."""
        self.page.evaluate(WATCH)

    def moves(self, record: Callable[[str, object], None], what: str, least: int, share: float = 0.5) -> None:
        """Say how long at least so many keys took; hold that share of them to the limit where that is asked for."""
        self.page.wait_for_function(f"window.moves.length >= {least}", timeout=10_000)
        taken = sorted(self.page.evaluate("window.moves"))
        middle, high = (percentile(taken, part) for part in (0.5, 0.95))
        record("measured", f"key to {what}, {len(taken)} moves: p50 {middle:.0f} ms, p95 {high:.0f} ms")
        if os.environ.get("LABKIT_TIMED"):
            assert percentile(taken, share) < LIMIT


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which that share of sorted ones lies."""
    found = list(values)
    return found[int(len(found) * share)]
