"""References to variables in values: `$(NAME)`. All pure.

Source: third_party/forked/golang/expansion/expand.go, v1.36.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$(?:\$|\((?P<name>[^)]*)\))")


def expanded(text: str, *variables: Mapping[str, str]) -> str:
    """The text with each `$(NAME)` replaced from the first mapping that has it.

    What no mapping has stays as it is; `$$(NAME)` is `$(NAME)` itself.
    """

    def found(match: re.Match[str]) -> str:
        if match["name"] is None:
            return "$"
        return next((each[match["name"]] for each in variables if match["name"] in each), match[0])

    return _REFERENCE.sub(found, text)
