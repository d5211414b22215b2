"""A small shell: `sh -c` of the programs here, with quotes, variables, `;`, `&&`, `||` and pipes.

What it doesn't know (loops, redirection to files, command substitution) is refused by name, before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from labkit.kubectl.programs.basic import BASIC
from labkit.kubectl.programs.filesystem import FILES
from labkit.kubectl.programs.network import NETWORK
from labkit.kubectl.programs.place import Place, Program, Ran, not_simulated

PROGRAMS: dict[str, Program] = {**BASIC, **FILES, **NETWORK}
SHELLS = ("sh", "bash", "ash", "dash")
KEYWORDS = ("for", "while", "until", "if", "case", "function", "{", "(", "!", "eval", "exec", "source", ".", "trap")

_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>&&|\|\||;|\||\n)
    |(?P<quiet>[12&]?>\s*/dev/null|2>&1)
    |(?P<other>>>?|<|&|`|\$\()
    |(?P<word>(?:[^\s'"\\;&|<>`$]|\\.|'[^']*'|"(?:[^"\\`$]|\\.|\$(?!\())*"|\$(?!\())+))""",
    re.VERBOSE,
)
_PIECE = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^'"\\]+)""", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+|\?))")
_ASSIGNED = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)=(.*)", re.DOTALL)


def run(place: Place, argv: list[str]) -> Ran:
    """Run a program by name; CommandError if a lab can't."""
    name, args = argv[0].rpartition("/")[2], argv[1:]
    if name in SHELLS:
        return _shell(place, name, args)
    program = PROGRAMS.get(name)
    if program is None:
        known = ", ".join(sorted(name for name in PROGRAMS if name.isalpha()))
        raise not_simulated(f'the program "{argv[0]}"', f"In a container labkit can run sh -c with {known}.")
    return program(place, args)


def _shell(place: Place, name: str, args: list[str]) -> Ran:
    if args and args[0].startswith("-") and args[0].endswith("c") and len(args) > 1:
        return script(place, args[1])
    if not args and place.stdin:
        return script(place, place.stdin)
    raise not_simulated("a terminal", f"Give the command at once: kubectl exec {place.pod.name} -- {name} -c '...'")


def script(place: Place, text: str) -> Ran:
    """Run a line or several of a shell; what is printed is put together, the last exit code counts."""
    parts = list(commands(text))
    for _, pipeline in parts:
        for words in pipeline:
            _check_known(words[0])
    out, err, code = "", "", 0
    for sign, pipeline in parts:
        if (sign == "&&" and code) or (sign == "||" and not code):
            continue
        ran = _pipeline(place, pipeline)
        out, err, code = out + ran.out, err + ran.err, ran.code
        place.extra["?"] = str(code)
        if pipeline[0][0] == "exit":
            break
    return Ran(out, err, code)


def commands(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """The pipelines of a script, each with the sign before it; words keep their quotes."""
    pipeline: list[list[str]] = []
    words: list[str] = []
    sign, at = ";", 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found["other"]:
            raise not_simulated(f"the shell's {(found['other'] if found else text[at:].split()[0])}")
        at = found.end()
        if found["word"]:
            words.append(found["word"])
        elif found["quiet"]:
            words.append(f"\0{found['quiet'].replace(' ', '')}")
        elif found["sign"]:
            pipeline, words = [*pipeline, words] if words else pipeline, []
            if found["sign"] != "|":
                if pipeline:
                    yield sign, pipeline
                sign, pipeline = ";" if found["sign"] == "\n" else found["sign"], []
    pipeline = [*pipeline, words] if words else pipeline
    if pipeline:
        yield sign, pipeline


def _check_known(word: str) -> None:
    if word in KEYWORDS:
        raise not_simulated(f'the shell\'s "{word}"')


def _pipeline(place: Place, pipeline: list[list[str]]) -> Ran:
    """Programs in a row, each with what the one before it printed."""
    ran, err = Ran(place.stdin), ""
    for words in pipeline:
        inner = Place(place.lab, place.pod, place.container, ran.out if words is not pipeline[0] else "", place.extra)
        ran = _one(inner, words)
        err += ran.err
    return Ran(ran.out, err, ran.code)


def _one(place: Place, words: list[str]) -> Ran:
    hidden = [word[1:] for word in words if word.startswith("\0")]
    plain = [word for word in words if not word.startswith("\0")]
    if set_here := _ASSIGNED.fullmatch(" ".join(plain)):
        place.extra[set_here[1]] = expanded(place, set_here[2])
        return Ran()
    argv = [expanded(place, word) for word in plain]
    if argv[0] == "exit":
        return Ran(code=int(argv[1]) if len(argv) > 1 else 0)
    ran = run(place, argv)
    for way in hidden:
        ran = _hide(ran, way)
    return ran


def _hide(ran: Ran, way: str) -> Ran:
    if way == "2>&1":
        return Ran(ran.out + ran.err, "", ran.code)
    if way.startswith("2"):
        return Ran(ran.out, "", ran.code)
    return Ran("", "" if way.startswith("&") else ran.err, ran.code)


def expanded(place: Place, word: str) -> str:
    """A word with its quotes undone and its variables filled in."""
    held = place.env

    def value(found: re.Match[str]) -> str:
        return held.get(found[1] or found[3]) or found[2] or ""

    def piece(found: re.Match[str]) -> str:
        single, double, escaped, plain = found.groups()
        if single is not None:
            return single
        if double is not None:
            return re.sub(r'\\(["\\$`])', r"\1", _VARIABLE.sub(value, double))
        return escaped if escaped is not None else _VARIABLE.sub(value, plain)

    return _PIECE.sub(piece, word)
