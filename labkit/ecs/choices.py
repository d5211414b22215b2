"""What AWS doesn't publish and labkit had to choose, in the words in which the lab's answers say so.

One sentence a choice, without a full stop, so that a line of text and a paragraph of HTML can both carry it.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.kinds.ecs import Service, Task, TaskDefinition

TIES = "AWS does not publish how ties are broken; labkit draws with the lab's seed"
RANDOM = "what AWS calls random, labkit draws with the lab's seed"
QUERIES = {
    "=~": "AWS does not say how much of a value =~ must match; labkit takes the whole of it",
    "!=": "AWS does not say what != finds where the attribute is missing; labkit finds nothing there",
}
RESERVED = (
    "AWS does not spell out what is reserved where a task and its containers both give a size; labkit takes the task's"
)
SCHEDULING = (
    "AWS does not publish when a task without checks is healthy, how restarts are slowed down and how batches are "
    "timed; labkit takes 40 s, 5 s doubling to 27 min, and all at once that the bounds allow"
)
STOPPING = "which of equal tasks a service stops, AWS calls random; labkit draws with the lab's seed"
BREAKER = (
    "AWS does not say which of the circuit breaker's thresholds its bounds of 3 and 200 hold for; labkit keeps them "
    "for BOUNDED_PERCENT alone"
)
REMAINDER = (
    "providers get their base first, then shares by weight; AWS does not publish who gets a remainder, labkit gives "
    "it to the one furthest behind its share"
)
ZONES = "AWS does not publish which of equal zones a task gets; labkit takes the first of its subnets"
SPOT = "SpotInterruption"
INTERRUPTED = f"AWS's guide and its API differ on the stopCode of an interrupted task; labkit takes the API's {SPOT}"
TRACKING = (
    "AWS promises neither the alarms' counts (3 and 15 minutes) and nine tenths, seen on alarms it made, nor the exact "
    "formula; labkit's keeps to the published rounding"
)
GROUPS = "AWS does not say how the needs of unlike waiting tasks add up; labkit takes the largest"


def of_definition(definition: TaskDefinition) -> Iterator[str]:
    """The choices behind what a task reserves of an instance."""
    sized = any(one.cpu or one.memory or one.memory_reservation for one in definition.container_definitions)
    if sized and (definition.cpu or definition.memory):
        yield RESERVED


def of_task(task: Task) -> Iterator[str]:
    """The choices behind a task's capacity provider and its end."""
    if task.capacity_provider_name:
        yield REMAINDER
    if task.stop_code == SPOT:
        yield INTERRUPTED


def of_service(service: Service) -> Iterator[str]:
    """The choices behind when and by which provider a service's next task starts, and which of its tasks goes first."""
    if service.capacity_provider_strategy:
        yield REMAINDER
    yield SCHEDULING
    yield STOPPING
    if service.deployment_configuration.get("deploymentCircuitBreaker", {}).get("enable"):
        yield BREAKER
