"""What a container does, declared by annotations on its pod.

| annotation | meaning |
|---|---|
| labkit.dev/starts-in: 3s | so long after its start the application answers: startup and readiness probes pass |
| labkit.dev/ready: "never" | readiness probes never pass; without a probe the container is ready all the same |
| labkit.dev/exits-after: 30s | so long after its start the container ends |
| labkit.dev/exit-code: "1" | with which code it ends, 0 if not given |
| labkit.dev/stops-in: 2s | so long it takes to end after SIGTERM; the grace period is the limit |
| labkit.dev/image-error: text | the image can't be pulled, and this is what the registry says |

Each may be for one container of several: `labkit.dev/exits-after.sidecar`. A Deployment's pods get them from
`spec.template.metadata.annotations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from labkit.fields import durations

PREFIX = "labkit.dev/"


class Behaviour(NamedTuple):
    """What one container does; None where nothing is declared. Times in seconds."""

    starts_in: float | None = None
    ready: bool = True
    exits_after: float | None = None
    exit_code: int = 0
    stops_in: float | None = None
    image_error: str = ""


def behaviour(annotations: Mapping[str, str], container: str) -> Behaviour:
    """What the annotations say about a container. FieldError for a time that can't be read."""

    def told(name: str) -> str | None:
        return annotations.get(f"{PREFIX}{name}.{container}", annotations.get(f"{PREFIX}{name}"))

    def seconds(name: str) -> float | None:
        text = told(name)
        return None if text is None else durations.seconds(text)

    return Behaviour(
        starts_in=seconds("starts-in"),
        ready=told("ready") != "never",
        exits_after=seconds("exits-after"),
        exit_code=int(told("exit-code") or 0),
        stops_in=seconds("stops-in"),
        image_error=told("image-error") or "",
    )
