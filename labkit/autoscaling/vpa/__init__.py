"""The Vertical Pod Autoscaler: how much one pod should ask for, from what it was seen to use."""

from __future__ import annotations

from labkit.autoscaling.vpa.conflicts import conflicts
from labkit.autoscaling.vpa.recommender import Recommender
from labkit.autoscaling.vpa.updater import Updater

__all__ = ["Recommender", "Updater", "conflicts"]
