"""Which kind an object claims to be, with kubectl's words if it is none.

Source: kubectl pkg/validation/validation.go, cli-runtime pkg/resource/mapper.go, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.errors import ManifestError
from labkit.kinds import KINDS, Kind

_HINT = "if you choose to ignore these errors, turn validation off with --validate=false"


def identify(obj: dict[str, Any], source: str = "") -> Kind:
    """The registered kind of an object; ManifestError where kind or apiVersion are missing or unknown."""
    missing = [f"{key} not set" for key in ("apiVersion", "kind") if not obj.get(key)]
    if missing:
        told = missing[0] if len(missing) == 1 else f"[{', '.join(missing)}]"
        about = f'error validating "{source}": ' if source else ""
        raise ManifestError(f"{about}error validating data: {told}; {_HINT}")
    row = KINDS.get(obj["kind"])
    if row is None or not row.serves(obj["apiVersion"]):
        raise unserved(obj, source)
    return row


def unserved(obj: dict[str, Any], source: str = "") -> ManifestError:
    """The refusal of an object whose kind is not served, as where its CustomResourceDefinition isn't installed."""
    return ManifestError(_unknown(obj, source))


def _unknown(obj: dict[str, Any], source: str) -> str:
    meta = obj.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    where = f'name: "{meta.get("name", "")}" namespace: "{meta.get("namespace", "")}"'
    origin = f' from "{source}"' if source else ""
    return (
        f'resource mapping not found for {where}{origin}: no matches for kind "{obj["kind"]}" in version '
        f'"{obj["apiVersion"]}"\nensure CRDs are installed first'
    )
