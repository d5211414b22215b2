"""Manifests: reading them, decoding them strictly, defaulting, validating, merging. Pure functions of dicts.

read.read(source)              paths, text, dicts → Documents
decode.decode(obj, kind, v)    unknown fields, wrong types, canonical quantities
defaults.defaulted(obj)        what the API server fills in
validate.problems(obj, old)    what it refuses
merge                          JSON merge, JSON patch, strategic merge, kubectl's three-way apply
schema                         the official field documentation; what labkit doesn't simulate
"""

from __future__ import annotations

from labkit.manifests.read import Document, read

__all__ = ["Document", "read"]
