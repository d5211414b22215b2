"""Asking the cluster's authorizer: RBAC, unless the cluster says yes to everybody."""

from __future__ import annotations

from typing import Any, Protocol

from labkit.errors import ApiError
from labkit.security import rbac
from labkit.security.rbac import Request, Verdict

BESIDE = "authorizer"
"""Where a cluster keeps its authorizer; it has none if RBAC decides."""


class Cluster(rbac.World, Protocol):
    """A cluster with what stands beside its graph."""

    beside: dict[str, Any]


class AlwaysAllow:
    """The API server's authorization mode of that name: everybody may do everything."""

    def authorize(self, request: Request) -> Verdict:
        """Yes."""
        return Verdict(True)

    def fork(self) -> AlwaysAllow:
        """It remembers nothing."""
        return self

    def until(self, time: float) -> AlwaysAllow:
        """It was so from the start."""
        return self


def authorize(cluster: Cluster, request: Request) -> Verdict:
    """Whether the request is allowed in this cluster."""
    held = cluster.beside.get(BESIDE)
    verdict: Verdict = held.authorize(request) if held else rbac.decide(cluster, request)
    return verdict


def forbidden(request: Request, reason: str = "") -> ApiError:
    """403, as the API server words it.

    Source: apiserver pkg/endpoints/handlers/responsewriters/errors.go ForbiddenStatusError, v1.36.
    """
    after = f": {reason}" if reason else ""
    if request.path:
        text = f'forbidden: User "{request.user.name}" cannot {request.verb} path "{request.path}"{after}'
        return ApiError(403, "Forbidden", text)
    where = f'in the namespace "{request.namespace}"' if request.namespace else "at the cluster scope"
    asked = f'cannot {request.verb} resource "{request.full_resource}" in API group "{request.group}"'
    return ApiError.forbidden(
        request.resource, request.name, f'User "{request.user.name}" {asked} {where}{after}', request.group
    )


def check(cluster: Cluster, request: Request) -> None:
    """Raise ApiError Forbidden unless the request is allowed."""
    verdict = authorize(cluster, request)
    if not verdict.allowed:
        raise forbidden(request, verdict.reason)
