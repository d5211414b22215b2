"""Policies compared as small multiples."""

from __future__ import annotations

import pytest

from labkit import Lab, load
from labkit.checks.ecs_scaling_answers import fleet, provide, register, serve, tracking
from labkit.checks.ecs_scaling_answers import target as scalable
from labkit.checks.scaling import COST, SERVICE, app, hpa
from labkit.experiments import Experiment
from labkit.views import compared

RULES = {"default": {}, "no window": {"scaleDown": {"stabilizationWindowSeconds": 0}}}


@pytest.fixture(scope="module")
def runs() -> dict[str, object]:
    lab = Lab.kubernetes(nodes=1, cpu="8", seed=1)
    lab.apply(app() + "---" + SERVICE + "---" + hpa())
    lab.behave("app=web", cost=COST).run("1m")
    experiment = Experiment(lab, {"web": load.steps((0, 6), ("2m", 40), ("5m", 6))})
    field = "HorizontalPodAutoscaler/web spec.behavior"
    return {name: experiment.having({field: rule}).run("12m") for name, rule in RULES.items()}


def test_each_policy_has_a_chart_and_a_row(runs: dict[str, object]) -> None:
    drawing = compared(runs)
    assert all(name in drawing.svg for name in RULES)
    (table,) = drawing.tables
    assert [row[0] for row in table.rows] == list(RULES)
    kept, nervous = (float(row[3]) for row in table.rows)
    assert kept > nervous
    assert drawing.alt.startswith("2 policies under one load. default: ")


def test_the_service_may_be_named_and_must_be_there(runs: dict[str, object]) -> None:
    assert compared(runs, "web").svg == compared(runs).svg
    with pytest.raises(KeyError):
        compared(runs, "shop")


def test_tasks_and_their_machines_have_a_price() -> None:
    runs = {f"target {target}": _on_ecs(target) for target in (40, 80)}
    drawing = compared(runs, unit="task")
    (table,) = drawing.tables
    assert table.columns[3:] == ("Tasks on average", "Most tasks", "Changes", "USD")
    low, high = (float(row[-1]) for row in table.rows)
    assert low > high
    assert "running tasks" in drawing.svg and f"{low:.2f} USD" in drawing.svg


def _on_ecs(target: int) -> object:
    lab = register(Lab.ecs(0, seed=1))
    serve(provide(lab, ("fleet", fleet(lab, 1))), 4)
    lab.run("10m").aws(scalable(4, 24))
    lab.aws(tracking(target))
    return Experiment(lab, {"web": load.steps((0, 50), ("2m", 200))}).run("30m")
