"""The AWS command line, spoken to the lab: the same words in, the same text out.

`run` reads one command line, runs it on a lab and returns what a terminal would show. Commands and options are those of
botocore's service models; the lab's client answers. `parser` (what a line says), `model` (commands and their options),
`values` and `shorthand` (what an option's text means), `calling` (operations, pages, waiters), `formats`, `table` and
`text` (`--output`), `failures` (errors and exit codes), `skeleton`, `help`.

Reference: aws-cli v2.34 to v2.37, whose errors begin with `aws: [ERROR]:`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.output import Output

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Output", "run"]


def run(lab: Any, command: str | list[str], cwd: str | Path | None = None) -> Output:
    """Run one aws command on `lab`; the leading word `aws` may be left out.

    `lab` has `.boto3`, whose clients answer. `cwd` is the folder that `file://` is relative to. Never raises for what
    the real command would refuse: its words go to `.stderr`, and `.exit_code` is what the real one exits with.
    """
    from labkit.aws_cli.execute import execute

    return execute(lab, command, cwd)
