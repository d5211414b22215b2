"""Why a node is removed, or isn't: the autoscaler's reason by its name, and in words with the numbers."""

from __future__ import annotations

from labkit.autoscaling.answers import NodeAnswer
from labkit.autoscaling.clusterautoscaler import options as flags
from labkit.autoscaling.clusterautoscaler.actor import LAST_ADDED, LAST_FAILED, noted
from labkit.autoscaling.clusterautoscaler.machinery import group_of
from labkit.autoscaling.clusterautoscaler.options import Options
from labkit.autoscaling.clusterautoscaler.scaledown import DOOMED, Verdict, since, taint, used_of, verdicts
from labkit.cluster import Cluster
from labkit.errors import LabError
from labkit.fields import durations
from labkit.kinds.registry import Key

NO_AUTOSCALER = "this lab has no Cluster Autoscaler"
BLOCKED = {
    "NotSafeToEvictAnnotation": "says cluster-autoscaler.kubernetes.io/safe-to-evict: false",
    "NotReplicated": "has no controller that would make it anew",
    "UnmovableKubeSystemPod": "is in kube-system, no DaemonSet runs it and no PodDisruptionBudget covers it",
    "LocalStorageRequested": "keeps data on the node (hostPath or emptyDir)",
    "NotEnoughPdb": "is covered by a PodDisruptionBudget that allows no disruption now",
}


def explain(cluster: Cluster, node: Key) -> NodeAnswer:
    """Why a node goes or stays, as of now. ApiError NotFound; LabError where there is no Cluster Autoscaler."""
    obj, options = cluster.require(node), flags.read(cluster)
    if options is None:
        raise LabError(NO_AUTOSCALER, "Let one look after the node groups: lab.cluster_autoscaler().")
    if taint(obj, DOOMED) is not None:
        return NodeAnswer(node.name, True, "", "its pods are evicted, then its machine is terminated")
    verdict = verdicts(cluster, options)[node]
    reason = verdict.reason or _not_yet(cluster, node, options)
    return NodeAnswer(node.name, False, reason, _words(cluster, verdict, reason, options))


def _not_yet(cluster: Cluster, node: Key, options: Options) -> str:
    group = group_of(cluster, cluster.require(node))
    held = cluster.require(group) if group else None
    if held and held["DesiredCapacity"] <= held["MinSize"]:
        return "NodeGroupMinSizeReached"
    return "NotUnneededLongEnough" if _rest(cluster, options) <= cluster.clock.now else "InCooldown"


def _rest(cluster: Cluster, options: Options) -> float:
    added = noted(cluster, LAST_ADDED) + options.scale_down_delay_after_add
    return max(added, noted(cluster, LAST_FAILED) + options.scale_down_delay_after_failure)


def _words(cluster: Cluster, verdict: Verdict, reason: str, options: Options) -> str:
    plain = {
        "NotAutoscaled": "it belongs to no node group",
        "ScaleDownDisabledAnnotation": "its annotation scale-down-disabled is true",
        "ScaleDownUnreadyDisabled": "it isn't ready; labkit's autoscaler leaves such nodes alone",
        "NoPlaceToMovePods": "its pods would fit on no other node",
        "NodeGroupMinSizeReached": "its group is at its minimum",
    }
    if reason in plain:
        return plain[reason]
    if reason == "NotUnderutilized":
        return _share(cluster, verdict, options)
    if reason == "BlockedByPod" and verdict.blocker is not None:
        return f"pod {verdict.blocker.pod.name} {BLOCKED[verdict.blocker.reason]} ({verdict.blocker.reason})"
    return _waits(cluster, verdict, reason, options)


def _share(cluster: Cluster, verdict: Verdict, options: Options) -> str:
    used = verdict.used or used_of(cluster, verdict.node, options)
    shares = f"cpu {used.cpu:.0%}, memory {used.memory:.0%}"
    return f"its pods ask for {shares} of it; it could go below {options.scale_down_utilization_threshold:.0%}"


def _waits(cluster: Cluster, verdict: Verdict, reason: str, options: Options) -> str:
    if reason == "InCooldown":
        left = durations.human(_rest(cluster, options) - cluster.clock.now)
        return f"it could go, but a group grew or a removal failed lately; removals go on in {left}"
    began = since(cluster, verdict.node)
    held = 0.0 if began is None else cluster.clock.now - began
    wanted = durations.human(options.scale_down_unneeded_time)
    return f"it could go; it has been unneeded for {durations.human(held)} of {wanted}"
