"""How long an ECS agent takes, and what AWS does around it. All in virtual seconds, the same in every run."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from labkit.kubelet.timing import Timing


@dataclass(frozen=True)
class AgentTiming(Timing):
    """A kubelet's delays (image pulls, container starts, applications), and those that ECS has besides.

    attach     an interface made and attached to an instance, under awsvpc; seconds in practice
    detach     an interface detached and deleted
    provision  Fargate finds a place and makes the interface there
    volume     an EBS volume made and attached
    hear       the agent hears of a task, by its open connection
    """

    attach: float = 6.0
    detach: float = 4.0
    provision: float = 12.0
    volume: float = 8.0
    hear: float = 0.5

    @classmethod
    def of(cls, timing: Timing) -> AgentTiming:
        """The same with ECS's delays as they are usually, unless it has its own."""
        return timing if isinstance(timing, cls) else cls(**asdict(timing))
