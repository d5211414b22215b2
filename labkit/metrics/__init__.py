"""Load and what it makes pods use: patterns, labkit's model of a server, samples of it, and what nodes cost.

Pure but for the table of declared loads and the samples, which go along with a cluster. How Kubernetes measures it
(metrics-server) is here too; who asks: `kubectl top`, autoscalers, `lab.metrics()`.
"""

from __future__ import annotations

from labkit.metrics import load

__all__ = ["load"]
