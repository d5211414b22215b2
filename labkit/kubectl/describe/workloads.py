"""`kubectl describe` of Deployments, ReplicaSets, ReplicationControllers, StatefulSets and DaemonSets.

Sources: kubectl pkg/describe/describe.go and pkg/util/deployment/deployment.go, v1.32.5.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from labkit.cluster import Cluster
from labkit.fields import selectors
from labkit.kinds import key_of
from labkit.kubectl.describe.metadata import (
    NONE,
    Object,
    conditions,
    controlled_by,
    created,
    go_list,
    labels,
    labels_and_annotations,
    name_and_namespace,
    plain,
)
from labkit.kubectl.describe.podtemplate import pod_template
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.storage import storage_class_of
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import amount, count

PHASES = {"Running": "Running", "Pending": "Waiting", "Succeeded": "Succeeded", "Failed": "Failed"}
HASH = "pod-template-hash"


@describer("Deployment")
def deployment(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A Deployment, with its old and its new ReplicaSet."""
    spec = obj["spec"]
    name_and_namespace(w, obj)
    created(w, obj)
    labels_and_annotations(w, obj)
    w.field("Selector", selectors.format(spec.get("selector")))
    w.field("Replicas", _deployment_replicas(obj))
    strategy = spec.get("strategy") or {}
    w.field("StrategyType", strategy.get("type", ""))
    w.field("MinReadySeconds", spec.get("minReadySeconds") or 0)
    rolling = strategy.get("rollingUpdate")
    if rolling:
        bounds = f"{rolling.get('maxUnavailable')} max unavailable, {rolling.get('maxSurge')} max surge"
        w.field("RollingUpdateStrategy", bounds)
    pod_template(w, spec.get("template"))
    conditions(w, obj)
    _replica_sets(w, obj, cluster)


def _deployment_replicas(obj: Object) -> str:
    told = [f"{count(obj, 'spec', 'replicas')} desired", f"{count(obj, 'status', 'updatedReplicas')} updated"]
    told += [f"{count(obj, 'status', 'replicas')} total", f"{count(obj, 'status', 'availableReplicas')} available"]
    return " | ".join([*told, f"{count(obj, 'status', 'unavailableReplicas')} unavailable"])


def _replica_sets(w: Writer, obj: Object, cluster: Cluster) -> None:
    owned = [cluster.require(key) for key in cluster.out(key_of(obj), "owns") if key.kind == "ReplicaSet"]
    owned.sort(key=lambda each: each["metadata"]["name"])
    wanted = without_hash(obj["spec"]["template"])
    same = [each for each in owned if without_hash(each["spec"]["template"]) == wanted]
    new = sorted(same, key=lambda each: each["metadata"]["creationTimestamp"])[:1]
    if owned:
        w.field("OldReplicaSets", _created_replicas([each for each in owned if each not in new]))
        w.field("NewReplicaSet", _created_replicas(new))


def without_hash(template: Object) -> Object:
    """A pod template as its author wrote it: without the label that tells ReplicaSets apart."""
    meta = template.get("metadata") or {}
    kept = {key: value for key, value in (meta.get("labels") or {}).items() if key != HASH}
    others = {field: value for field, value in meta.items() if field not in ("labels", "creationTimestamp")}
    return {**template, "metadata": {**others, "labels": kept}}


def _created_replicas(sets: list[Object]) -> str:
    return ", ".join(map(_created_count, sets)) or NONE


def _created_count(each: Object) -> str:
    made, wanted = count(each, "status", "replicas"), count(each, "spec", "replicas")
    return f"{each['metadata']['name']} ({made}/{wanted} replicas created)"


@describer("ReplicaSet")
def replica_set(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A ReplicaSet."""
    name_and_namespace(w, obj)
    w.field("Selector", selectors.format(obj["spec"].get("selector")))
    labels_and_annotations(w, obj)
    controlled_by(w, obj)
    _current_and_desired(w, obj, cluster)
    conditions(w, obj)


@describer("ReplicationController")
def replication_controller(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A ReplicationController, whose selector is plain labels."""
    name_and_namespace(w, obj)
    w.field("Selector", plain(obj["spec"].get("selector")))
    labels_and_annotations(w, obj)
    _current_and_desired(w, obj, cluster)
    conditions(w, obj)


def _current_and_desired(w: Writer, obj: Object, cluster: Cluster) -> None:
    current, desired = count(obj, "status", "replicas"), count(obj, "spec", "replicas")
    w.field("Replicas", f"{current} current / {desired} desired")
    w.field("Pods Status", pod_status(obj, cluster))
    pod_template(w, obj["spec"].get("template"))


def pod_status(obj: Object, cluster: Cluster) -> str:
    """How many of the pods that the object controls are in each phase."""
    keys = [key for key in cluster.out(key_of(obj), "owns") if key.kind == "Pod"]
    phases = Counter((cluster.require(key).get("status") or {}).get("phase") for key in keys)
    return " / ".join(f"{phases[phase]} {name}" for phase, name in PHASES.items())


@describer("StatefulSet")
def stateful_set(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A StatefulSet, with the claims it makes for each pod."""
    spec = obj["spec"]
    name_and_namespace(w, obj)
    created(w, obj)
    w.field("Selector", selectors.format(spec.get("selector")))
    labels_and_annotations(w, obj)
    w.field("Replicas", f"{count(obj, 'spec', 'replicas')} desired | {count(obj, 'status', 'replicas')} total")
    strategy = spec.get("updateStrategy") or {}
    w.field("Update Strategy", strategy.get("type", ""))
    rolling = strategy.get("rollingUpdate") or {}
    if rolling.get("partition") is not None:
        w.field("Partition", rolling["partition"], level=1)
        if rolling.get("maxUnavailable") is not None:
            w.field("MaxUnavailable", rolling["maxUnavailable"], level=1)
    w.field("Pods Status", pod_status(obj, cluster))
    pod_template(w, spec.get("template"))
    _claims(w, spec.get("volumeClaimTemplates") or ())


def _claims(w: Writer, templates: Any) -> None:
    if not templates:
        w.field("Volume Claims", NONE)
        return
    w.heading("Volume Claims")
    for claim in templates:
        spec, meta = claim.get("spec") or {}, claim["metadata"]
        w.field("Name", meta["name"], level=1)
        w.field("StorageClass", storage_class_of(claim), level=1)
        for title in ("Labels", "Annotations"):
            labels(w, f"  {title}", meta.get(title.lower()))
        asked = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
        w.field("Capacity", "<default>" if asked is None else amount(asked), level=1)
        w.field("Access Modes", go_list(spec.get("accessModes")), level=1)


DAEMON_COUNTS = (
    ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
    ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
    ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
    ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
    ("Number of Nodes Misscheduled", "numberMisscheduled"),
)


@describer("DaemonSet")
def daemon_set(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A DaemonSet; v1.32 doesn't say its namespace."""
    spec = obj["spec"]
    w.field("Name", obj["metadata"]["name"])
    w.field("Selector", selectors.format(spec.get("selector")))
    w.field("Node-Selector", plain(((spec.get("template") or {}).get("spec") or {}).get("nodeSelector")))
    labels_and_annotations(w, obj)
    for title, field in DAEMON_COUNTS:
        w.line(f"{title}: {count(obj, 'status', field)}")
    w.field("Pods Status", pod_status(obj, cluster))
    pod_template(w, spec.get("template"))
