"""The recordings' stand-in for the kubelet, in the words of labkit's: what its annotations ask of containers.

The recorded clusters ran no containers. `sim/mode` on a pod, an image with the tag `bad` and being a Job's pod decided
what became of it; labkit's kubelet is told the same by `labkit.dev/` annotations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.kubelet.behaviour import PREFIX

Object = dict[str, Any]

MODES: dict[str, dict[str, str]] = {
    "unready": {"ready": "never"},
    "crash": {"exits-after": "1s", "exit-code": "1"},
    "imagepull": {"image-error": "not found"},
    "complete": {"exits-after": "2s"},
}
"""What the stand-in was asked for → what labkit's kubelet is told."""

JOB = {"exits-after": "2s"}
SECONDS = {"sim/run-seconds": "exits-after", "sim/ready-delay": "starts-in", "sim/term-delay": "stops-in"}


def steered(obj: Object) -> Object:
    """The object with labkit's annotations on its pods, if the stand-in would do anything special to them."""
    if obj.get("kind") == "Pod":
        return _noted(obj, told(obj, job=False))
    template = (obj.get("spec") or {}).get("template")
    if not isinstance(template, dict):
        return obj
    notes = told(template, job=obj.get("kind") == "Job")
    return {**obj, "spec": {**obj["spec"], "template": _noted(template, notes)}} if notes else obj


def told(pod: Object, job: bool) -> dict[str, str]:
    """What labkit's kubelet must be told about a pod or template."""
    given: Mapping[str, str] = (pod.get("metadata") or {}).get("annotations") or {}
    mode = given.get("sim/mode", "imagepull" if _has_bad_image(pod) else "")
    notes = (JOB if job else {}) | MODES.get(mode, {})
    notes |= {name: f"{given[asked]}s" for asked, name in SECONDS.items() if asked in given}
    notes |= {"exit-code": given["sim/exit-code"]} if "sim/exit-code" in given else {}
    return {f"{PREFIX}{name}": value for name, value in notes.items()}


def _has_bad_image(pod: Object) -> bool:
    containers = (pod.get("spec") or {}).get("containers") or ()
    return any(str(one.get("image", "")).endswith(":bad") for one in containers)


def _noted(pod: Object, notes: Mapping[str, str]) -> Object:
    if not notes:
        return pod
    meta = pod.get("metadata") or {}
    return {**pod, "metadata": {**meta, "annotations": {**(meta.get("annotations") or {}), **notes}}}
