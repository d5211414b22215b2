"""Options that the command line has beside those of the API: `ec2 run-instances --count 2`.

Source: aws-cli v2, awscli/customizations/ec2/runinstances.py.
"""

from __future__ import annotations

from collections.abc import Sequence

_COUNTS = ("--min-count", "--max-count")


def expanded(service: str, operation: str, words: Sequence[str]) -> list[str]:
    """The words with each such option in the API's own options; run-instances runs one if it isn't told how many."""
    if (service, operation) != ("ec2", "run-instances"):
        return list(words)
    split = [part for word in words for part in (word.split("=", 1) if word.startswith("--count=") else [word])]
    if "--count" in split[:-1]:
        place = split.index("--count")
        return [*split[:place], *_bounds(split[place + 1]), *split[place + 2 :]]
    told = any(word.partition("=")[0] in _COUNTS for word in split)
    return split if told or "--cli-input-json" in split or split == ["help"] else [*split, *_bounds("1")]


def _bounds(count: str) -> list[str]:
    least, _, most = count.partition(":")
    return [_COUNTS[0], least, _COUNTS[1], most or least]
