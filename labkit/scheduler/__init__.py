"""The scheduler: which node a pod goes to, and why.

    decide(cluster, pod)            a Decision: who refused which node, scores, the node chosen, the literal message
    Scheduler()                     the actor: queue, decide, bind; `Scheduler().why(cluster, key)` explains
    profiles(source)                the profiles of a KubeSchedulerConfiguration

One module per plugin, named after the real one; `profile` says which run, in what order, with what weight.
"""

from __future__ import annotations

from labkit.scheduler.actor import Scheduler
from labkit.scheduler.columns import Columns
from labkit.scheduler.configuration import profiles
from labkit.scheduler.decision import Decision, Rejection
from labkit.scheduler.explain import Why, explain
from labkit.scheduler.framework import decide
from labkit.scheduler.profile import DEFAULT, Profile

__all__ = [
    "DEFAULT", "Columns", "Decision", "Profile", "Rejection", "Scheduler", "Why",
    "decide", "explain", "profiles",
]  # fmt: skip
