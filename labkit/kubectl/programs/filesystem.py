"""cat, ls and test: the files that are mounted into a container. What its image has isn't known."""

from __future__ import annotations

from labkit.kubectl.programs.place import Place, Program, Ran, not_simulated

GONE = "No such file or directory"


def absolute(place: Place, path: str) -> str:
    """A path from the root, without a slash at its end."""
    base = str(place.spec.get("workingDir") or "/")
    return (path if path.startswith("/") else f"{base.rstrip('/')}/{path}").rstrip("/") or "/"


def cat(place: Place, args: list[str]) -> Ran:
    """The files' texts, or what a pipe brings."""
    if not args:
        return Ran(place.stdin)
    found, missing = [], []
    for path in args:
        full = absolute(place, path)
        if full in place.files:
            found.append(place.files[full])
        elif children(place, full) is not None:
            missing.append("cat: read error: Is a directory\n")
        else:
            missing.append(f"cat: can't open '{path}': {GONE}\n")
    return Ran("".join(found), "".join(missing), 1 if missing else 0)


def ls(place: Place, args: list[str]) -> Ran:
    """What is in directories that have mounts, one name a line; -l with sizes."""
    flags = "".join(word[1:] for word in args if word.startswith("-"))
    if set(flags) - set("la1A"):
        raise not_simulated(f"ls {' '.join(args)}")
    paths = [word for word in args if not word.startswith("-")] or ["."]
    out, err = "", ""
    for path in paths:
        names = children(place, absolute(place, path.removeprefix("./") if path != "." else ""))
        if names is None:
            err += f"ls: {path}: {GONE}\n"
            continue
        out += f"{path}:\n" if len(paths) > 1 else ""
        out += "".join(_row(place, absolute(place, path), name, flags) for name in names)
    return Ran(out, err, 1 if err else 0)


def children(place: Place, full: str) -> list[str] | None:
    """The names in a directory, or the file itself; None if there is no such path."""
    if full in place.files:
        return [full]
    below = full.rstrip("/") + "/"
    found = {path.removeprefix(below).partition("/")[0] for path in place.files if path.startswith(below)}
    exists = bool(found) or full == "/"
    return sorted(name for name in found if name) if exists else None


def _row(place: Place, folder: str, name: str, flags: str) -> str:
    if "l" not in flags:
        return f"{name}\n"
    text = place.files.get(name if name.startswith("/") else f"{folder.rstrip('/')}/{name}")
    mode, size = ("-rw-r--r--", len(text.encode())) if text is not None else ("drwxr-xr-x", 4096)
    return f"{mode}    1 root     root     {size:>9} {name}\n"


def test(place: Place, args: list[str]) -> Ran:
    """-e, -f, -d of a path; -n, -z of a text; = and != of two."""
    words = args[:-1] if args[-1:] == ["]"] else args
    match words:
        case ["-f", path]:
            held = absolute(place, path) in place.files
        case ["-d", path]:
            full = absolute(place, path)
            held = full not in place.files and children(place, full) is not None
        case ["-e", path]:
            held = children(place, absolute(place, path)) is not None
        case ["-n", text]:
            held = bool(text)
        case ["-z", text]:
            held = not text
        case [one, "=" | "!=" as sign, other]:
            held = (one == other) == (sign == "=")
        case _:
            raise not_simulated(f"test {' '.join(words)}")
    return Ran(code=0 if held else 1)


FILES: dict[str, Program] = {"cat": cat, "ls": ls, "test": test, "[": test}
