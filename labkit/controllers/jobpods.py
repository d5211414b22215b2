"""The pods of a Job as they are made. All pure.

Source: pkg/controller/job/{job_controller,indexed_job_utils}.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.controllers.jobview import INDEX, TRACKING
from labkit.controllers.ownership import pod_from

Dict = dict[str, Any]

ENV_NAME = "JOB_COMPLETION_INDEX"
_LONGEST_STEM = 58


def new_pod(job: Dict, index: int, annotations: Mapping[str, str]) -> Dict:
    """A pod of the Job with the finalizer that keeps it until it is counted; with an index it tells the pod its number.

    `index` -1 makes a pod without a number.
    """
    pod = pod_from(job["spec"]["template"], job)
    meta = pod["metadata"]
    meta["finalizers"] = [*(one for one in meta.get("finalizers") or () if one != TRACKING), TRACKING]
    if index < 0:
        return pod
    name, number = job["metadata"]["name"], {INDEX: str(index)}
    meta["generateName"] = stem(name, index)
    meta["annotations"] = {**(meta.get("annotations") or {}), **number, **annotations}
    meta["labels"] = {**(meta.get("labels") or {}), **number}
    spec = {**pod["spec"], "hostname": f"{name}-{index}"}
    for field in ("initContainers", "containers"):
        if spec.get(field):
            spec[field] = [_numbered(one) for one in spec[field]]
    return pod | {"metadata": meta, "spec": spec}


def stem(name: str, index: int) -> str:
    """What a numbered pod's name begins with: `work-3-`; a long name is cut to make room for the number."""
    end = f"-{index}-"
    return name + end if len(name + end) <= _LONGEST_STEM else name[: _LONGEST_STEM - len(end)] + end


def _numbered(container: Dict) -> Dict:
    env = container.get("env") or []
    if any(one["name"] == ENV_NAME for one in env):
        return container
    source = {"fieldRef": {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}}
    return {**container, "env": [*env, {"name": ENV_NAME, "valueFrom": source}]}
