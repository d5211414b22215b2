"""Kubelets: how a bound pod gets its containers, and how it ends. `stages` is the table to read first."""

from labkit.kubelet.actor import Kubelet
from labkit.kubelet.timing import Timing

__all__ = ["Kubelet", "Timing"]
