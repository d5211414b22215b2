"""What the command line says when something is wrong, and what it exits with.

Source: aws-cli v2.34 to v2.37: awscli/errorhandler.py, awscli/constants.py, awscli/argparser.py (pull request 9457 for
invalid choices), and output seen in public.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from labkit.errors import CommandError

PARAM_VALIDATION, CLIENT_ERROR, GENERAL = 252, 254, 255

USAGE = """usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
"""


def _error(text: str, exit_code: int) -> CommandError:
    return CommandError(f"\naws: [ERROR]: {text}", exit_code=exit_code)


def misused(message: str) -> CommandError:
    """A command line that can't be parsed; the usage follows."""
    return _error(f"An error occurred (ParamValidation): {message}\n\n{USAGE}", PARAM_VALIDATION)


def invalid(message: str) -> CommandError:
    """A command line that was parsed, with a parameter that is wrong."""
    return _error(f"An error occurred (ParamValidation): {message}", PARAM_VALIDATION)


def wrong_value(flag: str, message: str) -> CommandError:
    """An option whose value can't be read."""
    return invalid(f"Error parsing parameter '{flag}': {message}")


def invalid_choice(argument: str, value: str, choices: Iterable[str]) -> CommandError:
    """A word that is none of those known; what is near it is suggested."""
    message = [f"argument {argument}: Found invalid choice '{value}'\n"]
    near = get_close_matches(value, [*choices], cutoff=0.8)
    if near:
        message += ["Maybe you meant:\n", *(f"  * {word}" for word in near)]
    return misused("\n".join(message))


def too_few() -> CommandError:
    """`aws ecs wait` without a waiter."""
    return invalid(f"{USAGE.partition(chr(10))[0]}\naws: [ERROR]: too few arguments")


def missing(names: Sequence[str]) -> CommandError:
    """Arguments that must be given and aren't."""
    return misused(f"the following arguments are required: {', '.join(names)}")


def unknown(words: Sequence[str]) -> CommandError:
    """Words that no option takes."""
    return invalid(f"Unknown options: {', '.join(words)}")


def general(text: object) -> CommandError:
    """What the real command has no words of its own for."""
    return _error(str(text), GENERAL)


def refused(error: Any) -> CommandError:
    """What a service answered: a ClientError of botocore."""
    found = _error(str(error), CLIENT_ERROR)
    found.hint = str(error.response.get("hint", ""))
    return found


def unanswered(what: str) -> CommandError:
    """What the real service has and the lab hasn't; labkit's own words."""
    return CommandError(f"\nlabkit: the lab doesn't answer `aws {what}`", exit_code=GENERAL)
