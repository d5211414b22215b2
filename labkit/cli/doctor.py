"""`labkit doctor`: what this machine has of what labkit needs, and what to do about the rest."""

from __future__ import annotations

import re
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from labkit.cli.course import START, folder
from labkit.errors import LabError

LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PORT = 8888


class Finding(NamedTuple):
    """One line of the report. `advice` says what to do where it isn't `well`; `needed`: labkit can't do without."""

    subject: str
    well: bool
    words: str
    advice: str = ""
    needed: bool = True

    @property
    def is_fatal(self) -> bool:
        """Something needed is missing."""
        return self.needed and not self.well


def examine() -> list[Finding]:
    """Look at everything; never raises."""
    return [python(), packages(), jupyter(), kernel(), course(), port(), browser(), grader()]


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Is this Python new enough?"""
    words = ".".join(map(str, version))
    return Finding("Python", version >= (3, 11), f"{words} in {sys.prefix}", "labkit needs Python 3.11 or newer.")


def packages(lock: Path = LOCK) -> Finding:
    """Is everything installed as the lock file says?"""
    if not lock.exists():
        return Finding("Packages", True, "not a clone, so there is no lock to hold them against")
    wanted = dict(locked(lock.read_text("utf-8")))
    wrong = [
        f"{name} {version} (here: {found})" for name, version in wanted.items() if (found := installed(name)) != version
    ]
    if not wrong:
        return Finding("Packages", True, f"{len(wanted)} as {lock.name} says")
    shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
    return Finding(
        "Packages", False, f"not as {lock.name} says: {shown}", "Run: make install", needed=_any_absent(wanted)
    )


def locked(text: str) -> Iterator[tuple[str, str]]:
    """Name and version of each package that a lock file wants on this machine."""
    from packaging.markers import Marker

    for name, version, marker in re.findall(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; (.+?))? \\$", text, re.MULTILINE):
        if not marker or Marker(marker).evaluate():
            yield name, version


def installed(name: str) -> str:
    """The installed version of a package, "none" if it isn't."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


def jupyter() -> Finding:
    """Is JupyterLab there?"""
    version = installed("jupyterlab")
    return Finding("JupyterLab", version != "none", version, "Run: make install (or pip install -e '.[notebook]')")


def kernel() -> Finding:
    """Does the kernel `python3` run in this environment?"""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError:
        return Finding("Kernel", False, "jupyter_client is missing", "Run: make install")
    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding("Kernel", False, "there is no kernel python3", "Run: make install")
    ours = Path(program).name == program or Path(program).parent == Path(sys.executable).parent
    return Finding("Kernel", ours, f"python3 runs {program}", f"Remove the kernel that hides ours: {_hiding()}")


def course() -> Finding:
    """Are the notebooks here?"""
    try:
        return Finding("Course", True, str(folder() / START))
    except LabError as error:
        return Finding("Course", False, error.message.removeprefix("error: "), error.hint)


def port(number: int = PORT) -> Finding:
    """Is JupyterLab's usual port free?"""
    with socket.socket() as probe:
        free = probe.connect_ex(("127.0.0.1", number)) != 0
    words = "is free" if free else "is taken"
    advice = 'JupyterLab will take the next one; or choose: make lab LAB_ARGS="--port 9999"'
    return Finding("Port", free, f"{number} {words}", advice, needed=False)


def browser(names: Sequence[str] = BROWSERS) -> Finding:
    """Is there a Chromium for the browser tests?"""
    found = next(filter(None, map(shutil.which, names)), None)
    advice = "Only the browser tests need it. On Debian: apt-get install chromium"
    return Finding("Chromium", found is not None, found or "not found", advice, needed=False)


def grader() -> Finding:
    """Is nbgrader there, for teachers?"""
    version = installed("nbgrader")
    advice = "Only teachers who grade with it need it: pip install -e '.[teach]'"
    return Finding("nbgrader", version != "none", version, advice, needed=False)


def show(findings: Sequence[Finding]) -> None:
    """Print the report, a line for each finding and the advice below it."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        mark = "[green]ok[/]     " if finding.well else "[red]missing[/]" if finding.needed else "[yellow]note[/]   "
        console.print(mark, f"{finding.subject:<10}", end=" ")
        console.print(finding.words, markup=False)
        if not finding.well:
            console.print(f"{'':19}{finding.advice}", markup=False)


def _any_absent(wanted: dict[str, str]) -> bool:
    return any(installed(name) == "none" for name in wanted)


def _hiding() -> str:
    from jupyter_client.kernelspec import KernelSpecManager

    return str(KernelSpecManager().get_kernel_spec("python3").resource_dir)
