"""`kubectl diff`: what `apply` would change, as a unified diff.

Source: kubectl pkg/cmd/diff/diff.go, v1.32.5, and GNU diff -u -N.
"""

from __future__ import annotations

import difflib
from typing import Any

from labkit import apiserver
from labkit.errors import LabError
from labkit.kubectl.call import Call
from labkit.kubectl.changes import report, warn, with_source
from labkit.kubectl.parser import Flag, command, usage_error
from labkit.kubectl.resources import FILENAME, RECURSIVE
from labkit.kubectl.serialized import to_yaml, without_managed_fields
from labkit.kubectl.sources import KUSTOMIZE, Source, sources

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
LIVE, MERGED = "/tmp/LIVE-1", "/tmp/MERGED-1"


@command(
    "diff",
    "kubectl diff -f FILENAME",
    "Diff the live version against a would-be applied version.",
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    Flag("server-side", "", "bool", help="Taken"),
    Flag("force-conflicts", "", "bool", help="Taken"),
    Flag("field-manager", help="Taken, a lab keeps no managers"),
    Flag("selector", "l", help="Not simulated"),
    Flag("prune", "", "bool", help="Not simulated"),
    Flag("show-managed-fields", "", "bool", help="Taken, a lab keeps none"),
)
def diff(call: Call) -> None:
    """Print the differences; the exit code is 1 if there are any."""
    if call.args:
        raise usage_error(call, f"Unexpected args: [{' '.join(call.args)}]")
    found, errors = sources(call)
    for source in sorted(found, key=file_name):
        try:
            text = _differences(call, source)
        except LabError as error:
            errors.append(with_source(error, "creating", source.file))
            break
        if text:
            call.out(text, end="")
            call.exit_code = 1
    report(call, errors)


def _differences(call: Call, source: Source) -> str:
    live = call.cluster.get(source.key)
    answer = apiserver.apply(call.cluster, source.obj, dry_run=True)
    warn(call, answer.warnings)
    merged = answer.obj
    if live is not None:
        merged = {**merged, "metadata": _as_stored(merged["metadata"], live["metadata"])}
    name = file_name(source)
    names = (f"{LIVE}/{name}", f"{MERGED}/{name}")
    stamp = call.now.replace("T", " ").replace("Z", ".000000000 +0000")
    lines = list(difflib.unified_diff(_lines(live), _lines(merged), *names, stamp, stamp))
    return "".join([f"diff -u -N {names[0]} {names[1]}\n", *map(_header, lines)]) if lines else ""


def _as_stored(meta: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a dry run: it has no version of its own, and isn't noted as the last one applied."""
    noted = {key: value for key, value in (live.get("annotations") or {}).items() if key == LAST_APPLIED}
    others = {key: value for key, value in (meta.get("annotations") or {}).items() if key != LAST_APPLIED}
    notes = {"annotations": {**others, **noted}} if others or noted else {}
    kept = {key: value for key, value in meta.items() if key != "annotations"}
    return {**kept, **notes, "resourceVersion": live["resourceVersion"]}


def _header(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n"


def _lines(obj: dict[str, Any] | None) -> list[str]:
    return to_yaml(without_managed_fields(obj)).splitlines(keepends=True) if obj else []


def file_name(source: Source) -> str:
    """The name of the file that kubectl would compare: `apps.v1.Deployment.default.web`."""
    kind, meta = source.kind, source.obj["metadata"]
    group = f"{kind.group}." if kind.group else ""
    return f"{group}{kind.version}.{kind.name}.{source.key.namespace}.{meta.get('name', '')}"
