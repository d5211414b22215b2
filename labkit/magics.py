"""Commands in notebook cells: `%kubectl`, `%%kubectl`, `%%apply`, `%aws` and `%%aws`, loaded by `%load_ext labkit`.

    %kubectl get pods -o wide          one command, on the variable `lab`
    %kubectl --lab other get pods      on another lab
    %kubectl edit deploy/web           a box with the object's YAML
    %%kubectl                          several commands, one a line; # starts a comment
    %%apply                            the cell is YAML; says what was created, configured, unchanged
    %aws ecs list-tasks                one command of AWS's; %%aws takes several

`{name}` in a command stands for the variable of that name: `%kubectl describe pod {pod}`. Other braces and dollars
are left alone, since JSONPath and go-templates are full of them.

The text is printed, so that notebooks keep it as plain output; ages are those of virtual time.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_cell_magic, magics_class, no_var_expand
from IPython.display import display

from labkit.errors import LabError
from labkit.kubectl import run
from labkit.kubectl.edit import is_edit
from labkit.kubectl.wording import worded

# One pair of braces round a name; {end} belongs to JSONPath, {{…}} to go-templates.
_VARIABLE = re.compile(r"(?<!\{)\{(?!end\})([A-Za-z_]\w*)\}(?!\})")


@magics_class
class LabMagics(Magics):
    """The magics of one notebook; they act on its variables."""

    @no_var_expand
    @line_cell_magic
    def kubectl(self, line: str, cell: str | None = None) -> None:
        """Run a kubectl command, or each line of a cell; `--lab NAME` in front chooses another lab."""
        lab, rest = self._lab_of(line)
        commands = [rest] if cell is None else [f"{rest} {command}".strip() for command in _commands(cell)]
        for command in commands:
            _answer(lab, filled(command, self._variables()))

    @no_var_expand
    @line_cell_magic
    def aws(self, line: str, cell: str | None = None) -> None:
        """Run an aws command, or each line of a cell; `--lab NAME` in front chooses another lab."""
        from labkit.aws_cli import run as run_aws

        lab, rest = self._lab_of(line)
        commands = [rest] if cell is None else [f"{rest} {command}".strip() for command in _commands(cell)]
        for command in commands:
            _show(run_aws(lab, filled(command, self._variables())))

    @no_var_expand
    @cell_magic
    def apply(self, line: str, cell: str) -> None:
        """Apply the cell's YAML; the line may have flags of `kubectl apply`, such as `-n shop`."""
        lab, rest = self._lab_of(line)
        command = filled(f"apply -f - {rest}".strip(), self._variables())
        _show(run(lab, command, stdin=cell))

    def _lab_of(self, line: str) -> tuple[Any, str]:
        """The lab that a line is for, and the line without its `--lab`."""
        name, rest = "", line.strip()
        if rest.startswith(("--lab ", "--lab=")):
            name, _, rest = rest[len("--lab ") :].strip().partition(" ")
        return lab_named(self._variables(), name), rest.strip()

    def _variables(self) -> dict[str, Any]:
        return self.shell.user_ns if self.shell else {}


def lab_named(variables: dict[str, Any], name: str = "") -> Any:
    """The lab of that variable; without a name `lab`, or else the lab that was made last."""
    labs = {each: value for each, value in variables.items() if not each.startswith("_") and _is_lab(value)}
    found = labs.get(name or "lab")
    if found is None and not name:
        found = next(reversed(labs.values()), None)
    if found is None:
        missing = f"There is no lab named {name!r}." if name else "There is no lab yet."
        raise UsageError(f"{missing} Make one: {name or 'lab'} = Lab.kubernetes(nodes=3)")
    return found


def filled(command: str, variables: dict[str, Any]) -> str:
    """The command with `{name}` replaced where a variable of that name holds a text or number."""

    def value(found: re.Match[str]) -> str:
        bound = variables.get(found[1])
        return str(bound) if isinstance(bound, str | int | float) else found[0]

    return _VARIABLE.sub(value, command)


def _is_lab(value: Any) -> bool:
    return hasattr(value, "cluster") and hasattr(value, "kubectl")


def _commands(cell: str) -> list[str]:
    """The commands of a cell, a line each; after a backslash or an open quote it goes on; no comments."""
    found: list[str] = []
    for line in (line.strip() for line in cell.replace("\\\n", " ").split("\n")):
        if found and _is_open(found[-1]):
            found[-1] += f" {line}"
        elif line and not line.startswith("#"):
            found.append(line)
    return found


def _is_open(command: str) -> bool:
    """Whether a quote has begun and not ended."""
    try:
        shlex.split(command)
    except ValueError:
        return True
    return False


def _answer(lab: Any, command: str) -> None:
    """Print what a command prints; an edit opens a box with the object's YAML."""
    if not is_edit(command):
        _show(run(lab, command))
        return
    from labkit.widgets.edit_box import edit_box

    try:
        box = edit_box(lab, command)
    except LabError as error:
        print(worded(error))
    else:
        display(box)  # type: ignore[no-untyped-call]


def _show(output: Any) -> None:
    print(output, end="" if output.endswith("\n") or not output else "\n")


def register(shell: Any) -> None:
    """Add the magics to a notebook's shell."""
    shell.register_magics(LabMagics)
