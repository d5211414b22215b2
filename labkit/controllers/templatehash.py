"""The hash that tells pod templates apart: in names of ReplicaSets and ControllerRevisions, and in pod labels.

The real one is FNV-32a over Go's dump of the structure in memory (pkg/util/hash/hash.go), not to be had outside Go.
labkit's is FNV-32a over the template as canonical JSON: same length, same letters, same use, other value.
The letters are those of apimachinery pkg/util/rand SafeEncodeString, v1.36.
"""

from __future__ import annotations

import json
from typing import Any

from labkit.lifecycle import NAME_ALPHABET

LABEL = "pod-template-hash"


def fnv32a(data: bytes) -> int:
    """The 32-bit FNV-1a hash."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def safe_encode(text: str) -> str:
    """The text letter by letter in the alphabet without vowels, so that no word comes about."""
    return "".join(NAME_ALPHABET[ord(letter) % len(NAME_ALPHABET)] for letter in text)


def template_hash(template: dict[str, Any], collisions: int = 0) -> str:
    """The hash of a pod template; `collisions` is the status.collisionCount that makes it another one."""
    canonical = json.dumps(template, sort_keys=True, separators=(",", ":")).encode()
    salt = collisions.to_bytes(8, "little") if collisions else b""
    return safe_encode(str(fnv32a(canonical + salt)))


def without_hash(template: dict[str, Any], label: str = LABEL) -> dict[str, Any]:
    """The template without the label that carries its hash: two of these are compared."""
    meta = template.get("metadata") or {}
    labels = {name: value for name, value in (meta.get("labels") or {}).items() if name != label}
    return {**template, "metadata": {**meta, "labels": labels}}
