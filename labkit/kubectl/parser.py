"""Commands and flags, read as the real command reads them.

Flags follow pflag (`--flag=value`, `--flag value`, `-n x`, `-nx`, `-Aw`, `--`), commands follow cobra (words are
looked up left to right, flags may stand anywhere). Sources: spf13/pflag v1.0.5 flag.go, spf13/cobra v1.8.1
command.go and kubectl pkg/cmd/cmd.go v1.32.5; the texts are theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from labkit.errors import CommandError
from labkit.kubectl.call import Call

Function = Callable[[Call], None]


class Flag(NamedTuple):
    """One flag: its kind says how its text is read, `if_bare` what it means without a value.

    Kinds: string, bool, int, duration (text such as "5s", checked), list (comma-separated, may be repeated),
    array (may be repeated, commas are kept).
    """

    name: str
    short: str = ""
    kind: str = "string"
    default: Any = None
    if_bare: str | None = None
    help: str = ""

    @property
    def bare(self) -> str | None:
        """The value of the flag when it stands alone; None if it needs one."""
        return "true" if self.kind == "bool" else self.if_bare

    @property
    def spelled(self) -> str:
        """The flag as error texts name it: `-o, --output`."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"

    @property
    def initial(self) -> Any:
        """What the flag is when it isn't given."""
        empty = {"string": "", "bool": False, "int": 0, "duration": "0s", "list": [], "array": []}
        return empty[self.kind] if self.default is None else self.default


class Command(NamedTuple):
    """One command: `name` as typed ("rollout status"), its function (None for a mere group) and its flags."""

    name: str
    run: Function | None
    usage: str
    short: str
    flags: tuple[Flag, ...] = ()

    def flag(self, name: str) -> Flag | None:
        """The flag of that long name, of this command or of every command."""
        return next((flag for flag in (*self.flags, *GLOBAL_FLAGS) if flag.name == name), None)

    def shorthand(self, letter: str) -> Flag | None:
        """The flag of that letter."""
        return next((flag for flag in (*self.flags, *GLOBAL_FLAGS) if flag.short == letter), None)


GLOBAL_FLAGS = (
    Flag("namespace", "n", help="The namespace of this command"),
    Flag("context", help="Taken, but a lab has one cluster"),
    Flag("cluster", help="Taken, but a lab has one cluster"),
    Flag("kubeconfig", help="Taken, but a lab has one cluster"),
    Flag("server", "s", help="Taken, but a lab has one cluster"),
    Flag("user", help="Taken, but nobody logs in"),
    Flag("as", help="The user, or service account, whose requests these are to be"),
    Flag("as-group", kind="array", help="A group of that user; may be repeated"),
    Flag("token", help="Taken, but nobody logs in"),
    Flag("request-timeout", default="0", help="Taken, but every request is answered at once"),
    Flag("v", "v", kind="int", help="Taken, but nothing is logged"),
    Flag("warnings-as-errors", kind="bool", help="Exit with 1 after a warning"),
)

COMMANDS: dict[str, Command] = {}

# Subcommands of the real tool with their short names; a lab has some of them in COMMANDS.
SUBCOMMANDS = {
    "create": (
        "clusterrole clusterrolebinding configmap cm cronjob cj deployment deploy ingress ing job namespace ns "
        "poddisruptionbudget pdb priorityclass pc quota resourcequota role rolebinding secret service svc "
        "serviceaccount sa token"
    ),
    "set": "env image resources selector serviceaccount sa subject",
    "rollout": "history pause restart resume status undo",
    "auth": "reconcile whoami",
    "cluster-info": "dump",
    "apply": "edit-last-applied set-last-applied view-last-applied",
}

# Every command of the real tool, in the order in which it suggests them.
REAL = (
    "create", "expose", "run", "set", "explain", "get", "edit", "delete", "rollout", "scale", "autoscale",
    "certificate", "cluster-info", "top", "cordon", "uncordon", "drain", "taint", "describe", "logs", "attach",
    "exec", "port-forward", "proxy", "cp", "auth", "debug", "events", "diff", "apply", "patch", "replace",
    "wait", "kustomize", "label", "annotate", "completion", "alpha", "config", "plugin", "version",
    "api-versions", "api-resources", "options",
)  # fmt: skip


def command(name: str, usage: str, short: str, *flags: Flag) -> Callable[[Function], Function]:
    """Enter the decorated function into COMMANDS as the command `name`."""

    def enter(function: Function) -> Function:
        COMMANDS[name] = Command(name, function, usage, short, flags)
        return function

    return enter


def group(name: str, usage: str, short: str) -> None:
    """Enter a command that only has subcommands, such as `rollout`."""
    COMMANDS[name] = Command(name, None, usage, short)


class Parsed(NamedTuple):
    """A command line, understood: `given` are the flags that were written, `after_dashes` what follows `--`."""

    command: Command
    args: list[str]
    flags: dict[str, Any]
    given: frozenset[str]
    after_dashes: list[str] | None
    help: bool


def parse(words: list[str]) -> Parsed:
    """Read the words after `kubectl`; raises CommandError with the real command's text."""
    found, rest = find(words)
    values: dict[str, Any] = {flag.name: flag.initial for flag in (*GLOBAL_FLAGS, *found.flags)}
    args: list[str] = []
    given: set[str] = set()
    after, wants_help = None, False
    queue = list(rest)
    while queue:
        word = queue.pop(0)
        if word == "--":
            after, args, queue = list(queue), args + queue, []
        elif not word.startswith("-") or word == "-":
            args.append(word)
        elif word in ("-h", "--help"):
            wants_help = True
        else:
            for flag, text in _flags_of(found, word, queue):
                _store(found, values, given, flag, text)
    return Parsed(found, args, values, frozenset(given), after, wants_help)


def find(words: list[str]) -> tuple[Command, list[str]]:
    """The command that `words` name, and the words left over; the longest name wins (`rollout status`)."""
    places = list(_positions(words))
    missing = unsimulated([words[place] for place in places[:2]])
    if missing:
        raise CommandError(f'error: labkit does not simulate "kubectl {missing}"')
    for count in (3, 2, 1):
        name = " ".join(words[place] for place in places[:count])
        if len(places) >= count and name in COMMANDS:
            return COMMANDS[name], [word for at, word in enumerate(words) if at not in places[:count]]
    if not places:
        return ROOT, words
    raise _unknown(words[places[0]])


def unsimulated(words: list[str]) -> str | None:
    """The command of the real tool that `words` begin with, if a lab doesn't have it; None otherwise."""
    first, second = [*words, "", ""][:2]
    if first in REAL and not any(name.split()[0] == first for name in COMMANDS if name):
        return first
    both = f"{first} {second}"
    return both if second in SUBCOMMANDS.get(first, "").split() and both not in COMMANDS else None


def _positions(words: list[str]) -> Iterator[int]:
    """Where words stand that are neither flags nor values of flags, before the command is known."""
    skip = False
    for at, word in enumerate(words):
        if word == "--":
            return
        if skip or (word.startswith("-") and word != "-"):
            skip = not skip and _takes_next(word)
            continue
        yield at


def _takes_next(word: str) -> bool:
    if "=" in word:
        return False
    flag = ROOT.flag(word[2:]) if word.startswith("--") else ROOT.shorthand(word[1]) if len(word) == 2 else None
    return flag is not None and flag.bare is None


ROOT = Command("", None, "kubectl [command]", "kubectl controls the Kubernetes cluster manager.")


def _unknown(word: str) -> CommandError:
    text = f'error: unknown command "{word}" for "kubectl"'
    close = [name for name in REAL if _distance(word.lower(), name) <= 2 or name.startswith(word.lower())]
    listed = "".join(f"\n\t{name}" for name in close)
    return CommandError(f"{text}\n\nDid you mean this?{listed}" if close else text)


def _distance(a: str, b: str) -> int:
    """Levenshtein's distance, which cobra's suggestions go by."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def _flags_of(found: Command, word: str, queue: list[str]) -> Iterator[tuple[Flag, str]]:
    """The flags in one word, each with its text; takes the next word from `queue` where a value is missing."""
    if word.startswith("--"):
        yield _long(found, word[2:], queue)
        return
    letters = word[1:]
    while letters:
        flag = found.shorthand(letters[0])
        if flag is None:
            raise usage_of_flag(found, f"unknown shorthand flag: '{letters[0]}' in -{letters}")
        value, letters = _short_value(found, flag, letters, queue)
        yield flag, value


def _long(found: Command, text: str, queue: list[str]) -> tuple[Flag, str]:
    name, equals, value = text.partition("=")
    flag = found.flag(name)
    if not name or name.startswith("-"):
        raise usage_of_flag(found, f"bad flag syntax: --{text}")
    if flag is None:
        raise usage_of_flag(found, f"unknown flag: --{name}")
    if equals:
        return flag, value
    if flag.bare is not None:
        return flag, flag.bare
    if not queue:
        raise usage_of_flag(found, f"flag needs an argument: --{name}")
    return flag, queue.pop(0)


def _short_value(found: Command, flag: Flag, letters: str, queue: list[str]) -> tuple[str, str]:
    """The value of the flag that `letters` start with, and the letters left over."""
    if letters[1:2] == "=" and len(letters) > 2:
        return letters[2:], ""
    if flag.bare is not None:
        return flag.bare, letters[1:]
    if letters[1:]:
        return letters[1:], ""
    if not queue:
        raise usage_of_flag(found, f"flag needs an argument: '{letters[0]}' in -{letters}")
    return queue.pop(0), ""


def _store(found: Command, values: dict[str, Any], given: set[str], flag: Flag, text: str) -> None:
    try:
        value = _read(flag, text)
    except ValueError as error:
        raise usage_of_flag(found, f'invalid argument "{text}" for "{flag.spelled}" flag: {error}') from None
    if flag.kind in ("list", "array") and flag.name in given:
        value = [*values[flag.name], *value]
    values[flag.name] = value
    given.add(flag.name)


def _read(flag: Flag, text: str) -> Any:
    if flag.kind == "bool":
        return _bool(text)
    if flag.kind == "int":
        return _int(text)
    if flag.kind == "list":
        return text.split(",") if text else []
    if flag.kind == "array":
        return [text]
    return text


def _bool(text: str) -> bool:
    if text in ("1", "t", "T", "true", "TRUE", "True"):
        return True
    if text in ("0", "f", "F", "false", "FALSE", "False"):
        return False
    raise ValueError(f'strconv.ParseBool: parsing "{text}": invalid syntax')


def _int(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise ValueError(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


def usage_of_flag(found: Command, text: str) -> CommandError:
    """The error of a flag that can't be read, pointing to the command's help."""
    path = f"kubectl {found.name}".strip()
    return CommandError(f"error: {text}\nSee '{path} --help' for usage.")


def usage_error(call: Call, text: str) -> CommandError:
    """The error of arguments that don't fit, as cmdutil.UsageErrorf words it."""
    return CommandError(f"error: {text}\nSee 'kubectl {call.command.name} -h' for help and examples")


def no_arguments(call: Call) -> None:
    """Refuse arguments, as cobra.NoArgs does."""
    if call.args:
        raise CommandError(f'error: unknown command "{call.args[0]}" for "kubectl {call.command.name}"')
