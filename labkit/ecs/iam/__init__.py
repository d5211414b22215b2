"""IAM as far as ECS needs it: roles, who may take them on, and what they allow.

`roles` (the calls of IAM, and roles by name), `policies` (what a document allows), `managed` (AWS's own policies).
A lab has the two roles that the console makes, `ecsInstanceRole` and `ecsTaskExecutionRole`; all others are created. A
role is known by its name, whatever account an ARN names. Left out: users, conditions in policies, permission
boundaries, policies of one's own with an ARN, instance profiles apart from their role (they have its name).
"""

from __future__ import annotations

from labkit.ecs.iam.roles import OPERATIONS, arn_of, find, may, name_of, trusts, verdict

__all__ = ["OPERATIONS", "arn_of", "find", "may", "name_of", "trusts", "verdict"]
