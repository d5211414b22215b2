"""What the server offers: api-resources, api-versions, version, cluster-info.

Sources: kubectl pkg/cmd/apiresources, pkg/cmd/version and pkg/cmd/clusterinfo, v1.32.5.
"""

from __future__ import annotations

import json
from typing import Any

from labkit.apiserver.incoming import is_served
from labkit.errors import ApiError, CommandError
from labkit.kinds import EXTENSIONS, RESOURCES, Kind
from labkit.kubectl.call import Call
from labkit.kubectl.parser import Flag, command, no_arguments, usage_error
from labkit.kubectl.serialized import to_json, to_yaml
from labkit.kubectl.tables import columns

CLIENT = "v1.32.5"
KUSTOMIZE = "v5.5.0"
SERVER = "v1.36.2"

# Kinds that can only be created: they ask a question, or bind.
CREATE_ONLY = (
    "Binding", "SelfSubjectReview", "TokenReview", "LocalSubjectAccessReview", "SelfSubjectAccessReview",
    "SelfSubjectRulesReview", "SubjectAccessReview",
)  # fmt: skip
VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


def build(version: str) -> dict[str, str]:
    """A build as version.Info has it; what only a compiled one has is "labkit", built at the epoch."""
    major, minor, _ = version.removeprefix("v").split(".")
    return {
        "major": major, "minor": minor, "gitVersion": version, "gitCommit": "labkit", "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "labkit", "compiler": "gc", "platform": "linux/amd64",
    }  # fmt: skip


SERVER_VERSION = {
    "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
} | build(SERVER)  # fmt: skip

RAW = {"/version": json.dumps(SERVER_VERSION, indent=2)} | dict.fromkeys(("/healthz", "/livez", "/readyz"), "ok")
"""What `kubectl get --raw` of a path prints; a path of the API itself is not simulated."""


def raw(path: str) -> str:
    """The server's answer to a bare path."""
    if path in RAW:
        return RAW[path]
    if path.startswith(("/api", "/metrics", "/openapi")):
        raise CommandError(f"error: labkit does not simulate --raw {path}")
    raise ApiError(404, "NotFound", "the server could not find the requested resource")


API_VERSIONS = (
    "admissionregistration.k8s.io/v1", "apiextensions.k8s.io/v1", "apiregistration.k8s.io/v1", "apps/v1",
    "authentication.k8s.io/v1", "authorization.k8s.io/v1", "autoscaling/v1", "autoscaling/v2", "batch/v1",
    "certificates.k8s.io/v1", "coordination.k8s.io/v1", "discovery.k8s.io/v1", "events.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1", "networking.k8s.io/v1", "node.k8s.io/v1", "policy/v1",
    "rbac.authorization.k8s.io/v1", "resource.k8s.io/v1", "scheduling.k8s.io/v1", "storage.k8s.io/v1", "v1",
)  # fmt: skip


@command(
    "api-resources",
    "kubectl api-resources [flags]",
    "Print the supported API resources on the server.",
    Flag("api-group", help="Only the kinds of one group"),
    Flag("namespaced", "", "bool", True, help="Only kinds that are, or are not, namespaced"),
    Flag("no-headers", "", "bool", help="Leave the header out"),
    Flag("output", "o", help="wide or name"),
    Flag("sort-by", help="name or kind"),
    Flag("verbs", "", "list", help="Only kinds with all these verbs"),
    Flag("categories", "", "list", help="Only kinds of these categories"),
    Flag("cached", "", "bool", help="Taken, nothing is cached"),
)
def api_resources(call: Call) -> None:
    """List the kinds, in the order of their groups."""
    if call.args:
        raise usage_error(call, f"unexpected arguments: [{' '.join(call.args)}]")
    output = call.flags["output"]
    if output not in ("", "wide", "name"):
        raise CommandError(f"error: --output {output} is not available")
    if call.flags["sort-by"] not in ("", "name", "kind"):
        raise CommandError("error: --sort-by accepts only name or kind")
    installed = [kind for kind in EXTENSIONS if is_served(call.cluster, kind)]
    kinds = [kind for kind in (*RESOURCES, *installed) if _wanted(call, kind)]
    if call.flags["sort-by"]:
        kinds.sort(key=lambda kind: kind.name if call.flags["sort-by"] == "kind" else kind.plural)
    if output == "name":
        call.out("".join(f"{kind.qualified}\n" for kind in kinds), end="")
        return
    _print_kinds(call, kinds, output == "wide")


def _wanted(call: Call, kind: Kind) -> bool:
    flags = call.flags
    return (
        ("api-group" not in call.given or kind.group == flags["api-group"])
        and ("namespaced" not in call.given or kind.namespaced == flags["namespaced"])
        and set(flags["verbs"]) <= set(_verbs(kind))
        and set(flags["categories"]) <= set(kind.categories)
    )


def _verbs(kind: Kind) -> tuple[str, ...]:
    if kind.name in CREATE_ONLY:
        return ("create",)
    return ("get", "list") if kind.name == "ComponentStatus" else VERBS


def _print_kinds(call: Call, kinds: list[Kind], wide: bool) -> None:
    header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"] + ["VERBS", "CATEGORIES"] * wide
    rows = [] if call.flags["no-headers"] else [header]
    for kind in kinds:
        row = [kind.plural, ",".join(kind.short), kind.api_version, str(kind.namespaced).lower(), kind.name]
        rows.append(row + [",".join(_verbs(kind)), ",".join(kind.categories)] * wide)
    call.out(columns(rows), end="")


@command("api-versions", "kubectl api-versions", "Print the supported API versions on the server.")
def api_versions(call: Call) -> None:
    """List every group and version."""
    if call.args:
        raise usage_error(call, f"unexpected arguments: [{' '.join(call.args)}]")
    installed = {kind.api_version for kind in EXTENSIONS if is_served(call.cluster, kind)}
    call.out("\n".join(sorted({*API_VERSIONS, *installed})))


@command(
    "version",
    "kubectl version [flags]",
    "Print the client and server version information.",
    Flag("client", "", "bool", help="Only the client's version"),
    Flag("output", "o", help="yaml or json"),
)
def version(call: Call) -> None:
    """The versions whose behaviour the lab shows, with the warning the real pair gives."""
    if call.args:
        raise CommandError(f"error: extra arguments: [{' '.join(call.args)}]")
    if call.flags["output"] not in ("", "yaml", "json"):
        raise CommandError("error: --output must be 'yaml' or 'json'")
    if call.flags["output"]:
        call.out(showing_versions(call.flags["output"], not call.flags["client"]), end="")
    else:
        call.out(f"Client Version: {CLIENT}\nKustomize Version: {KUSTOMIZE}")
    if call.flags["client"]:
        return
    if not call.flags["output"]:
        call.out(f"Server Version: {SERVER}")
    call.err(
        "WARNING: version difference between client (1.32) and server (1.36) "
        "exceeds the supported minor version skew of +/-1"
    )


def showing_versions(output: str, server: bool) -> str:
    """Client, kustomize and server as YAML or JSON."""
    versions: dict[str, Any] = {"clientVersion": build(CLIENT), "kustomizeVersion": KUSTOMIZE}
    if server:
        versions["serverVersion"] = SERVER_VERSION
    return to_yaml(versions) if output == "yaml" else to_json(versions).replace("    ", "  ")


@command("cluster-info", "kubectl cluster-info", "Display addresses of the control plane.")
def cluster_info(call: Call) -> None:
    """Where the control plane would be."""
    no_arguments(call)
    call.out("Kubernetes control plane is running at https://127.0.0.1:6443")
    call.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.")
