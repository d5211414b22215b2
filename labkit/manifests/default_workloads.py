"""What the API server fills into workloads.

Source: pkg/apis/{apps,batch}/v1/defaults.go, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.manifests.default_pod import template
from labkit.manifests.filling import at, filled, items, made, part

Object = dict[str, Any]


def deployment(obj: Object) -> Object:
    """A Deployment: one replica, rolling updates by quarters."""
    return made(obj, "spec", _deployment_spec)


def _deployment_spec(spec: Object) -> Object:
    spec = filled(spec, progressDeadlineSeconds=600, replicas=1, revisionHistoryLimit=10)
    spec = made(spec, "strategy", _strategy)
    return made(spec, "template", template)


def _strategy(strategy: Object) -> Object:
    strategy = filled(strategy, type="RollingUpdate")
    if strategy["type"] != "RollingUpdate":
        return strategy
    return made(strategy, "rollingUpdate", lambda rolling: filled(rolling, maxSurge="25%", maxUnavailable="25%"))


def replica_set(obj: Object) -> Object:
    """A ReplicaSet: one replica."""
    return made(obj, "spec", lambda spec: made(filled(spec, replicas=1), "template", template))


def replication_controller(obj: Object) -> Object:
    """A ReplicationController: one replica; what its template is labelled with is what it selects, and its labels.

    Source: pkg/apis/core/v1/defaults.go SetDefaults_ReplicationController, v1.36.
    """
    obj = replica_set(obj)
    spec, meta = obj.get("spec") or {}, obj["metadata"]
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if labels and not spec.get("selector"):
        obj = {**obj, "spec": {**spec, "selector": labels}}
    return obj if meta.get("labels") or not labels else {**obj, "metadata": {**meta, "labels": labels}}


def stateful_set(obj: Object) -> Object:
    """A StatefulSet: one replica, one after the other, claims are kept."""
    return made(obj, "spec", _stateful_spec)


def _stateful_spec(spec: Object) -> Object:
    spec = filled(spec, podManagementPolicy="OrderedReady", replicas=1, revisionHistoryLimit=10)
    spec = made(spec, "updateStrategy", _stateful_strategy)
    kept = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    spec = made(spec, "persistentVolumeClaimRetentionPolicy", lambda policy: filled(policy, **kept))
    spec = items(spec, "volumeClaimTemplates", _claim_template)
    return made(spec, "template", lambda given: _whole(template(given)))


def _whole(template: Object) -> Object:
    """A template with the fields that Go always writes: nobody looks at a StatefulSet's, so that any may lack."""
    return at(template, "spec", _whole_spec)


def _whole_spec(spec: Object) -> Object:
    spec = filled(spec, containers=[])
    for kind in ("initContainers", "containers"):
        spec = items(spec, kind, _whole_container)
    spec = items(spec, "volumes", lambda one: filled(one, name=""))
    spread = {"maxSkew": 0, "topologyKey": "", "whenUnsatisfiable": ""}
    return items(spec, "topologySpreadConstraints", lambda one: filled(one, **spread))


def _whole_container(container: Object) -> Object:
    container = items(filled(container, name=""), "env", lambda one: filled(one, name=""))
    container = items(container, "ports", lambda one: filled(one, containerPort=0))
    return items(container, "volumeMounts", lambda one: filled(one, name="", mountPath=""))


def _stateful_strategy(strategy: Object) -> Object:
    strategy = filled(strategy, type="RollingUpdate")
    if strategy["type"] != "RollingUpdate":
        return strategy
    return made(strategy, "rollingUpdate", lambda rolling: filled(rolling, partition=0))


def _claim_template(claim: Object) -> Object:
    claim = filled(claim, apiVersion="v1", kind="PersistentVolumeClaim", status={"phase": "Pending"})
    return at(claim, "spec", lambda spec: filled(spec, volumeMode="Filesystem"))


def daemon_set(obj: Object) -> Object:
    """A DaemonSet: one pod at a time is replaced."""
    return made(obj, "spec", _daemon_spec)


def _daemon_spec(spec: Object) -> Object:
    spec = made(filled(spec, revisionHistoryLimit=10), "updateStrategy", _daemon_strategy)
    return made(spec, "template", template)


def _daemon_strategy(strategy: Object) -> Object:
    strategy = filled(strategy, type="RollingUpdate")
    if strategy["type"] != "RollingUpdate":
        return strategy
    return made(strategy, "rollingUpdate", lambda rolling: filled(rolling, maxSurge=0, maxUnavailable=1))


def job(obj: Object) -> Object:
    """A Job: one completion, six retries; it takes its template's labels if it has none."""
    labels = (((obj.get("spec") or {}).get("template") or {}).get("metadata") or {}).get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj = {**obj, "metadata": {**obj["metadata"], "labels": labels}}
    return made(obj, "spec", _job_spec)


def _job_spec(spec: Object) -> Object:
    if "completions" not in spec and "parallelism" not in spec:
        spec = filled(spec, completions=1)
    retries = 2**31 - 1 if "backoffLimitPerIndex" in spec else 6
    replaced = "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed"
    spec = filled(
        spec,
        backoffLimit=retries,
        completionMode="NonIndexed",
        manualSelector=False,
        parallelism=1,
        podReplacementPolicy=replaced,
        suspend=False,
    )
    return made(spec, "template", template)


def cron_job(obj: Object) -> Object:
    """A CronJob: jobs may overlap; three successful and one failed are kept."""
    return made(obj, "spec", _cron_spec)


def _cron_spec(spec: Object) -> Object:
    spec = filled(
        spec, concurrencyPolicy="Allow", failedJobsHistoryLimit=1, successfulJobsHistoryLimit=3, suspend=False
    )
    return part(spec, "jobTemplate", lambda job: made(job, "spec", lambda inner: made(inner, "template", template)))
