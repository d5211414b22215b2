"""The programs that `kubectl exec` can run: each is a function of where it runs and its arguments.

Nothing real runs in a lab. What these print follows from the simulated world: the container's environment and files,
cluster DNS, and who answers a request. Messages are those of BusyBox 1.37 and curl 8.
"""

from __future__ import annotations

from labkit.kubectl.programs.place import Place, Ran
from labkit.kubectl.programs.shell import PROGRAMS, run

__all__ = ["PROGRAMS", "Place", "Ran", "run"]
