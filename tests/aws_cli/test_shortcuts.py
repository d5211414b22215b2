"""Options that the command line has beside the API's."""

import pytest

from labkit import Lab
from labkit.aws_cli.shortcuts import expanded
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
