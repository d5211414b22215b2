"""Karpenter: a machine chosen for the pods that wait, and taken away when fewer or cheaper ones would do."""

from __future__ import annotations

from labkit.autoscaling.karpenter.actor import Karpenter
from labkit.autoscaling.karpenter.explaining import explain

__all__ = ["Karpenter", "explain"]
