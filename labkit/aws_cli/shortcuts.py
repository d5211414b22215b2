"""Options that the command line has beside those of the API: `ec2 run-instances --count 2`, and one metric's value.

Source: aws-cli v2, awscli/customizations/ec2/runinstances.py, awscli/customizations/putmetricdata.py. Left out:
`--statistic-values` of put-metric-data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

_COUNTS = ("--min-count", "--max-count")
_NUMBERS = {"--value": "Value", "--storage-resolution": "StorageResolution"}
_TEXTS = {"--metric-name": "MetricName", "--unit": "Unit", "--timestamp": "Timestamp"}
_DIMENSIONS = "--dimensions"
_POINT = (*_NUMBERS, *_TEXTS, _DIMENSIONS)


def expanded(service: str, operation: str, words: Sequence[str]) -> list[str]:
    """The words with each such option in the API's own options; run-instances runs one if it isn't told how many."""
    if (service, operation) == ("ec2", "run-instances"):
        return _machines(list(_split(words, ("--count",))))
    if (service, operation) == ("cloudwatch", "put-metric-data"):
        return _point(list(_split(words, _POINT)))
    return list(words)


def _split(words: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    """The words with `--count=2` as two of them."""
    for word in words:
        name, sign, value = word.partition("=")
        yield from (name, value) if sign and name in options else (word,)


def _machines(words: list[str]) -> list[str]:
    if "--count" in words[:-1]:
        place = words.index("--count")
        return [*words[:place], *_bounds(words[place + 1]), *words[place + 2 :]]
    told = any(word.partition("=")[0] in _COUNTS for word in words)
    return words if told or "--cli-input-json" in words or words == ["help"] else [*words, *_bounds("1")]


def _bounds(count: str) -> list[str]:
    least, _, most = count.partition(":")
    return [_COUNTS[0], least, _COUNTS[1], most or least]


def _point(words: list[str]) -> list[str]:
    """One value by options of its own, as `--metric-data`."""
    others: list[str] = []
    point: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        value = next(rest, None) if word in _POINT else None
        if value is None:
            others.append(word)
        elif word == _DIMENSIONS:
            pairs = (pair.partition("=") for pair in value.split(","))
            point["Dimensions"] = [{"Name": name, "Value": text} for name, _, text in pairs]
        elif word in _NUMBERS:
            point[_NUMBERS[word]] = _number(value)
        else:
            point[_TEXTS[word]] = value
    return [*others, "--metric-data", json.dumps([point])] if point else others


def _number(text: str) -> float | str:
    try:
        found = float(text)
    except ValueError:
        return text
    return int(found) if found.is_integer() else found
