"""What learners often believe about where ECS puts tasks, each with what is true instead."""

from __future__ import annotations

PLACEMENT: dict[str, str] = {
    "a strategy is a promise": (
        "A strategy is best effort: where its wish can't be had, the task is placed anyway. What must hold is a"
        " constraint: distinctInstance or memberOf."
    ),
    "the order of rules doesn't matter": (
        "Each rule only chooses among what the rule before it left. The first one decides most, so write the one you"
        " care about first."
    ),
    "packing keeps the zones even": (
        "binpack looks for the instance with the least left, whatever its zone. To keep zones even, spread over"
        " attribute:ecs.availability-zone first."
    ),
    "spreading over instances spreads zones": (
        "spread by instanceId evens out instances. A zone with more of them then gets more tasks."
    ),
    "inside a zone ECS packs by itself": (
        "After spread over zones every instance of the zone is as good as another, and one is drawn. To use few of"
        " them, add binpack as the second rule."
    ),
    "run-task spreads by default": (
        "A service without a strategy spreads over zones and instances. run-task without one draws instances at random."
    ),
    "a part of a value is enough": (
        "== compares the whole value, and =~ has to match all of it too: m5.* and us-east-1a, not m5 and a. An"
        " expression that matches no instance leaves every task unplaced."
    ),
    "and and or are read from left to right": (
        "and binds closer than or, so a or b and c means a or (b and c). Set parentheses round what belongs together."
    ),
    "strangers keep apart by themselves": (
        "Tasks of other families are no obstacle as long as there is room. To stay away from them, say"
        " not(task:group == family:NAME)."
    ),
    "counting tasks tells whose they are": (
        "runningTasksCount counts all tasks of an instance, whosever they are. distinctInstance and task:group look at"
        " one group."
    ),
    "an 8 GiB machine gives 8 GiB": (
        "An instance registers what its kernel sees, less than advertised: 7,680 MiB of an m5.large. Look at"
        " registeredResources, and stay below."
    ),
    "asking another way makes room": (
        "Strategies and a second try only choose among instances that can take the task. What none of them has, none"
        " gets: change the task, or the instances."
    ),
    "less cpu makes room for memory": ("Each resource must fit for itself. Giving up CPU units frees no memory."),
    "free room adds up": (
        "A task runs on one instance. Two gigabytes free on each of four don't make room for one task of eight."
    ),
    "another fixed port is free for all": (
        "A host port can be taken once on each instance, whatever its number. Leave hostPort out (or 0) and each copy"
        " gets a port of its own."
    ),
    "in host mode every task has its own ports": (
        "In host mode the container's port is the machine's port, so a second copy finds it taken. bridge with a"
        " dynamic host port, or awsvpc, gives each its own."
    ),
    "a new revision replaces what was asked before": (
        "A revision is only registered. Tasks are made of it when run-task or a service names it; the family's name"
        " alone means the newest."
    ),
    "ECS moves tasks to better places": (
        "A strategy or constraint is asked when a task is placed. Running tasks stay where they are when it changes."
    ),
    "scale-in empties the fullest": (
        "With binpack the task goes whose instance would have most left afterwards: the least filled one is emptied."
    ),
    "Fargate takes strategies": (
        "On Fargate there are no instances to choose from: strategies and constraints are refused, and tasks are"
        " spread over the zones of the subnets."
    ),
    "one failed wish fails the task": (
        "A strategy only ranks the instances that are left. If the best are full, a worse one is taken."
    ),
}
