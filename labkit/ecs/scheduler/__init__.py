"""The service scheduler of ECS: keeps each service's tasks as many, as new and as healthy as it says.

`actor` looks at a service and acts by what `rolling`, `breaker`, `throttling`, `shifting` and `zones` decide.
What AWS doesn't publish is labkit's choice, and said so where it is made: the batches of a rolling update, the growth
of the pause between failing starts, that a task without health checks is healthy after 40 s of RUNNING.
"""

from __future__ import annotations
