"""The Cluster Autoscaler: node groups that grow for pods that fit nowhere and shrink where little is asked for."""

from __future__ import annotations

from labkit.autoscaling.clusterautoscaler import options
from labkit.autoscaling.clusterautoscaler.actor import ClusterAutoscaler
from labkit.autoscaling.clusterautoscaler.explaining import explain
from labkit.autoscaling.clusterautoscaler.scaleup import Plan, planned

__all__ = ["ClusterAutoscaler", "Plan", "explain", "options", "planned"]
