"""Containers of a pod or of a pod template: image, ports, state, resources, probes, environment, mounts.

Source: kubectl pkg/describe/describe.go describeContainers and below, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labkit.kubectl.describe.environment import environment, environment_from
from labkit.kubectl.describe.metadata import NONE, Object, date
from labkit.kubectl.describe.probes import probe
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import amount

PROBES = (("livenessProbe", "Liveness"), ("readinessProbe", "Readiness"), ("startupProbe", "Startup"))


def containers(
    w: Writer,
    title: str,
    specs: Sequence[Object],
    statuses: Sequence[Object] = (),
    pod: Object | None = None,
    space: str = "",
) -> None:
    """A list of containers. `pod` is their pod, None in a template; `space` is what a template's lines begin with."""
    w.line(f"{space}{title}:{'' if specs else ' <none>'}")
    states = {status["name"]: status for status in statuses or ()}
    for container in specs:
        status = states.get(container["name"])
        w.line(f"{' ' if space else ''}{container['name']}:", level=1)
        _image_and_ports(w, container, status)
        _words(w, "Command", container.get("command"))
        _words(w, "Args", container.get("args"))
        if status is not None:
            _states(w, status)
        resources(w, container.get("resources"), 2)
        for field, name in PROBES:
            if container.get(field):
                w.field(name, probe(container[field]), level=2)
        environment_from(w, container)
        environment(w, container, pod)
        _mounts(w, container)


def _image_and_ports(w: Writer, container: Object, status: Object | None) -> None:
    if status is not None:
        w.field("Container ID", status.get("containerID", ""), level=2)
    w.field("Image", container.get("image", ""), level=2)
    if status is not None:
        w.field("Image ID", status.get("imageID", ""), level=2)
    for title, field in (("Port", "containerPort"), ("Host Port", "hostPort")):
        text = ", ".join(_port(port, field) for port in container.get("ports") or ())
        w.field(f"{title}s" if "," in text else title, text or NONE, level=2)
    profile = (container.get("securityContext") or {}).get("seccompProfile")
    if profile:
        w.field("SeccompProfile", profile.get("type", ""), level=2)
        if profile.get("type") == "Localhost":
            w.field("LocalhostProfile", profile.get("localhostProfile", ""), level=3)


def _port(port: Object, field: str) -> str:
    return f"{port.get(field) or 0}/{port.get('protocol') or 'TCP'}"


def _words(w: Writer, title: str, words: Sequence[str] | None) -> None:
    if words:
        w.heading(title, level=2)
    for line in "\n".join(words or ()).split("\n") if words else ():
        w.line(line, level=3)


def _states(w: Writer, status: Object) -> None:
    _state(w, "State", status.get("state") or {})
    if (status.get("lastState") or {}).get("terminated"):
        _state(w, "Last State", status["lastState"])
    w.field("Ready", "True" if status.get("ready") else "False", level=2)
    w.field("Restart Count", status.get("restartCount") or 0, level=2)


def _state(w: Writer, title: str, state: Object) -> None:
    if state.get("running") is not None:
        w.field(title, "Running", level=2)
        w.field("Started", date(state["running"].get("startedAt")), level=3)
    elif state.get("terminated") is not None:
        w.field(title, "Terminated", level=2)
        _ended(w, state["terminated"])
    else:
        w.field(title, "Waiting", level=2)
        if (state.get("waiting") or {}).get("reason"):
            w.field("Reason", state["waiting"]["reason"], level=3)


def _ended(w: Writer, ended: Object) -> None:
    for title in ("Reason", "Message"):
        if ended.get(title.lower()):
            w.field(title, ended[title.lower()], level=3)
    w.field("Exit Code", ended.get("exitCode") or 0, level=3)
    if ended.get("signal"):
        w.field("Signal", ended["signal"], level=3)
    w.field("Started", date(ended.get("startedAt")), level=3)
    w.field("Finished", date(ended.get("finishedAt")), level=3)


def resources(w: Writer, needs: dict[str, Any] | None, level: int) -> None:
    """Limits and requests, each sorted by resource."""
    for title in ("Limits", "Requests"):
        amounts = (needs or {}).get(title.lower()) or {}
        if amounts:
            w.heading(title, level=level)
        for name in sorted(amounts):
            w.field(name, amount(amounts[name]), level=level + 1)


def _mounts(w: Writer, container: Object) -> None:
    mounts = sorted(container.get("volumeMounts") or (), key=lambda mount: mount["mountPath"])
    if mounts:
        w.heading("Mounts", level=2)
    else:
        w.field("Mounts", NONE, level=2)
    for mount in mounts:
        flags = ["ro" if mount.get("readOnly") else "rw"] + [
            f'path="{path}"' for path in [mount.get("subPath")] if path
        ]
        w.line(f"{mount['mountPath']} from {mount['name']} ({','.join(flags)})", level=3)
    devices = sorted(container.get("volumeDevices") or (), key=lambda device: device["devicePath"])
    if devices:
        w.line("Devices:", *(() if mounts else (NONE,)), level=2)
    for device in devices:
        w.line(f"{device['devicePath']} from {device['name']}", level=3)
