"""What a lab shows live: ipywidgets around plain models, each usable from the keyboard and carrying its words.

Importing this package imports ipywidgets; `import labkit` does not import this package.
"""
from __future__ import annotations

from labkit.widgets.dashboard import dashboard
from labkit.widgets.predict import predict
from labkit.widgets.quiz import Option, quiz

__all__ = ["Option", "dashboard", "predict", "quiz"]
