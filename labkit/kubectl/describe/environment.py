"""A container's environment: variables and where their values come from.

Source: kubectl pkg/describe/describe.go describeContainerEnvVars and describeContainerEnvFrom,
pkg/util/fieldpath/fieldpath.go and pkg/util/resource/resource.go, v1.32.5.
"""

from __future__ import annotations

import re

from labkit.fields import quantity
from labkit.kubectl.describe.metadata import NONE, Object, yes
from labkit.kubectl.describe.writer import Writer

_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['(.*)'\]")


def environment_from(w: Writer, container: Object) -> None:
    """The ConfigMaps and Secrets whose entries all become variables."""
    sources = container.get("envFrom") or ()
    if sources:
        w.heading("Environment Variables from", level=2)
    for source in sources:
        kind, ref = ("ConfigMap", source["configMapRef"]) if "configMapRef" in source else _secret(source)
        prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
        w.line(ref.get("name", ""), f"{kind}{prefix}", f"Optional: {yes(ref.get('optional'))}", level=3)


def _secret(source: Object) -> tuple[str, Object]:
    return ("Secret", source["secretRef"]) if "secretRef" in source else ("", {})


def environment(w: Writer, container: Object, pod: Object | None) -> None:
    """The variables one by one; `pod` is where fields are read, None in a template."""
    variables = container.get("env") or ()
    if variables:
        w.heading("Environment", level=2)
    else:
        w.field("Environment", NONE, level=2)
    for variable in variables:
        if variable.get("valueFrom"):
            w.line(f"{variable['name']}:", *_from(variable["valueFrom"], container, pod), level=3)
            continue
        first, *more = str(variable.get("value") or "").split("\n")
        w.field(variable["name"], first, level=3)
        for line in more:
            w.line("", line, level=3)


def _from(source: Object, container: Object, pod: Object | None) -> list[str]:
    if "fieldRef" in source:
        ref = source["fieldRef"]
        value = field(pod, ref["fieldPath"]) if pod else ""
        return [f"{value} ({ref.get('apiVersion') or 'v1'}:{ref['fieldPath']})"]
    if "resourceFieldRef" in source:
        ref = source["resourceFieldRef"]
        return [f"{_resource(ref, container)} ({ref['resource']})"]
    if "secretKeyRef" in source:
        ref = source["secretKeyRef"]
        told = f"<set to the key '{ref['key']}' in secret '{ref.get('name', '')}'>"
    else:
        ref = source.get("configMapKeyRef") or {}
        told = f"<set to the key '{ref.get('key', '')}' of config map '{ref.get('name', '')}'>"
    return [told, f"Optional: {yes(ref.get('optional'))}"]


def field(pod: Object, path: str) -> str:
    """The text of a field of the metadata, as kubectl can tell it; "" for any other field."""
    meta = pod["metadata"]
    found = _SUBSCRIPT.fullmatch(path)
    if found:
        return str((meta.get(found[1]) or {}).get(found[2], ""))
    if path in ("metadata.name", "metadata.namespace", "metadata.uid"):
        return str(meta.get(path.removeprefix("metadata."), ""))
    if path in ("metadata.labels", "metadata.annotations"):
        pairs = meta.get(path.removeprefix("metadata.")) or {}
        return "\n".join(f'{key}="{pairs[key]}"' for key in sorted(pairs))
    return ""


def _resource(ref: Object, container: Object) -> str:
    """The amount, in units of the divisor, rounded up; without a limit it is what the node has."""
    side, _, name = ref["resource"].partition(".")
    given = ((container.get("resources") or {}).get(side) or {}).get(name)
    if given is None:
        return "node allocatable" if ref["resource"] in ("limits.cpu", "limits.memory") else "0"
    measure = quantity.milli if name == "cpu" else quantity.value
    divisor = measure(ref.get("divisor") or 0) or measure(1)
    return str(-(-measure(given) // divisor))
