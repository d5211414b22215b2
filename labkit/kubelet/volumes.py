"""What a volume of a pod holds at a moment: its files by path within the volume.

Source: pkg/volume/{configmap,secret,projected,downwardapi} MakePayload and CollectData, v1.36.
Left out: what containers write; so emptyDir, hostPath and claims are empty directories.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from labkit.kinds.registry import Key
from labkit.kubelet.downward import field_value
from labkit.kubelet.environment import content, resource_of
from labkit.kubelet.moments import Snapshot

Dict = dict[str, Any]

MODE = 0o644


class File(NamedTuple):
    """A file: its text and its permissions."""

    content: str
    mode: int = MODE


Files = dict[str, File]


def volume_files(then: Snapshot, volume: Dict) -> Files:
    """The files of a volume, as they were written at that moment."""
    for field, kind, name in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
        if field in volume:
            source = volume[field]
            return _keys(then, kind, source.get(name, ""), source, _mode(source, MODE))
    if "downwardAPI" in volume:
        return _downward(then, volume["downwardAPI"], _mode(volume["downwardAPI"], MODE))
    return _projected(then, volume["projected"]) if "projected" in volume else {}


def _mode(source: Dict, otherwise: int) -> int:
    return int(source.get("defaultMode", otherwise))


def _keys(then: Snapshot, kind: str, name: str, source: Dict, mode: int) -> Files:
    """The keys of a ConfigMap or Secret: all under their names, or `items` alone under the paths they are given."""
    held = content(then.held(Key(kind, then.pod["metadata"]["namespace"], name)))
    items = source.get("items")
    if not items:
        return {key: File(text, mode) for key, text in held.items()}
    chosen = [one for one in items if one["key"] in held]
    return {one["path"]: File(held[one["key"]], int(one.get("mode", mode))) for one in chosen}


def _downward(then: Snapshot, source: Dict, mode: int) -> Files:
    return {one["path"]: File(_told(then, one), int(one.get("mode", mode))) for one in source.get("items") or ()}


def _told(then: Snapshot, item: Dict) -> str:
    if "fieldRef" in item:
        return field_value(then.pod, item["fieldRef"]["fieldPath"])
    return resource_of(then, {}, item["resourceFieldRef"])


def _projected(then: Snapshot, volume: Dict) -> Files:
    """Several sources in one directory; of equal paths the last one counts."""
    found: Files = {}
    mode = _mode(volume, MODE)
    for source in volume.get("sources") or ():
        for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
            if field in source:
                found |= _keys(then, kind, source[field].get("name", ""), source[field], mode)
        if "downwardAPI" in source:
            found |= _downward(then, source["downwardAPI"], mode)
        if "serviceAccountToken" in source:
            found[source["serviceAccountToken"]["path"]] = File(_token(then.pod, source["serviceAccountToken"]), mode)
    return found


def _token(pod: Dict, source: Dict) -> str:
    """A token as the API server issues it: header and claims can be read; the signature is none."""
    meta, account = pod["metadata"], pod["spec"].get("serviceAccountName", "default")
    issuer = "https://kubernetes.default.svc.cluster.local"
    bound = {
        "namespace": meta["namespace"],
        "node": {"name": pod["spec"].get("nodeName", "")},
        "pod": {"name": meta["name"], "uid": meta["uid"]},
        "serviceaccount": {"name": account},
    }
    claims = {
        "aud": [source.get("audience") or issuer],
        "iss": issuer,
        "kubernetes.io": bound,
        "sub": f"system:serviceaccount:{meta['namespace']}:{account}",
    }
    parts = [_base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "labkit"}, claims)]
    return ".".join([*parts, _base64url(hashlib.sha256(".".join(parts).encode()).digest())])


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def under(files: Files, path: str) -> Files | File:
    """What a subPath of a volume is: one file, or the files of a directory (none if there is no such path)."""
    path = path.strip("/")
    if path in files:
        return files[path]
    return {name.removeprefix(f"{path}/"): one for name, one in files.items() if name.startswith(f"{path}/")}


def by_name(volumes: Iterable[Dict], name: str) -> Dict:
    """The volume of that name; empty if there is none."""
    return next((one for one in volumes if one["name"] == name), {})
