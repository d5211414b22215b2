"""What comes next for a task, told by its state alone: for agents that begin over a world that is there already.

So a moment of the past goes on, and a lab goes on in another process. Where the state doesn't say since when something
has been under way, it takes its whole time anew.
"""

from __future__ import annotations

import math

from labkit.ecs import quotas, spot
from labkit.ecs.ending import stops_within
from labkit.ecs.starting import advance, coming, pull_seconds
from labkit.ecs.visit import RUNNING, WAITING, Next, Visit


def alive(visit: Visit) -> list[Next]:
    """What comes next for a task that is to run and of which its agent has heard."""
    names = visit.statuses()
    unpulled = [each for name in names if names[name] == WAITING and not (each := visit.at(name)).held.get("pulled")]
    by_themselves = [one for name in names if names[name] == RUNNING for one in coming(visit.at(name))]
    return [
        *(Next("pulled", pull_seconds(each), each.name) for each in unpulled),
        *advance(visit),
        *(one for one in by_themselves if math.isfinite(one.delay)),
    ]


def ending(visit: Visit) -> list[Next]:
    """What comes next for a task that is stopping already, or has stopped."""
    held, now = visit.world.require(visit.key), visit.world.clock.now
    if held["lastStatus"] == "STOPPED":
        left = visit.world.clock.seconds(held["stoppedAt"]) + quotas.STOPPED_SECONDS - now
        return [Next("forgotten", max(left, 0.0))]
    if held["lastStatus"] == "DEPROVISIONING":
        return [Next("stopped", visit.timing.detach)]
    if held["lastStatus"] == "DEACTIVATING":
        return [Next("terminate", float(held.get("deregistrationSeconds", 0.0)))]
    stopping = [name for name in visit.statuses() if visit.container(name).get("stopping")]
    warned = [Next("reclaimed", spot.WARNING)] if spot.is_interrupted(held) else []
    return [*(Next("terminated", stops_within(visit.at(name)), name) for name in stopping), *warned]
