"""Opening JupyterLab on the course."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from labkit.cli.course import START, folder

CONFIG = Path(__file__).with_name("jupyter_config")
"""Jupyter settings that come with labkit: no question about news at the first start."""


def serve(options: Sequence[str] = ()) -> int:
    """Run JupyterLab until it is stopped; returns its exit status. Raises LabError where there is no course."""
    course = folder()
    trust(course)
    arguments = command(course, options, as_root=hasattr(os, "geteuid") and os.geteuid() == 0)
    try:
        return subprocess.call(arguments, env=environment(os.environ))
    except KeyboardInterrupt:
        return 0


def trust(course: Path) -> None:
    """Sign the course's notebooks, for JupyterLab shows no stored picture of a notebook that nobody here has run."""
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in sorted([*course.glob("notebooks/*.ipynb"), *course.glob("solutions/*.ipynb")]):
        try:
            notary.sign(nbformat.read(path, as_version=4))
        except (OSError, ValueError):
            continue  # JupyterLab itself says what is wrong with it


def command(course: Path, options: Sequence[str] = (), as_root: bool = False) -> list[str]:
    """The command line: the course is the root folder, its start page is what opens."""
    told = [f"--ServerApp.root_dir={course}", f"--LabApp.default_url=/lab/tree/{START.as_posix()}"]
    return [sys.executable, "-m", "jupyterlab", *told, *(["--allow-root"] if as_root else []), *options]


def environment(base: Mapping[str, str]) -> dict[str, str]:
    """`base` with labkit's Jupyter settings, and this environment's programs first on the PATH."""
    configs = [str(CONFIG), base.get("JUPYTER_CONFIG_PATH", "")]
    programs = [str(Path(sys.executable).parent), base.get("PATH", "")]
    joined = {"JUPYTER_CONFIG_PATH": configs, "PATH": programs}
    return {**base, **{name: os.pathsep.join(filter(None, parts)) for name, parts in joined.items()}}
