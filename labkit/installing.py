"""Installing an extension: its definitions are put into the cluster, and the server serves its kinds."""

from __future__ import annotations

from labkit import apiserver
from labkit.cluster import Cluster
from labkit.kinds import Key
from labkit.manifests import extensions

ESTABLISHED = {"type": "Established", "status": "True", "reason": "InitialNamesAccepted"}


def install(cluster: Cluster, name: str) -> list[str]:
    """Serve the kinds of an extension; what was created, as `kubectl apply` says it. LabError for an unknown name."""
    lines = []
    for definition in extensions.definitions_of(name):
        answer = apiserver.apply(cluster, definition)
        key = Key("CustomResourceDefinition", "", definition["metadata"]["name"])
        names = definition["spec"]["names"]
        condition = {**ESTABLISHED, "message": "the initial names have been accepted"}
        accepted = {"acceptedNames": names, "storedVersions": ["v1"], "conditions": [condition]}
        if "status" not in cluster.require(key):
            cluster.set_status(key, accepted)
        lines.append(f"customresourcedefinition.apiextensions.k8s.io/{key.name} {answer.verb}")
    return lines
