"""The files that a container sees beside those of its image: what is mounted, and what every container gets.

ConfigMaps, Secrets and the downward API follow their sources at the kubelet's next sync of the pod; what is mounted by
subPath stays as it was when the container started (see `moments`).
Source: pkg/kubelet/kubelet_pods.go makeMounts, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.cluster import Cluster
from labkit.kinds.registry import Key
from labkit.kubelet.environment import container_of, variables
from labkit.kubelet.expansion import expanded
from labkit.kubelet.hostfiles import host_files
from labkit.kubelet.moments import Snapshot, at_start, at_sync
from labkit.kubelet.volumes import File, by_name, under, volume_files

Dict = dict[str, Any]


def files(cluster: Cluster, pod: Key, container: str) -> dict[str, str]:
    """The files by absolute path, as the container sees them now; a path that ends in / is an empty directory.

    ApiError NotFound if there is no such pod, KeyError if it has no such container.
    """
    return {path: one.content for path, one in mounted(cluster, pod, container).items()}


def mounted(cluster: Cluster, pod: Key, container: str) -> dict[str, File]:
    """The same with their permissions."""
    spec = container_of(cluster.require(pod), container)
    begun, now = at_start(cluster, pod, container), at_sync(cluster, pod)
    found = {path: File(text) for path, text in host_files(begun.pod).items()}
    # A mount hides what another mount has below its path, so that the shorter paths come first.
    for mount in sorted(spec.get("volumeMounts") or (), key=lambda one: len(one["mountPath"])):
        below = mount["mountPath"].rstrip("/")
        found = {path: one for path, one in found.items() if path != below and not path.startswith(f"{below}/")}
        part = _part(mount, begun, container)
        found |= dict(_of_mount(begun if part else now, mount, part))
    return {path: found[path] for path in sorted(found)}


def _part(mount: Dict, begun: Snapshot, container: str) -> str:
    """The path within the volume that is mounted, "" for all of it."""
    if mount.get("subPathExpr"):
        return expanded(mount["subPathExpr"], variables(begun, container))
    return str(mount.get("subPath") or "")


def _of_mount(then: Snapshot, mount: Dict, part: str) -> Iterator[tuple[str, File]]:
    path, volumes = mount["mountPath"].rstrip("/"), then.pod["spec"].get("volumes") or ()
    whole = volume_files(then, by_name(volumes, mount["name"]))
    held = under(whole, part) if part else whole
    if isinstance(held, File):
        yield path, held
    elif held:
        yield from ((f"{path}/{name}", one) for name, one in held.items())
    else:
        yield f"{path}/", File("")
