"""The pod template of a workload.

Source: kubectl pkg/describe/describe.go DescribePodTemplate, v1.32.5.
"""

from __future__ import annotations

from labkit.kubectl.describe import placement
from labkit.kubectl.describe.containers import containers
from labkit.kubectl.describe.metadata import Object, annotated, labels
from labkit.kubectl.describe.volumes import volumes
from labkit.kubectl.describe.writer import Writer


def pod_template(w: Writer, template: Object | None) -> None:
    """Labels, containers, volumes and placement of the pods a workload makes."""
    w.heading("Pod Template")
    template = template or {}
    meta, spec = template.get("metadata") or {}, template.get("spec") or {}
    labels(w, "  Labels", meta.get("labels"))
    if meta.get("annotations"):
        annotated(w, "  Annotations", meta["annotations"])
    if spec.get("serviceAccountName"):
        w.field("Service Account", spec["serviceAccountName"], level=1)
    if spec.get("initContainers"):
        containers(w, "Init Containers", spec["initContainers"], space="  ")
    containers(w, "Containers", spec.get("containers") or (), space="  ")
    volumes(w, spec.get("volumes"), space="  ")
    placement.spread(w, "  Topology Spread Constraints", spec.get("topologySpreadConstraints"))
    if spec.get("priorityClassName"):
        w.field("Priority Class Name", spec["priorityClassName"], level=1)
    labels(w, "  Node-Selectors", spec.get("nodeSelector"))
    placement.tolerations(w, "  Tolerations", spec.get("tolerations"))
