"""Help: what `-h` prints."""

from __future__ import annotations

from labkit.kubectl.parser import COMMANDS, Command, Flag


def usage(command: Command) -> str:
    """The help of a command: what it does, its subcommands, its flags, how it is written."""
    blocks = [command.short, _subcommands(command), _options(command), f"Usage:\n  {command.usage}"]
    return "\n\n".join(block for block in blocks if block)


def _subcommands(command: Command) -> str:
    prefix = f"{command.name} ".lstrip()
    rows = {name[len(prefix) :]: each.short for name, each in COMMANDS.items() if name.startswith(prefix)}
    rows = {name: short for name, short in sorted(rows.items()) if " " not in name}
    width = max(map(len, rows), default=0)
    lines = [f"  {name:<{width}}   {short}" for name, short in rows.items()]
    return "\n".join(["Available Commands:", *lines]) if lines else ""


def _options(command: Command) -> str:
    lines = [f"    {_spelled(flag)}:\n        {flag.help or 'As the real command'}" for flag in sorted(command.flags)]
    return "\n".join(["Options:", *lines]) if lines else ""


def _spelled(flag: Flag) -> str:
    values = {True: "true", False: "false"}
    shown = values.get(flag.initial, flag.initial) if flag.kind == "bool" else flag.initial
    shown = f"'{shown}'" if isinstance(shown, str) and flag.kind == "string" else shown
    return f"{flag.spelled}={shown}"
