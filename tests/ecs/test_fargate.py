"""Fargate: platform versions, capacity, zones; sizes that register, and what isn't allowed there."""

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.cluster import Cluster
from labkit.ecs import capabilities, sizes
from labkit.ecs.capacityproviders import split
from labkit.errors import AwsError, FieldError
from tests.ecs.conftest import caller, container
from tests.ecs.on_fargate import SMALL, SPOT, SUBNETS, VPC, register, run

EFS = {"volumes": [{"name": "d", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]}
WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
ARM = {"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}
LOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "awslogs-region": "us-east-1"}}
CANNOT = "PlatformTaskDefinitionIncompatibilityException"


@given(st.sampled_from([*sizes.FARGATE, 0, 128, 300, 6144]), st.integers(1, 260_000).map(lambda mib: mib // 512 * 512))
@settings(max_examples=150, deadline=None)
def test_just_the_documented_sizes_register(cpu, memory):
    world = Cluster()
    request = {**SMALL, "cpu": str(cpu), "memory": str(memory)}
    documented = cpu in sizes.FARGATE and memory in sizes.FARGATE[cpu]
    call = caller(world)
    parts = [{"name": "c", "image": "i"}]
    if documented:
        answer = call("register_task_definition", family="f", containerDefinitions=parts, **request)
        assert answer["taskDefinition"]["compatibilities"] == ["EC2", "FARGATE"]
    else:
        with pytest.raises(AwsError) as refused:
            call("register_task_definition", family="f", containerDefinitions=parts, **request)
        assert refused.value.code == "ClientException"


WINDOWS_SIZES = [("512", "1024", False), ("1024", "2048", True), ("4096", "30720", True), ("8192", "16384", False)]


@pytest.mark.parametrize(("cpu", "memory", "exists"), WINDOWS_SIZES)
def test_windows_has_three_of_the_sizes(fargate, cpu, memory, exists):  # aws.md 1.5
    if exists:
        assert register(fargate, **WINDOWS, cpu=cpu, memory=memory)
    else:
        with pytest.raises(ClientError, match="No Fargate configuration exists for given values"):
            register(fargate, **WINDOWS, cpu=cpu, memory=memory)


PLATFORMS = [
    # (definition, request, exception or platform version told); section of aws.md
    ({}, {}, "1.4.0"),  # 1.5: LATEST = 1.4.0
    ({}, {"platformVersion": "LATEST"}, "1.4.0"),  # 1.5
    ({}, {"platformVersion": "1.3.0"}, "1.3.0"),
    ({}, {"platformVersion": "1.4"}, "PlatformUnknownException"),  # 1.8
    (EFS, {}, "1.4.0"),  # 6.2: EFS from 1.4.0
    (EFS, {"platformVersion": "1.3.0"}, CANNOT),  # 6.2
    ({"cpu": "8192", "memory": "16384"}, {}, "1.4.0"),  # 1.5: PV >= 1.4.0
    ({"cpu": "8192", "memory": "16384"}, {"platformVersion": "1.3.0"}, CANNOT),
    ({"ephemeralStorage": {"sizeInGiB": 30}}, {"platformVersion": "1.3.0"}, CANNOT),
    ({**WINDOWS, "cpu": "1024", "memory": "2048"}, {}, "1.0.0"),
    ({**WINDOWS, "cpu": "1024", "memory": "2048"}, {"capacityProviderStrategy": SPOT}, CANNOT),  # 1.5: no Windows
    (ARM, {"capacityProviderStrategy": SPOT}, "1.4.0"),  # 1.5: ARM64 from 1.4.0
    (ARM, {"capacityProviderStrategy": SPOT, "platformVersion": "1.3.0"}, CANNOT),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "request_", "expected"), PLATFORMS)
def test_platform_versions(fargate, definition, request_, expected):
    register(fargate, **definition)
    if expected[0].isdigit():
        assert run(fargate, definition="g", **request_)["tasks"][0]["platformVersion"] == expected
    else:
        with pytest.raises(ClientError) as caught:
            run(fargate, definition="g", **request_)
        assert caught.value.response["Error"]["Code"] == expected


REFUSED = [
    ({"placementStrategy": [{"type": "random"}]}, "Placement strategies are not supported with FARGATE launch type."),
    ({"placementConstraints": [{"type": "distinctInstance"}]}, "Placement constraints are not supported"),
    ({"networkConfiguration": {}}, "Network Configuration must be provided when networkMode 'awsvpc' is specified."),
]


@pytest.mark.parametrize(("request_", "message"), REFUSED)
def test_what_is_refused_on_fargate(fargate, request_, message):
    asked = {"launchType": "FARGATE", "networkConfiguration": VPC, **request_}
    with pytest.raises(ClientError, match=message):
        fargate.client.run_task(taskDefinition="f", **asked)
    with pytest.raises(ClientError, match=message):
        fargate.client.create_service(serviceName="s", taskDefinition="f", desiredCount=1, **asked)
    strategy = {name: value for name, value in asked.items() if name != "launchType"}
    with pytest.raises(ClientError, match=message):
        fargate.client.create_service(serviceName="s", taskDefinition="f", desiredCount=1, **strategy)


def test_logs_without_an_execution_role_are_refused_when_a_task_is_to_run(fargate):
    register(fargate, container(cpu=0, logConfiguration=LOGS))
    with pytest.raises(ClientError, match="to have execution role ARN to support log driver awslogs"):
        run(fargate, definition="g")
    role = {"executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"}
    task = run(fargate, definition="g", overrides=role)["tasks"][0]
    fargate.run("1m")
    assert fargate.client.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]["lastStatus"] == "RUNNING"


def test_a_task_tells_of_its_platform_storage_and_interface(fargate):
    task = run(fargate, launchType="FARGATE")["tasks"][0]
    fargate.run("1m")
    told = fargate.client.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]
    shown = {
        name: told[name] for name in ("lastStatus", "launchType", "platformVersion", "platformFamily", "cpu", "memory")
    }
    assert list(shown.values()) == ["RUNNING", "FARGATE", "1.4.0", "Linux", "256", "512"]
    assert told["ephemeralStorage"] == {"sizeInGiB": 20} and told["connectivity"] == "CONNECTED"
    assert "containerInstanceArn" not in told and "capacityProviderName" not in told
    details = {one["name"]: one["value"] for one in told["attachments"][0]["details"]}
    assert (
        told["attachments"][0]["type"] == "ElasticNetworkInterface" and told["attachments"][0]["status"] == "ATTACHED"
    )
    assert details["privateIPv4Address"] == told["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    assert details["subnetId"] == capabilities.subnet_of(told["availabilityZone"])
    moments = ["createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt"]
    assert [told[name] for name in moments] == sorted(told[name] for name in moments)


def test_tasks_are_spread_over_the_zones_of_their_subnets_each_provider_for_itself(fargate):
    on_demand, spot = run(fargate, 4), run(fargate, 4, capacityProviderStrategy=SPOT)
    for answer in (on_demand, spot):
        assert [task["availabilityZone"][-1] for task in answer["tasks"]] == ["a", "b", "c", "a"]
    two = {"awsvpcConfiguration": {"subnets": SUBNETS[1:]}}
    more = fargate.client.run_task(taskDefinition="f", count=2, networkConfiguration=two)
    assert [task["availabilityZone"][-1] for task in more["tasks"]] == ["b", "c"]


def test_base_and_weights_split_the_tasks(fargate):
    strategy = [
        {"capacityProvider": "FARGATE", "base": 2, "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
    ]
    tasks = run(fargate, 10, capacityProviderStrategy=strategy)["tasks"]
    names = [task["capacityProviderName"] for task in tasks]
    assert (names.count("FARGATE"), names.count("FARGATE_SPOT")) == (4, 6)  # aws.md 5.3's worked example


WEIGHTS = st.lists(st.integers(0, 20), min_size=1, max_size=5).filter(any)


@given(WEIGHTS, st.integers(0, 12), st.integers(0, 60))
def test_a_split_sums_to_the_count_and_stays_near_its_ratio(weights, base, count):
    strategy = [
        {"capacityProvider": str(n), "weight": weight, "base": 0 if n else base} for n, weight in enumerate(weights)
    ]
    chosen = split(strategy, count)
    assert len(chosen) == count
    rest = max(count - base, 0)
    for number, weight in enumerate(weights):
        exact = rest * weight / sum(weights) + (0 if number else min(base, count))
        assert abs(chosen.count(str(number)) - exact) < len(weights)
        assert weight or number == 0 or not chosen.count(str(number))


def test_a_provider_without_room_says_so(fargate):
    fargate.capacity("FARGATE_SPOT", 2)
    answer = run(fargate, 4, capacityProviderStrategy=SPOT)
    assert len(answer["tasks"]) == 2
    assert answer["failures"][0]["reason"].startswith("Capacity is unavailable at this time.")
    assert len(run(fargate, 4)["tasks"]) == 4, "FARGATE has its own capacity"
    fargate.capacity("FARGATE_SPOT", None)
    assert len(run(fargate, 4, capacityProviderStrategy=SPOT)["tasks"]) == 4


def test_a_zone_without_room_is_left_out(fargate):
    fargate.capacity("FARGATE", 0, zone="a")
    assert [task["availabilityZone"][-1] for task in run(fargate, 3)["tasks"]] == ["b", "c", "b"]


@pytest.mark.parametrize(("provider", "tasks"), [("SPOT", 1), ("FARGATE", -1)])
def test_senseless_capacity_is_refused(fargate, provider, tasks):
    with pytest.raises(FieldError):
        fargate.capacity(provider, tasks)


def test_public_addresses_are_fargates_alone(lab):
    lab.client.register_task_definition(family="n", networkMode="awsvpc", containerDefinitions=[container()])
    public = {"awsvpcConfiguration": {"subnets": SUBNETS, "assignPublicIp": "ENABLED"}}
    with pytest.raises(ClientError, match="Assign public IP is not supported for this launch type"):
        lab.client.run_task(taskDefinition="n", networkConfiguration=public)
