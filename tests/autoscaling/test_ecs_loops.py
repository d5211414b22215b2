"""Both loops of ECS together: load, alarms, tasks that wait, machines that come; and back."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from labkit import Lab, load
from labkit.kinds import ecs
from tests.autoscaling.ecs_groups import cluster, size, statuses
from tests.autoscaling.test_application import NAMED, WEB, aas, count


class Minute(NamedTuple):
    """What there is at the end of a minute."""

    desired: int
    running: int
    waiting: int
    machines: int


def shop(seed_load: object) -> Lab:
    """One machine, two tasks of 512 units that need 10 ms of cpu a request; target 60 per cent."""
    lab = cluster(desired=1).run("2m")
    lab.client.create_service(
        serviceName="web", taskDefinition="web", desiredCount=2, availabilityZoneRebalancing="DISABLED"
    )
    lab.behave("service:web", cost="10ms", cpu="0m")
    aas(lab).register_scalable_target(**NAMED, MinCapacity=2, MaxCapacity=20)
    metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    given = {"TargetValue": 60, "PredefinedMetricSpecification": metric}
    kind = {"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling"}
    aas(lab).put_scaling_policy(**NAMED, **kind, TargetTrackingScalingPolicyConfiguration=given)
    lab.run("2m")
    return lab.load("service/web", rps=seed_load)


def film(lab: Lab, minutes: int) -> list[Minute]:
    found = []
    for _ in range(minutes):
        lab.run("1m")
        tasks = statuses(lab)
        found.append(Minute(count(lab), tasks.get("RUNNING", 0), tasks.get("PROVISIONING", 0), size(lab)))
    return found


def test_load_brings_tasks_and_tasks_bring_machines() -> None:
    # 57 requests/s x 10 ms are 570 millicores, 584 units: 57 per cent of two tasks' 1024, on target. 400 requests/s
    # are 4096 units: 14 tasks at 60 per cent. The metric lags behind the tasks that have come, so it overshoots.
    lab = shop(load.step(before=57, after=400, at="5m"))
    seen = film(lab, 25)
    assert {one.desired for one in seen[:6]} == {2}
    first = next(at for at, one in enumerate(seen) if one.desired > 2)
    assert 6 <= first <= 8  # three points of one minute after the fifth
    assert seen[first].waiting > 0 and seen[first].machines == 1
    grown = next(at for at, one in enumerate(seen) if one.machines > 1)
    assert grown - first in (0, 1, 2)
    assert seen[-1].waiting == 0 and seen[-1].running == seen[-1].desired >= 14
    assert seen[-1].machines * 4 >= seen[-1].desired
    assert [one.desired for one in seen] == sorted(one.desired for one in seen)
    assert film(lab, 15)[-1].desired == 14


def test_both_go_slowly_back() -> None:
    lab = shop(load.step(before=400, after=20, at="30m"))
    high = film(lab, 29)[-1]
    seen = film(lab, 60)
    falling = next(at for at, one in enumerate(seen) if one.desired < high.desired)
    assert 14 <= falling <= 17  # fifteen points of one minute after the first
    shrinking = next(at for at, one in enumerate(seen) if one.machines < high.machines)
    assert shrinking - falling >= 14  # fifteen points more
    assert (seen[-1].desired, seen[-1].running) == (2, 2)
    for before, after in pairwise(seen):
        assert before.machines - after.machines <= max(1, (before.machines - 1) // 2)


def test_tasks_never_end_because_a_machine_goes() -> None:
    lab = shop(load.step(before=400, after=20, at="30m"))
    film(lab, 95)
    service_tasks = [task for task in lab.cluster.list(ecs.TASK) if task["lastStatus"] == "RUNNING"]
    assert len(service_tasks) == 2
    ended = [entry.new for entry in lab.history if entry.key.kind == ecs.TASK and entry.new]
    codes = {task.get("stopCode") for task in ended} - {None}
    assert codes <= {"ServiceSchedulerInitiated"}


def test_the_same_seed_gives_the_same_day() -> None:
    runs = [film(shop(load.sine(low=10, high=290, period="1h")), 90) for _ in range(2)]
    assert runs[0] == runs[1]
    assert WEB in shop(10).cluster.keys(ecs.SERVICE)
