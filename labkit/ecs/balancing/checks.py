"""The health of one target after one more check. Pure.

Source: Elastic Load Balancing user guide, "Health checks for your target groups": a target that is new becomes healthy
after one passed check, whatever the threshold; after that each change needs as many in a row as its threshold says.
"""

from __future__ import annotations

from labkit.ecs.requests import Object

CHECKING = {"reason": "Elb.InitialHealthChecking", "description": "Initial health checks in progress"}
DRAINING = {"reason": "Target.DeregistrationInProgress", "description": "Target deregistration is in progress"}
TIMEOUT = {"reason": "Target.Timeout", "description": "Request timed out"}
REFUSED = {
    "reason": "Target.ResponseCodeMismatch",
    "description": "Health checks failed with these codes: [503]",
}


def checked(target: Object, failure: Object | None, healthy: int, unhealthy: int) -> Object:
    """A target after a check that passed (`failure` None) or failed; thresholds as the target group has them.

    Its counts stop at the threshold, so that a target about which nothing changes stays equal.
    """
    if failure is None:
        passed = min(target["passed"] + 1, healthy)
        well = target["state"] in ("initial", "healthy") or passed >= healthy
        kept = {name: value for name, value in target.items() if not well or name not in ("reason", "description")}
        return {**kept, "state": "healthy" if well else target["state"], "passed": passed, "failed": 0}
    failed = min(target["failed"] + 1, unhealthy)
    told = {"state": "unhealthy", **failure} if failed >= unhealthy else {}
    return {**target, "passed": 0, "failed": failed, **told}
