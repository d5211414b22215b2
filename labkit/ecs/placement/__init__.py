"""Where ECS places a task on container instances, and which it stops: pure questions with answers that explain.

    fleet = fleet_of(world, "default")           the instances of an ECS cluster as columns, kept in step with the world
    check_placement(constraints, strategy)       AwsError InvalidParameterException for what a request may not say
    request = Request.of(definition, "service:web", constraints, strategy)
    decision = place(fleet, request, world.rng)  decision.instance (its id) or None
    decision.failures                            RunTask's failures[]: one entry for each ACTIVE instance
    decision.message                             a service event after `(service web) `
    print(decision)                              who was left after each filter, each rule's ranking, the tie
    why(world, task_key)                         the decision that put a task where it is, told once more
    why_next(world, service_key)                 where a service's next task would go now
    choose_to_stop(fleet, tasks, n, strategy, world.rng, protected)   a list of Stop; `.task` is the struct
    obstacle(fleet, request, id)                 why an instance can't take it, as StartTask says; "" if it can
    can_take(fleet, request)                     the instances a DAEMON service runs on
    parse_query(text).holds(instance, groups)    the cluster query language; list-container-instances' filter:
    matching(fleet, "attribute:stack == prod")   the ids of the instances that an expression means
    reserved_by(definition, overrides)           what a task takes of its instance

What a task takes stands in its field `reserved` (labkit's own) and in its instance's remainingResources; a fleet reads
both from the world. `fleet.copy()` and `fleet.put(id, row, group, reserved)` try things out without writing.

Fargate has no placement: constraints and strategies are refused there by the API.
"""

from __future__ import annotations

from labkit.ecs.placement.decision import NO_INSTANCES, Decision
from labkit.ecs.placement.fleet import Fleet, fleet_of
from labkit.ecs.placement.placing import can_take, matching, obstacle, place, place_again
from labkit.ecs.placement.query import Query, QueryError, parse_query
from labkit.ecs.placement.request import Request, check_placement, reserved_by
from labkit.ecs.placement.stopping import Stop, choose_to_stop
from labkit.ecs.placement.why import why, why_next

__all__ = [
    "NO_INSTANCES", "Decision", "Fleet", "Query", "QueryError", "Request", "Stop", "can_take", "check_placement",
    "choose_to_stop", "fleet_of", "matching", "obstacle", "parse_query", "place", "place_again", "reserved_by",
    "why", "why_next",
]  # fmt: skip
