"""`--query` and `--output`: an answer as the text that is printed.

Source: aws-cli v2, awscli/formatter.py; JMESPath by the library that the real command uses.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import jmespath
import yaml
from jmespath.exceptions import JMESPathError

from labkit.aws_cli import failures
from labkit.aws_cli.parser import Line
from labkit.aws_cli.table import table
from labkit.aws_cli.text import text


def printed(line: Line, title: str, answers: list[Any]) -> str:
    """What is printed of an operation's answers; `title` is the operation's API name."""
    return "".join(_printed(line, title, _asked(line.query, _plain(one))) for one in answers)


def check_query(query: str | None) -> None:
    """Refuse an expression before anything is called."""
    if query is not None:
        try:
            jmespath.compile(query)
        except (JMESPathError, ValueError) as error:
            raise failures.invalid(f"Bad value for --query {query}: {error}") from None


def _asked(query: str | None, answer: Any) -> Any:
    if query is None:
        return answer
    try:
        return jmespath.search(query, answer)
    except JMESPathError as error:
        raise failures.general(error) from None


def _printed(line: Line, title: str, answer: Any) -> str:
    if line.output == "off":
        return ""
    if line.output == "text":
        return text(answer)
    if line.output == "table":
        return table(title, answer)
    if answer == {} and line.query is None:
        return ""
    if line.output.startswith("yaml"):
        dumped = yaml.safe_dump(answer, sort_keys=False, allow_unicode=True, width=10**6)
        return dumped.removesuffix("...\n")
    return json.dumps(answer, indent=4, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    """The same with moments as ISO 8601 texts."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value
