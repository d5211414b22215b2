"""The part of the front door that is AWS's: machines that join a cluster of ECS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labkit import founding
from labkit.cluster import Cluster


class Amazon:
    """What a lab does with AWS; `Lab` is one."""

    cluster: Cluster

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
