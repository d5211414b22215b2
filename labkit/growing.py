"""The part of the front door that deals with machines: groups of them, and what scales those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from labkit.autoscaling import capacitywhy, clusterautoscaler, karpenter, vpa
from labkit.autoscaling.answers import NodeAnswer
from labkit.autoscaling.vpa.conflicts import Conflict
from labkit.cloud import autoscalinggroups, groups, nodes
from labkit.cluster import Cluster
from labkit.fields import durations
from labkit.installing import install
from labkit.kinds import Key

LAUNCH = "60s"
"""From asking for a machine to its kubelet registering; labkit's own figure, real ones take 40 s to 3 minutes."""


class Growing:
    """What a lab does with machines; `Lab` is one."""

    cluster: Cluster

    def install(self, extension: str) -> Self:
        """Put an extension's definitions into the cluster, so that its kinds are served: "vpa" or "karpenter"."""
        install(self.cluster, extension)
        return self

    def cluster_autoscaler(self, **flags: Any) -> Self:
        """Let a Cluster Autoscaler look after the node groups: `cluster_autoscaler(expander="most-pods")`.

        `flags`: those of the real one, with underscores: `scale_down_unneeded_time="5m"`; see
        labkit.autoscaling.clusterautoscaler.options. It runs beside the cluster and takes no room on its nodes. Called
        again it gets other flags. Raises FieldError for a flag that there isn't or that can't be read.
        """
        clusterautoscaler.options.write(self.cluster, flags)
        return self

    def conflicts(self) -> list[Conflict]:
        """Workloads that a horizontal and a vertical autoscaler both size by one resource: each answers the other."""
        return vpa.conflicts(self.cluster)

    def why_node(self, name: str) -> NodeAnswer:
        """Why a node is removed or replaced, or isn't, as of now: asks Karpenter, or else the Cluster Autoscaler.

        Raises ApiError NotFound, LabError where nobody looks after the node.
        """
        bought = self.cluster.get(Key("NodeClaim", "", name)) is not None
        asked = karpenter.explain if bought else clusterautoscaler.explain
        return asked(self.cluster, Key("Node", "", name))

    def why_capacity(self, name: str, cluster: str = "default") -> capacitywhy.CapacityWhy:
        """Why a service of ECS or a capacity provider has its size now: metric, alarms, arithmetic, what holds it back.

        `name`: `web`, or `service/web` and `provider/web` where both are called so. LabError where nothing scales it.
        """
        return capacitywhy.explain(self.cluster, name, cluster)

    def node_group(
        self,
        name: str,
        instance_type: str = "m5.large",
        min: int = 0,
        max: int = 10,
        desired: int | None = None,
        zones: str | Sequence[str] = "abc",
        launch: str | float = LAUNCH,
        labels: Mapping[str, str] | None = None,
        taints: Sequence[Mapping[str, str]] = (),
        spot: bool = False,
    ) -> Self:
        """A managed node group: an Auto Scaling group whose machines join the cluster as nodes NAME-1, NAME-2 and on.

        `launch`: from asking for a machine to its kubelet registering. `desired`: `min` if left out. What a node has to
        give follows from its type, as on EKS. Raises LabError for an unknown type or bounds that make no sense.
        """
        joins = {"labels": {nodes.GROUP_LABEL: name, **(labels or {})}, "taints": [dict(one) for one in taints]}
        wanted = min if desired is None else desired
        seconds = durations.seconds(launch)
        groups.create(self.cluster, name, instance_type, min, max, wanted, zones, seconds, joins, spot)
        return self

    def instance_group(
        self,
        name: str,
        instance_type: str = "m5.large",
        min: int = 0,
        max: int = 10,
        desired: int | None = None,
        zones: str | Sequence[str] = "abc",
        launch: str | float = LAUNCH,
        cluster: str = "default",
        spot: bool = False,
        protect: bool = False,
    ) -> str:
        """An Auto Scaling group whose machines register with a cluster of ECS; its ARN, for a capacity provider.

        `launch`: from asking for a machine to its agent registering. `desired`: `min` if left out. `protect`: its new
        machines are protected from scale-in, as managed termination protection asks for. Raises LabError for an unknown
        type or bounds that make no sense.
        """
        wanted = min if desired is None else desired
        seconds = durations.seconds(launch)
        joins = {"cluster": cluster}
        key = groups.create(self.cluster, name, instance_type, min, max, wanted, zones, seconds, joins, spot)
        self.cluster.put(key, {**self.cluster.require(key), "NewInstancesProtectedFromScaleIn": protect})
        return autoscalinggroups.group_arn(name)
