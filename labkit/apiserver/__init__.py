"""The API server: what a client's request becomes.

Decode strictly, default, admission that changes, validate, admission that refuses, one write of the cluster.
Every refusal is an ApiError with the server's code, reason, words and details, and leaves the cluster as it was.

    create(cluster, obj)                   replace(cluster, obj)
    patch(cluster, key, body, type)        apply(cluster, obj)
    delete(cluster, key, options)          requests.handle(cluster, "POST", "/api/v1/…", …)
"""

from __future__ import annotations

from labkit.apiserver.verbs import Answer, apply, create, delete, patch, replace

__all__ = ["Answer", "apply", "create", "delete", "patch", "replace"]
