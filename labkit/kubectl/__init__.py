"""kubectl, spoken to the lab: the same words in, the same text out.

`run` reads one command line, runs it on a lab and returns what a terminal would show. Modules mirror the real
command: `parser` (commands and flags), `resources` (what the arguments mean), `printers` and `tables` (how objects
are shown), and one module per command or family of commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.output import Output

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Output", "run"]


def run(lab: Any, command: str | list[str], cwd: str | Path | None = None, stdin: str | None = None) -> Output:
    """Run one kubectl command on `lab`; the leading word `kubectl` may be left out.

    `lab` has `.cluster` (and `.run` for commands that wait). `cwd` is the folder that `-f` paths are relative to;
    `stdin` is what `-f -` reads. Never raises for what the real command would refuse: its words go to `.stderr`,
    `.exit_code` is 1, and the lab is as it was.
    """
    from labkit.kubectl.execute import execute

    return execute(lab, command, cwd, stdin)
