"""What README and CONTRIBUTING show runs as shown: each page's Python blocks one after another, and its commands.

A command with its output below must print just that; one without must exist.
A block that starts with `# file: NAME` is written to that file first, for the blocks after it.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from labkit.cli import app

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "CONTRIBUTING.md")


class Block(NamedTuple):
    """A fenced block: its language, the line it begins on, its text."""

    language: str
    line: int
    text: str


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text("utf-8")
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(match[1], text.count("\n", 0, match.start()) + 1, match[2]) for match in found]


@pytest.fixture(params=PAGES)
def page(request, tmp_path, monkeypatch) -> list[Block]:
    """The blocks of a page, in a folder of their own in which the files that it shows are written."""
    monkeypatch.chdir(tmp_path)
    found = blocks(request.param)
    for block in found:
        if named := re.match(r"# file: (\S+)\n", block.text):
            path = tmp_path / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text[named.end() :], "utf-8")
    return found


def test_python_blocks_run_and_say_what_they_promise(page):
    """A comment `# → text` after a line promises what the line's value shows, or begins with if it ends in …"""
    variables: dict[str, object] = {"__name__": "page"}
    for block in page:
        if block.language == "python":
            run_block(block, variables)


def run_block(block: Block, variables: dict[str, object]) -> None:
    source = "\n" * block.line + block.text
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(source, "the page", "exec"), variables)
    promised = re.findall(r"^.*?# → (.*)$", block.text, re.MULTILINE)
    told = iter(printed.getvalue().splitlines())
    for promise in promised:
        assert any(fits(promise, line) for line in told), f"line {block.line}: {promise!r} in {printed.getvalue()!r}"


def fits(promise: str, line: str) -> bool:
    return line.startswith(promise[:-1]) if promise.endswith("…") else line == promise


def test_console_blocks_show_what_their_commands_print(page):
    for block in page:
        for command, shown in sessions(block.text) if block.language == "console" else ():
            if shown:
                assert printed_by(command) == shown, f"line {block.line}: {command}"
            else:
                assert is_known(shlex.split(command, comments=True)), f"line {block.line}: {command}"


def sessions(text: str) -> list[tuple[str, str]]:
    """Each command of a console block, and what the block shows below it."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    return [(command, shown.rstrip()) for command, shown in zip(parts[::2], parts[1::2], strict=True)]


def is_known(words: list[str]) -> bool:
    """Is there such a target of make, or such a command of labkit?"""
    if words[0] == "make":
        return re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE) is not None
    return words[0] == "labkit" and words[1] in {command.name for command in app.registered_commands}


def printed_by(command: str) -> str:
    words = shlex.split(command, comments=True)
    assert words[0] == "labkit", f"can't run {command!r}"
    code = "from labkit.cli import main; main()"
    told = subprocess.run([sys.executable, "-c", code, *words[1:]], capture_output=True, text=True, check=False)
    lines = (told.stdout + told.stderr).rstrip().splitlines()
    return "\n".join(line.rstrip() for line in lines)


def test_the_readme_begins_with_what_fits_on_a_screen():
    text = (ROOT / "README.md").read_text("utf-8")
    first = text[: text.index("\n## ", text.index("```python"))]
    assert len(first.splitlines()) <= 45
    for part in ("docs/cluster.svg", "make lab", "make test", "Lab.kubernetes("):
        assert part in first


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)|src=\"([^\":]+)\"", (ROOT / page).read_text("utf-8")):
            assert (ROOT / "".join(target)).exists(), f"{page}: {target}"
