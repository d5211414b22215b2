"""Where a program runs, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from labkit.errors import CommandError
from labkit.kinds import Key
from labkit.kubelet.environment import container_of, environment
from labkit.kubelet.files import files


class Ran(NamedTuple):
    """What a program printed, and its exit code."""

    out: str = ""
    err: str = ""
    code: int = 0


@dataclass
class Place:
    """One container of a pod; `env` may be changed by a shell, `stdin` is what a pipe brings."""

    lab: Any
    pod: Key
    container: str
    stdin: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _env(self) -> dict[str, str]:
        return environment(self.lab.cluster, self.pod, self.container)

    @property
    def env(self) -> dict[str, str]:
        """The variables, with those that the shell has set."""
        return {**self._env, **self.extra}

    @cached_property
    def files(self) -> dict[str, str]:
        """The files by path."""
        return files(self.lab.cluster, self.pod, self.container)

    @property
    def obj(self) -> dict[str, Any]:
        """The pod."""
        found: dict[str, Any] = self.lab.cluster.require(self.pod)
        return found

    @property
    def spec(self) -> dict[str, Any]:
        """The container as the pod declares it."""
        return container_of(self.obj, self.container)

    @property
    def address(self) -> str:
        """The pod's address."""
        return str((self.obj.get("status") or {}).get("podIP", ""))


Program = Callable[[Place, list[str]], Ran]


def not_simulated(what: str, instead: str = "") -> CommandError:
    """The refusal of what a lab can't do in a container."""
    return CommandError(f"error: {what} is not simulated by labkit", instead)
