"""The lab's answers name what AWS leaves open, where it mattered and nowhere else."""

import msgspec
import pytest

from labkit import Lab
from labkit.ecs import choices
from labkit.ecs.spot import CODE
from labkit.kinds.ecs import Service, Task

SIZED = {"name": "web", "image": "nginx", "cpu": 256, "memory": 512}


@pytest.fixture
def lab() -> Lab:
    return Lab.ecs(instances=2, seed=3)


def register(lab: Lab, family: str, **more: object) -> None:
    lab.client.register_task_definition(family=family, containerDefinitions=[SIZED], **more)


def test_a_size_given_twice_is_told_as_a_choice(lab: Lab) -> None:
    register(lab, "once")
    register(lab, "twice", cpu="512", memory="1024")
    told = {name: _why(lab, name) for name in ("once", "twice")}
    assert choices.RESERVED in told["twice"] and choices.RESERVED not in told["once"]


def test_a_random_draw_is_told_as_a_choice(lab: Lab) -> None:
    register(lab, "web")
    assert choices.RANDOM in _why(lab, "web", placementStrategy=[{"type": "random"}])
    assert choices.RANDOM not in _why(lab, "web", placementStrategy=[{"type": "binpack", "field": "cpu"}])


def test_the_circuit_breaker_is_told_as_a_choice_where_it_is_on() -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    assert choices.BREAKER in [*choices.of_service(_service(deploymentConfiguration=breaker))]
    assert choices.BREAKER not in [*choices.of_service(_service())]


def test_a_split_by_weights_is_told_as_a_choice_where_there_is_one() -> None:
    weighed = [{"capacityProvider": "FARGATE", "weight": 1}]
    assert choices.REMAINDER in [*choices.of_service(_service(capacityProviderStrategy=weighed))]
    assert choices.REMAINDER not in [*choices.of_service(_service())]


def test_an_interruption_is_told_as_a_choice() -> None:
    taken, ended = (Task("a", "c", "d", "STOPPED", "STOPPED", stop_code=code) for code in (CODE, "UserInitiated"))
    assert [*choices.of_task(taken)] == [choices.INTERRUPTED] and [*choices.of_task(ended)] == []


def test_a_task_whose_containers_give_no_size_is_no_choice(lab: Lab) -> None:
    bare = [{"name": "web", "image": "nginx"}]
    lab.client.register_task_definition(family="bare", containerDefinitions=bare, cpu="512", memory="1024")
    assert choices.RESERVED not in _why(lab, "bare")


@pytest.mark.parametrize("operator", ["=~", "matches"])
def test_what_a_query_leaves_open_is_told_however_it_is_spelt(lab: Lab, operator: str) -> None:
    register(lab, "web")
    asked = {"type": "memberOf", "expression": f"attribute:ecs.instance-type {operator} m5.*"}
    assert choices.QUERIES["=~"] in _why(lab, "web", placementConstraints=[asked])
    assert choices.QUERIES["!="] not in _why(lab, "web", placementConstraints=[asked])


def _why(lab: Lab, family: str, **more: object) -> str:
    [task] = lab.client.run_task(taskDefinition=family, **more)["tasks"]
    return str(lab.why(task["taskArn"]))


def _service(**given: object) -> Service:
    return msgspec.convert({"serviceArn": "a", "serviceName": "web", "clusterArn": "c", **given}, Service)
