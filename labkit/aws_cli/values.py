"""What the text of an option means: `file://`, JSON, shorthand, lists, numbers.

Source: aws-cli v2, awscli/paramfile.py, awscli/argprocess.py.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labkit.aws_cli import failures
from labkit.aws_cli.model import Argument
from labkit.aws_cli.shorthand import ShorthandError, fitted, parse

COMPLEX = ("structure", "map", "list")


def loaded(flag: str, value: str, cwd: Path) -> str:
    """The text of a value: a file's where it begins with `file://`."""
    if not value.startswith("file://"):
        return value
    path = Path(value.removeprefix("file://")).expanduser()
    try:
        return (cwd / path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = f"[Errno {error.errno}] {error.strerror}: '{path}'" if isinstance(error, OSError) else str(error)
        raise failures.wrong_value(flag, f"Unable to load paramfile {value}: {said}") from None


def meant(argument: Argument, value: Any, cwd: Path) -> Any:
    """The parameter that an option's text means; `value` is a list of texts where it takes several.

    Raises CommandError in the command line's words.
    """
    flag, shape = f"--{argument.flag}", argument.shape
    if argument.is_flag:
        return value
    if argument.is_list:
        texts = [loaded(flag, one, cwd) for one in value] if len(value) == 1 else list(value)
        return _listed(flag, shape, texts)
    return _single(flag, shape, loaded(flag, value, cwd))


def _listed(flag: str, shape: Any, texts: list[str]) -> Any:
    if len(texts) == 1 and texts[0].strip().startswith("["):
        return _json(flag, texts[0])
    if texts and texts[0].strip().startswith("{"):
        return [_json(flag, text) for text in texts]
    if shape.member.type_name in COMPLEX:
        return fitted([_shorthand(flag, text) for text in texts], shape)
    return [_single(flag, shape.member, text) for text in texts]


def _single(flag: str, shape: Any, text: str) -> Any:
    if shape.type_name in ("structure", "map"):
        return _json(flag, text) if text.lstrip()[:1] in ("{", "[") else fitted(_shorthand(flag, text), shape)
    if shape.type_name == "blob":
        return base64.b64decode(text)
    try:
        return fitted(text, shape)
    except ValueError as error:
        raise failures.general(error) from None


def _json(flag: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise failures.wrong_value(flag, f"Invalid JSON: {error}\nJSON received: {text}") from None


def _shorthand(flag: str, text: str) -> Any:
    try:
        return parse(text)
    except ShorthandError as error:
        raise failures.wrong_value(flag, str(error)) from None


def input_document(text: str, kind: str, cwd: Path) -> Mapping[str, Any]:
    """What `--cli-input-json` or `--cli-input-yaml` holds; `kind` is "json" or "yaml"."""
    import yaml

    content = loaded(f"cli-input-{kind}", text, cwd)
    try:
        found = json.loads(content) if kind == "json" else yaml.safe_load(content)
    except (ValueError, yaml.YAMLError):
        raise failures.wrong_value(f"cli-input-{kind}", f"Invalid {kind.upper()} received.") from None
    if not isinstance(found, Mapping):
        raise failures.wrong_value(f"cli-input-{kind}", f"Invalid type: expecting map, received {type(found)}")
    return found
