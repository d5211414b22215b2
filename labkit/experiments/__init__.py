"""Experiments: a lab, a load and policies, run for a while and scored; and many of them, over a grid of settings.

run = Experiment(lab, {"web": load.day(20, 200)}, ["hpa.yaml"]).run("24h")
run.frame        run.score        sweep(experiment, {"HorizontalPodAutoscaler/web spec.maxReplicas": [4, 8]})
"""

from __future__ import annotations

from labkit.experiments.experiment import Experiment
from labkit.experiments.scoring import Run, Score, Slo
from labkit.experiments.sweeping import sweep

__all__ = ["Experiment", "Run", "Score", "Slo", "sweep"]
