"""Deciding where a task goes: filters, then rules, then the draw. Writes nothing.

Source: Amazon ECS developer guide, "How Amazon ECS places tasks on container instances".
"""

from __future__ import annotations

from random import Random

import numpy as np

from labkit.ecs.placement.decision import Decision, Fall
from labkit.ecs.placement.filters import FILTERS, filters_of
from labkit.ecs.placement.fleet import Fleet
from labkit.ecs.placement.query import parse_query
from labkit.ecs.placement.request import Request
from labkit.ecs.placement.strategies import NOTHING, Draw, by, known, ranked
from labkit.scheduler.coded import Ints


def place(fleet: Fleet, request: Request, rng: Random) -> Decision:
    """Where one task goes. `rng` is asked only where several instances are equally good."""
    return decided(fleet, request, by(rng))


def place_again(fleet: Fleet, request: Request, id: str) -> Decision:
    """The same decision told once more, drawing the instance `id` where something was drawn."""
    return decided(fleet, request, known(fleet.row.get(id, -1)))


def can_take(fleet: Fleet, request: Request) -> list[str]:
    """The ids of the instances that can take a task, in order of registration: what a DAEMON service asks."""
    return [fleet.id(row) for row in _filtered(fleet, request)[0].tolist()]


def obstacle(fleet: Fleet, request: Request, id: str) -> str:
    """Why an instance can't take a task, in the API's word, "" if it can: what StartTask asks.

    Constraints aren't looked at. An instance that isn't there is MISSING.
    """
    row = fleet.row.get(id)
    if row is None:
        return "MISSING"
    answers = ((each.reason, each.passes(fleet, request)) for each in FILTERS)
    return next((reason for reason, passed in answers if passed is not None and not passed[row]), "")


def matching(fleet: Fleet, expression: str) -> list[str]:
    """The ids of the instances that an expression of the cluster query language means; QueryError if it can't be read.

    Source: botocore 1.44, ListContainerInstances `filter`.
    """
    query = parse_query(expression)
    return [fleet.id(row) for row in fleet.asked(query.text, query.holds).nonzero()[0].tolist()]


def decided(fleet: Fleet, request: Request, draw: Draw) -> Decision:
    """Where one task goes, with `draw` for what is left to chance."""
    rows, falls = _filtered(fleet, request)
    if not len(rows):
        return Decision(request, fleet.arns, falls, rows)
    rankings = tuple(ranked(fleet, request, rows, draw))
    best = rankings[-1].kept if rankings else rows
    return Decision(request, fleet.arns, falls, rows, rankings, best, draw(best))


def _looked_at(fleet: Fleet, request: Request) -> Ints:
    """Every instance, or those of the capacity provider that the task is to use."""
    provider = request.provider
    if not provider:
        return np.arange(len(fleet))
    theirs = fleet.asked(("provider", provider), lambda one, _: one.capacity_provider_name == provider)
    return np.flatnonzero(theirs)


def _filtered(fleet: Fleet, request: Request) -> tuple[Ints, tuple[Fall, ...]]:
    rows, falls = _looked_at(fleet, request), []
    for each in filters_of(request):
        passed = each.passes(fleet, request)
        if passed is None:
            continue
        stays = passed[rows]
        if stays.all():
            falls.append(Fall(each, NOTHING, str, len(rows)))
            continue
        fallen, rows = rows[~stays], rows[stays]
        falls.append(Fall(each, fallen, each.words(fleet, request, fallen), len(rows)))
    return rows, tuple(falls)
