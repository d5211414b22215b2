"""What a lab shows live: ipywidgets around plain models, each usable from the keyboard and carrying its words.

Importing this package imports ipywidgets; `import labkit` does not import this package.
"""

from __future__ import annotations

from labkit.widgets.affinity_tuner import affinity_tuner
from labkit.widgets.control_loop import control_loop
from labkit.widgets.dashboard import dashboard
from labkit.widgets.drain_drill import drain_drill
from labkit.widgets.edit_box import edit_box
from labkit.widgets.load_and_replicas import load_and_replicas
from labkit.widgets.ninth_pod import ninth_pod
from labkit.widgets.placement_lab import placement_lab
from labkit.widgets.predict import predict
from labkit.widgets.probe_timeline import probe_timeline
from labkit.widgets.quiz import Option, quiz
from labkit.widgets.request_spinner import request_spinner
from labkit.widgets.rollout_player import rollout_player
from labkit.widgets.spread_board import spread_board
from labkit.widgets.taint_matrix import taint_matrix
from labkit.widgets.task_lifecycle import task_lifecycle
from labkit.widgets.two_loops import two_loops
from labkit.widgets.xray import xray

__all__ = [
    "Option",
    "affinity_tuner",
    "control_loop",
    "dashboard",
    "drain_drill",
    "edit_box",
    "load_and_replicas",
    "ninth_pod",
    "placement_lab",
    "predict",
    "probe_timeline",
    "quiz",
    "request_spinner",
    "rollout_player",
    "spread_board",
    "taint_matrix",
    "task_lifecycle",
    "two_loops",
    "xray",
]
