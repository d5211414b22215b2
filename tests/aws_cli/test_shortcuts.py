"""Options that the command line has beside the API's."""

import pytest

from labkit import Lab
from labkit.aws_cli.shortcuts import expanded
from labkit.cloud.metrics import metric, metrics_of
from labkit.kinds import ecs


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        (["--count", "2"], ["2", "2"]),
        (["--count", "1:3"], ["1", "3"]),
        (["--count=2"], ["2", "2"]),
        ([], ["1", "1"]),
        (["--min-count", "1", "--max-count", "4"], ["1", "4"]),
    ],
)
def test_a_count_is_both_bounds(words, counts):
    found = expanded("ec2", "run-instances", words)
    assert found == ["--min-count", counts[0], "--max-count", counts[1]]


def test_other_commands_stay_as_they_are():
    assert expanded("ecs", "run-task", ["--count", "2"]) == ["--count", "2"]


def test_machines_of_the_command_line_join_the_cluster():
    lab = Lab.ecs(instances=0, cluster="demo", seed=1)
    machine = "--image-id ami-1 --instance-type t3.medium --iam-instance-profile Name=ecsInstanceRole"
    lab.aws(f"ec2 run-instances {machine} --count 2 --user-data ECS_CLUSTER=demo")
    lab.run("1m")
    assert len(lab.cluster.keys(ecs.CONTAINER_INSTANCE)) == 2


def test_a_metrics_value_may_have_options_of_its_own():
    lab = Lab.ecs(1)
    lab.aws("cloudwatch put-metric-data --namespace Shop --metric-name Queue --value 12.5 --dimensions Desk=a,Floor=2")
    lab.aws("cloudwatch put-metric-data --namespace Shop --metric-name=Queue --value=7 --dimensions Desk=a,Floor=2")
    points = metrics_of(lab.cluster).points(metric("Shop", "Queue", Desk="a", Floor="2"), 0, 60)
    assert [(point.sum, point.samples) for point in points] == [(19.5, 2)]


def test_a_value_that_is_no_number_is_refused():
    refused = Lab.ecs(1).aws("cloudwatch put-metric-data --namespace Shop --metric-name Queue --value many")
    assert refused.exit_code == 252 and "MetricData[0].Value" in refused.stderr
