"""What holds for every controller."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from labkit.controllers import CONTROLLERS, SIMULATED, UNSIMULATED, controllers
from labkit.kinds import KINDS

CLASSES = pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda one: one.__name__)


@CLASSES
def test_its_docstring_has_the_fixed_form(controller: Any) -> None:
    text = inspect.getdoc(controller)
    assert [part for part in ("Reads:", "Writes:", "Runs again:", "Source:", "v1.36") if part not in text] == []


@CLASSES
def test_it_watches_kinds_that_exist_and_keeps_no_state(controller: Any) -> None:
    made = controller()
    assert set(made.watches) <= set(KINDS)
    assert set(vars(made)) == {"watches"}


def test_names_are_unique_and_kinds_are_either_simulated_or_not() -> None:
    assert len({one.name for one in controllers()}) == len(CONTROLLERS)
    assert not SIMULATED & set(UNSIMULATED)
    assert set(UNSIMULATED) | SIMULATED <= set(KINDS)


def busy(world: Any) -> list[Any]:
    world.deployment(replicas=4)
    world.create("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80, "protocol": "TCP"}]})
    world.run(20).change("Deployment", "web", {"spec": {"template": {"metadata": {"labels": {"v": "2"}}}}})
    world.run(60).delete("Deployment", "web")
    world.run(60)
    return list(world.cluster.history)


def test_two_runs_of_one_seed_are_the_same_and_come_to_rest(world: Any) -> None:
    twin = type(world)()
    assert busy(world) == busy(twin)
    assert world.cluster.clock.next_time is None


def test_reconciling_once_more_changes_nothing(world: Any) -> None:
    world.deployment(replicas=2)
    world.run(60)
    before = len(world.cluster.history)
    for actor in world.loop.actors.values():
        for kind in actor.watches:
            for key in world.cluster.keys(kind) if kind == getattr(actor, "kind", None) else ():
                actor.reconcile(world.cluster, key)
    assert len(world.cluster.history) == before
