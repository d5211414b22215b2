"""labkit: a lab for learning container orchestration, in a notebook's kernel.

    from labkit import Lab
    lab = Lab.kubernetes(nodes=3)

Names are resolved when they are first used, so that `import labkit` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from labkit.actorchecking import check_controller
    from labkit.errors import ApiError, CommandError, FieldError, LabError, ManifestError
    from labkit.experiments import Experiment, Slo, sweep
    from labkit.kinds import Key
    from labkit.lab import Lab
    from labkit.metrics import load
    from labkit.scheduler.checking import check_plugin
    from labkit.scheduler.profile import Profile

__version__ = "0.1.0"

_HOMES = {
    "Lab": "labkit.lab",
    "Key": "labkit.kinds",
    "Profile": "labkit.scheduler.profile",
    "load": "labkit.metrics",
    "Experiment": "labkit.experiments",
    "Slo": "labkit.experiments",
    "sweep": "labkit.experiments",
    "check_plugin": "labkit.scheduler.checking",
    "check_controller": "labkit.actorchecking",
    "LabError": "labkit.errors",
    "ApiError": "labkit.errors",
    "ManifestError": "labkit.errors",
    "CommandError": "labkit.errors",
    "FieldError": "labkit.errors",
}

__all__ = [*_HOMES, "load_ipython_extension"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'labkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext labkit` does: adds `%kubectl` and `%%apply`."""
    from labkit.magics import register

    register(shell)
