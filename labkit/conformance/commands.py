"""Sessions of kubectl: each command is run on a lab, and what it prints is compared.

Outputs that were kept back are run, since later commands build on them, but not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from labkit.conformance import placeholders
from labkit.conformance.commandworld import settle, world
from labkit.conformance.comparing import attempted
from labkit.conformance.forms import Recording
from labkit.conformance.placeholders import Bindings
from labkit.conformance.report import UNSIMULATED, Outcome
from labkit.kubectl import execute, parser, run
from labkit.lab import Lab

Entry = dict[str, Any]

SUBCOMMANDS = {
    "create": "clusterrole clusterrolebinding configmap cm cronjob deployment ingress job namespace ns "
    "poddisruptionbudget pdb priorityclass quota role rolebinding secret service serviceaccount token",
    "rollout": "history pause restart resume status undo",
    "set": "env image resources selector serviceaccount subject",
}
"""What the real tool's groups of commands offer."""
READING = {"diff", "logs", "top", "auth", "exec", "wait", "rollout status", "rollout history", "explain", "version"}
FOLDER = "lab"
"""The folder of manifests in which the commands were typed."""


def replay(recording: Recording) -> Iterator[Outcome]:
    """Run the commands of one group in their order."""
    family = f"kubectl {recording.content['name']}"
    folder = recording.path.parent / "manifests"
    lab = world(folder, recording.content["manifests"])
    bound: Bindings = {}
    missing = ""
    for entry in recording.content["commands"]:
        if missing:
            yield Outcome.unsimulated(family, entry["command"], f"what follows {missing}")
            continue
        made = outcome(lab, entry, folder / FOLDER, bound, family)
        missing = made.words[0] if made.verdict == UNSIMULATED and changes(entry["command"]) else ""
        yield made


def outcome(lab: Lab, entry: Entry, folder: Path, bound: Bindings, family: str) -> Outcome:
    """Run one command and compare what it printed."""
    name = f"{entry['n']} {entry['command']}"
    command = placeholders.fill(entry["command"], _guessed(lab, entry["command"], bound))
    lacking = unknown(command)
    if lacking:
        return Outcome.unsimulated(family, name, f"kubectl {lacking}")
    words = list(attempted(_differences(lab, entry, command, folder, bound)))
    if entry.get("held") and not words:
        return Outcome.skipped(family, name, "its output was kept back")
    return Outcome.compared(family, name, words)


def _differences(lab: Lab, entry: Entry, command: str, folder: Path, bound: Bindings) -> Iterator[str]:
    printed = run(lab, command, cwd=folder)
    if not entry.get("next_at_once"):
        settle(lab)
    if entry.get("held"):
        return
    again = entry.get("again", {})
    if printed.exit_code != entry["exit"] and "exit" not in again:
        yield f"exits with {printed.exit_code}, recorded {entry['exit']}"
    for stream, got in (("stdout", printed.stdout), ("stderr", printed.stderr)):
        recorded, complete = common(entry[stream], again.get(stream)), stream not in again
        if " rollout status " in f" {command} ":
            recorded, got = without_repeats(recorded), without_repeats(got)
        yield from (f"{stream} {text}" for text in placeholders.differences(recorded, got, bound, complete))


def common(recorded: str, again: str | None) -> str:
    """What two clients printed alike: all of it where there was no second output, else the lines both have."""
    if again is None:
        return recorded
    others = set(again.splitlines())
    return "".join(f"{line}\n" for line in recorded.splitlines() if line in others)


def without_repeats(text: str) -> str:
    """The text with each line once."""
    return "".join(f"{line}\n" for line in dict.fromkeys(text.splitlines()))


def unknown(command: str) -> str:
    """The command of the real tool that labkit lacks; empty if labkit has it, or if the real tool lacks it too."""
    for module in execute.MODULES:
        import_module(f"labkit.kubectl.{module}")
    first, second = (*command.removeprefix("kubectl").split(), "", "")[:2]
    if second in SUBCOMMANDS.get(first, "").split():
        names = {name for name in parser.COMMANDS if name.split()[:2] == [first, second]}
        return "" if names else f"{first} {second}"
    known = {name.split()[0] for name in parser.COMMANDS if name}
    return first if first in parser.REAL and first not in known else ""


def changes(command: str) -> bool:
    """Whether a command may change the cluster, so that what follows can't be compared without it."""
    first, second = (*command.removeprefix("kubectl").split(), "", "")[:2]
    if first in SUBCOMMANDS and not second.startswith("-") and second not in SUBCOMMANDS[first].split():
        return False  # a misspelt one is refused
    return first not in READING and f"{first} {second}" not in READING


def _guessed(lab: Lab, command: str, bound: Bindings) -> Bindings:
    """The bindings, with a pod for each placeholder that only outputs which were kept back have named."""
    if all(name in bound for name in placeholders.open_names(command)):
        return bound
    guess = dict(bound)
    for word in command.split():
        shape = placeholders.pattern(word.rpartition("/")[2], guess)
        taken = set(guess.values())
        for key in lab.cluster.keys("Pod"):
            found = shape.fullmatch(key.name) if shape.groupindex else None
            if found and not taken & set(found.groupdict().values()):
                guess |= found.groupdict()
                break
    bound.update(guess)
    return bound
