"""Where the course is: the folder that has `notebooks/index.ipynb`."""

from __future__ import annotations

from pathlib import Path

from labkit.errors import LabError

START = Path("notebooks") / "index.ipynb"


def folder(cwd: Path | None = None) -> Path:
    """This folder or one above it that holds the course, else the clone labkit runs from. LabError if none does."""
    here = (cwd or Path.cwd()).resolve()
    clone = Path(__file__).resolve().parents[2]
    for candidate in (here, *here.parents, clone):
        if (candidate / START).is_file():
            return candidate
    raise LabError(f"error: the course isn't here: no {START} in {here}", "Go to the folder of your clone of labkit.")
