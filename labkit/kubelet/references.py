"""What a pod needs beside itself: ConfigMaps, Secrets and claims, in the kubelet's words when they are missing.

Source: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables, pkg/volume/{configmap,secret}, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.cluster import Cluster
from labkit.kinds.pod import Container, KeySelector, Pod, Volume
from labkit.kinds.registry import Key

_NAMES = {"ConfigMap": "configmap", "Secret": "secret"}


def missing_mounts(cluster: Cluster, pod: Pod) -> Iterator[tuple[str, str]]:
    """Each volume that can't be mounted, with the reason: `("config", 'configmap "web" not found')`."""
    for volume in pod.spec.volumes:
        fault = _mount_fault(cluster, pod.metadata.namespace, volume)
        if fault:
            yield volume.name, fault


def _claim_fault(cluster: Cluster, namespace: str, volume: Volume) -> str:
    if volume.persistent_volume_claim is None:
        return ""
    name = volume.persistent_volume_claim.claim_name
    claim = cluster.read(Key("PersistentVolumeClaim", namespace, name))
    if claim is None:
        return f'persistentvolumeclaim "{name}" not found'
    return "" if claim.status.phase == "Bound" else "PVC is not bound"


def _mount_fault(cluster: Cluster, namespace: str, volume: Volume) -> str:
    for kind, source, name in (
        ("ConfigMap", volume.config_map, volume.config_map.name if volume.config_map else ""),
        ("Secret", volume.secret, volume.secret.secret_name if volume.secret else ""),
    ):
        if source is None or source.optional:
            continue
        obj = cluster.read(Key(kind, namespace, name))
        if obj is None:
            return f'{_NAMES[kind]} "{name}" not found'
        absent = next((item["key"] for item in source.items if item["key"] not in _keys(obj)), None)
        if absent is not None:
            return f"{_NAMES[kind]} references non-existent {_NAMES[kind]} key: {absent}"
    return ""


def unready_claims(cluster: Cluster, pod: Pod) -> Iterator[tuple[str, str]]:
    """Each volume whose claim has no volume yet, with the reason in the kubelet's words."""
    namespace = pod.metadata.namespace
    for volume in pod.spec.volumes:
        fault = _claim_fault(cluster, namespace, volume)
        if fault and volume.persistent_volume_claim:
            yield volume.name, f"error processing PVC {namespace}/{volume.persistent_volume_claim.claim_name}: {fault}"


def config_fault(cluster: Cluster, pod: Pod, container: Container) -> str:
    """Why a container's environment can't be made, "" if it can."""
    namespace = pod.metadata.namespace
    for source in container.env_from:
        for kind, ref in (("ConfigMap", source.config_map_ref), ("Secret", source.secret_ref)):
            if ref and not ref.optional and cluster.get(Key(kind, namespace, ref.name)) is None:
                return f'{_NAMES[kind]} "{ref.name}" not found'
    for variable in container.env:
        if variable.value_from is not None:
            value = variable.value_from
            for kind, ref in (("ConfigMap", value.config_map_key_ref), ("Secret", value.secret_key_ref)):
                fault = _key_fault(cluster, namespace, kind, ref) if ref and not ref.optional else ""
                if fault:
                    return fault
    return ""


def _key_fault(cluster: Cluster, namespace: str, kind: str, ref: KeySelector) -> str:
    obj = cluster.read(Key(kind, namespace, ref.name))
    if obj is None:
        return f'{_NAMES[kind]} "{ref.name}" not found'
    if ref.key not in _keys(obj):
        return f"couldn't find key {ref.key} in {kind} {namespace}/{ref.name}"
    return ""


def _keys(obj: Any) -> set[str]:
    return {*obj.data, *obj.binary_data}
