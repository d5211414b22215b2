"""Who may do what: users and their groups, and the authorizer that goes by roles and bindings. Nothing here writes."""

from __future__ import annotations

from labkit.security.authorizing import BESIDE, AlwaysAllow, authorize
from labkit.security.rbac import Request, Verdict, rules_of
from labkit.security.users import ADMIN, User, impersonated

__all__ = ["ADMIN", "BESIDE", "AlwaysAllow", "Request", "User", "Verdict", "authorize", "impersonated", "rules_of"]
