"""Programs that print what a container knows of itself, and filters for pipes."""

from __future__ import annotations

from collections.abc import Iterator

from labkit.fields import durations
from labkit.kubectl.programs.place import Place, Program, Ran, not_simulated


def env(place: Place, args: list[str]) -> Ran:
    """Every variable, one a line."""
    return Ran("".join(f"{name}={value}\n" for name, value in place.env.items() if name != "?"))


def printenv(place: Place, args: list[str]) -> Ran:
    """The values of the named variables; 1 if one isn't set."""
    if not args:
        return env(place, args)
    held = place.env
    found = [held[name] for name in args if name in held]
    return Ran("".join(f"{value}\n" for value in found), "", 0 if len(found) == len(args) else 1)


def echo(place: Place, args: list[str]) -> Ran:
    """The words."""
    bare = args[:1] == ["-n"]
    return Ran(" ".join(args[1:] if bare else args) + ("" if bare else "\n"))


def hostname(place: Place, args: list[str]) -> Ran:
    """The pod's name, or its address with -i."""
    return Ran(f"{place.address if args[:1] in (['-i'], ['-I']) else place.env['HOSTNAME']}\n")


def ps(place: Place, args: list[str]) -> Ran:
    """The container's own process and this one."""
    spec = place.spec
    image = spec.get("image", "").rpartition("/")[2].partition(":")[0]
    main = " ".join([*(spec.get("command") or [image]), *(spec.get("args") or ())])
    return Ran(f"PID   USER     TIME  COMMAND\n    1 root      0:00 {main}\n    7 root      0:00 ps\n")


def sleep(place: Place, args: list[str]) -> Ran:
    """Let virtual time pass."""
    place.lab.run(sum(durations.seconds(word) for word in args))
    return Ran()


def date(place: Place, args: list[str]) -> Ran:
    """The moment by the cluster's clock."""
    clock = place.lab.cluster.clock
    return Ran(f"{clock.stamp()}\n")


def grep(place: Place, args: list[str]) -> Ran:
    """Lines of a pipe or of files that hold a text; -i, -v and -c are known."""
    flags, words = _split(args)
    if not words or set(flags) - set("ivcEF"):
        raise not_simulated(f"grep {' '.join(args)}")
    text, lines = words[0], list(_lines(place, words[1:]))
    fold = str.lower if "i" in flags else str
    kept = [line for line in lines if (fold(text) in fold(line)) != ("v" in flags)]
    shown = f"{len(kept)}\n" if "c" in flags else "".join(f"{line}\n" for line in kept)
    return Ran(shown, "", 0 if kept else 1)


def head(place: Place, args: list[str]) -> Ran:
    """The first lines, ten unless told."""
    count, words = _count(args)
    return Ran("".join(f"{line}\n" for line in list(_lines(place, words))[:count]))


def tail(place: Place, args: list[str]) -> Ran:
    """The last lines, ten unless told."""
    count, words = _count(args)
    lines = list(_lines(place, words))
    return Ran("".join(f"{line}\n" for line in lines[max(0, len(lines) - count) :]))


def sort(place: Place, args: list[str]) -> Ran:
    """The lines in order."""
    return Ran("".join(f"{line}\n" for line in sorted(_lines(place, args))))


def wc(place: Place, args: list[str]) -> Ran:
    """How many lines (-l) a pipe brings."""
    if args[:1] != ["-l"]:
        raise not_simulated(f"wc {' '.join(args)}".strip())
    return Ran(f"{len(list(_lines(place, args[1:])))}\n")


def _count(args: list[str]) -> tuple[int, list[str]]:
    if args[:1] == ["-n"]:
        return int(args[1]), args[2:]
    if args and args[0].startswith("-") and args[0].lstrip("-n").isdigit():
        return int(args[0].lstrip("-n")), args[1:]
    return 10, args


def _split(args: list[str]) -> tuple[str, list[str]]:
    flags = [word for word in args if word.startswith("-")]
    return "".join(word[1:] for word in flags), [word for word in args if word not in flags]


def _lines(place: Place, paths: list[str]) -> Iterator[str]:
    for text in [place.files.get(path, "") for path in paths] if paths else [place.stdin]:
        yield from text.splitlines()


BASIC: dict[str, Program] = {
    "env": env, "printenv": printenv, "echo": echo, "hostname": hostname, "ps": ps, "sleep": sleep, "date": date,
    "grep": grep, "head": head, "tail": tail, "sort": sort, "wc": wc,
    "true": lambda place, args: Ran(), "false": lambda place, args: Ran(code=1), ":": lambda place, args: Ran(),
    "pwd": lambda place, args: Ran(f"{place.spec.get('workingDir') or '/'}\n"),
    "whoami": lambda place, args: Ran("root\n"),
}  # fmt: skip
