"""The part of the front door that is AWS's: its command line, machines that join a cluster of ECS, why of tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from labkit import founding
from labkit.autoscaling.application import operations as application
from labkit.cloud import autoscalinggroups, cloudwatch, ec2
from labkit.cluster import Cluster
from labkit.ecs import balancing, client, eventbridge, iam, placement, spreading
from labkit.ecs.servicerules import is_on_fargate
from labkit.kinds import ecs

SERVICES: client.Services = {
    **client.SERVICES,
    "application-autoscaling": application.OPERATIONS,
    "autoscaling": autoscalinggroups.OPERATIONS,
    "cloudwatch": cloudwatch.OPERATIONS,
    "ec2": ec2.OPERATIONS,
    "elbv2": balancing.OPERATIONS,
    "events": eventbridge.OPERATIONS,
    "iam": iam.OPERATIONS,
}
"""The operations of each service that a lab answers, by the names boto3 has for them."""


class Amazon:
    """What a lab does with AWS; `Lab` is one."""

    cluster: Cluster

    def aws(self, command: str, cwd: str | Path | None = None) -> Any:
        """Run an aws command; what it prints is what the real one would print. The word aws may be left out.

        `cwd`: the folder that `file://` is relative to, if not the present one.
        """
        from labkit.aws_cli import run

        return run(self, command, cwd)

    def why_placed(self, name: str) -> placement.Decision | spreading.Spread | None:
        """Why a task of ECS is where it is, or where the next one of a service would go; None if there is neither.

        `name`: a task's ARN, id or the beginning of one; a service's name. On Fargate it is told of zones and
        providers. LabError for a task that nobody placed.
        """
        wanted = name.rpartition("/")[2]
        tasks = [key for key in self.cluster.keys(ecs.TASK) if key.name.startswith(wanted)]
        if tasks and self.cluster.require(tasks[0])["launchType"] == "FARGATE":
            return spreading.why(self.cluster, tasks[0])
        if tasks:
            return replace(placement.why(self.cluster, tasks[0]), paint=_painted)
        services = [key for key in self.cluster.keys(ecs.SERVICE) if key.name == wanted]
        if services and is_on_fargate(self.cluster.require(services[0])):
            return spreading.why_next(self.cluster, services[0])
        return replace(placement.why_next(self.cluster, services[0]), paint=_painted) if services else None

    def launch(
        self,
        instances: int = 1,
        instance_type: str | Sequence[str] | Mapping[str, int] = "m5.large",
        zones: str | Sequence[str] = "abc",
        cluster: str = "default",
        attributes: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Boot machines that register with a cluster of ECS, zone by zone in turn; returns the instances' ARNs.

        `instance_type`: one for all, several that take turns, or so many of each: `{"m5.large": 3, "c5.large": 1}`.
        Raises AwsError ClusterNotFoundException, LabError for a type that isn't known.
        """
        types = founding.mixed(instances, instance_type)
        launched = founding.launch_all(self.cluster, cluster, types, zones, attributes)
        return [one["containerInstanceArn"] for one in launched]


def _painted(decision: placement.Decision) -> str:
    from labkit.views import placed

    return placed(decision)._repr_html_()
