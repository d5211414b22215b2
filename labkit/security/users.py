"""Users and groups, as authentication leaves them.

Source: apiserver pkg/authentication/user, serviceaccount/util.go, pkg/endpoints/filters/impersonation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MASTERS = "system:masters"
AUTHENTICATED, UNAUTHENTICATED = "system:authenticated", "system:unauthenticated"
ANONYMOUS = "system:anonymous"
SERVICE_ACCOUNT = "system:serviceaccount:"
SERVICE_ACCOUNTS = "system:serviceaccounts"


class User(NamedTuple):
    """A user's name and groups."""

    name: str
    groups: tuple[str, ...] = ()


ADMIN = User("kubernetes-admin", ("kubeadm:cluster-admins", MASTERS, AUTHENTICATED))
"""Who types in a lab."""


def impersonated(name: str, groups: Sequence[str] = ()) -> User:
    """The user that `--as` and `--as-group` mean; a service account brings its groups unless others are asked for."""
    own = tuple(groups)
    if not own and name.startswith(SERVICE_ACCOUNT):
        namespace = name.removeprefix(SERVICE_ACCOUNT).partition(":")[0]
        own = (SERVICE_ACCOUNTS, f"{SERVICE_ACCOUNTS}:{namespace}")
    known = UNAUTHENTICATED if name == ANONYMOUS else AUTHENTICATED
    return User(name, own if {AUTHENTICATED, UNAUTHENTICATED} & set(own) else (*own, known))
