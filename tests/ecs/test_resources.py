"""What an instance has, and what is left of it."""

from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab
from labkit.ecs import quotas
from labkit.ecs.resources import free_gpus, given_back, registered, taken
from labkit.instancetypes import instance_type
from labkit.kinds import ecs
from labkit.kinds.ecs import Reserved
from tests.ecs.conftest import container

PORTS = st.lists(st.integers(3000, 9000), max_size=4, unique=True).map(tuple)
SHARES = st.builds(
    Reserved, st.integers(0, 2048), st.integers(0, 4096), st.integers(0, 1), PORTS, PORTS, st.booleans()
)  # fmt: skip


@given(what=SHARES)
def test_what_is_given_back_was_taken(what):
    fresh = registered(instance_type("p3.2xlarge"), ["GPU-1"])
    gpus = free_gpus(fresh, what.gpu)
    after = taken(fresh, what, gpus)
    assert given_back(after, what, gpus) == fresh
    left = {entry["name"]: entry for entry in after}
    assert left["CPU"]["integerValue"] == 8192 - what.cpu and len(left["GPU"]["stringSetValue"]) == 1 - what.gpu
    assert set(map(str, what.ports)) <= set(left["PORTS"]["stringSetValue"])


def test_reserved_memory_is_not_registered():
    held = {entry["name"]: entry for entry in registered(instance_type("m4.large"), reserved_memory=256)}
    assert held["MEMORY"]["integerValue"] == 7985 - 256
    assert held["PORTS"]["stringSetValue"] == [str(port) for port in quotas.RESERVED_PORTS]


DEFINITIONS = {
    "plain": {},
    "port": {"portMappings": [{"containerPort": 80, "hostPort": 8080}]},
    "udp": {"portMappings": [{"containerPort": 53, "hostPort": 53, "protocol": "udp"}]},
    "job": {"dockerLabels": {"labkit.dev/exits-after": "20s"}},
}
STEPS = st.one_of(
    st.tuples(st.just("run"), st.sampled_from(["own", *DEFINITIONS]), st.integers(1, 4)),
    st.tuples(st.just("stop"), st.integers(0, 30), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 3, 20, 90]), st.none()),
    st.tuples(st.sampled_from(["fail", "cut", "recover"]), st.integers(0, 2), st.none()),
)


def lab_with_definitions():
    lab = Lab.ecs(instances=3, seed=1)
    for family, fields in DEFINITIONS.items():
        one = container(cpu=200, memory=900, **fields)
        lab.client.register_task_definition(family=family, containerDefinitions=[one])
    own = container(cpu=100, memory=100)
    lab.client.register_task_definition(family="own", networkMode="awsvpc", containerDefinitions=[own])
    return lab


BEGINNING = lab_with_definitions()


def do(lab, step):
    word, what, count = step
    if word == "run":
        network = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}} if what == "own" else {}
        lab.client.run_task(taskDefinition=what, count=count, **network)
    elif word == "stop":
        tasks = lab.client.list_tasks()["taskArns"]
        if tasks:
            lab.client.stop_task(task=tasks[what % len(tasks)])
    elif word == "wait":
        lab.run(what)
    else:
        getattr(lab, word)(lab.cluster.keys(ecs.CONTAINER_INSTANCE)[what].name)


@given(steps=st.lists(STEPS, max_size=25))
def test_after_any_steps_what_is_left_is_what_tasks_have_not_taken(steps):
    lab = BEGINNING.fork()
    for step in steps:
        do(lab, step)
    for key in lab.cluster.keys(ecs.CONTAINER_INSTANCE):
        instance = lab.cluster.read(key)
        shares = [lab.cluster.read(task) for task in lab.cluster.into(key, "runs-on")]
        held = [task.reserved for task in shares]
        assert instance.remaining("CPU") == instance.registered("CPU") - sum(one.cpu for one in held) >= 0
        assert instance.remaining("MEMORY") == instance.registered("MEMORY") - sum(one.memory for one in held) >= 0
        ports = [port for one in held for port in one.ports]
        assert sorted(instance.ports()) == sorted([*quotas.RESERVED_PORTS, *ports])
        assert instance.enis == sum(one.eni for one in held) <= 2
        assert instance.running_tasks_count == sum(task.desired_status == "RUNNING" for task in shares)
    lab.recover().run("10m")
    assert all(lab.cluster.read(key).last_status in ("RUNNING", "STOPPED") for key in lab.cluster.keys(ecs.TASK))
