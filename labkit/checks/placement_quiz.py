"""What lesson 25 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.observing_ecs import by_host, by_zone, tasks
from labkit.checks.placement import EVEN, shop
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong

PACK = "type=binpack,field=memory"


def _used(strategy: str) -> int:
    lab = shop(6)
    lab.aws(f"ecs run-task --task-definition web --count 9 --placement-strategy {strategy}")
    return len(by_host(lab.run("1m"), "web"))


def _in_zones(strategy: str) -> str:
    lab = shop(6)
    lab.aws(f"ecs run-task --task-definition web --count 9 --placement-strategy {strategy}")
    return " and ".join(str(number) for number in sorted(by_zone(lab.run("1m"), "web").values(), reverse=True))


def _placed_apart() -> str:
    lab = shop(4)
    lab.aws("ecs run-task --task-definition db --count 6 --placement-constraints type=distinctInstance")
    return str(len(tasks(lab.run("1m"), "db")))


PREDICTIONS = {
    "packed": Foresight(
        "Six empty instances in three zones; each could hold 8 tasks of web by its CPU. Nine tasks are run with binpack"
        " by memory. How many instances have tasks?",
        ("1", "2", "3", "6"),
        lambda: _used(PACK),
        "binpack takes the instance with the least left that still fits: it fills one before it opens the next.",
    ),
    "reversed": Foresight(
        "The same nine tasks with two rules: first binpack by memory, then spread over zones. How many tasks has each"
        " zone?",
        ("3 and 3 and 3", "8 and 1 and 0", "9 and 0 and 0", "5 and 4 and 0"),
        lambda: _in_zones(f"{PACK} {EVEN}"),
        "The first rule leaves one instance, so the second has nothing to choose from until that one is full.",
    ),
    "apart": Foresight(
        "Four instances with much room. Six tasks of db are asked for with distinctInstance. How many run?",
        ("0", "4", "6"),
        _placed_apart,
        "A constraint binds. Four find an instance without a task of their group, and the failures tell of the rest.",
    ),
}

QUIZ = (
    Item(
        "In which order does ECS ask?",
        (
            right(
                "room and ports and attributes, then constraints, then strategies",
                "First what is possible, then what is allowed, then what is best.",
            ),
            mistaken(
                "strategies, then constraints, then room",
                "Then a strategy could choose an instance that can't take the task. It only ranks what is left.",
            ),
            wrong("strategies first; if their best is full, the task isn't placed", "one failed wish fails the task"),
        ),
    ),
    Item(
        "spread over zones, then binpack by memory. Zone a has 2 tasks of the service, b has 1, c has 1. The fullest"
        " instance with room is in a. Where does the next task go?",
        (
            wrong("to that instance in a", "the order of rules doesn't matter"),
            right(
                "to the fullest instance of b or c that can take it",
                "The first rule leaves zones b and c, the second packs among their instances.",
            ),
            wrong("to any instance of b or c", "inside a zone ECS packs by itself"),
        ),
    ),
    Item(
        "spread by instanceId; three instances, five tasks of the group. What happens to the fourth task?",
        (
            right("It shares an instance.", "Spread evens out and refuses nobody."),
            wrong("It isn't placed.", "a strategy is a promise"),
            mistaken("It waits for a fourth instance.", "Only a capacity provider with managed scaling makes it wait."),
        ),
    ),
    Item(
        "Four instances have 2,048 MiB free each. A task of 4,096 MiB is run. What does run-task answer?",
        (
            wrong("The task, spread over two instances.", "free room adds up"),
            right("Success, no task, and four failures RESOURCE:MEMORY.", "An entry for each instance it looked at."),
            mistaken(
                "An error, so that your program raises.", "The call succeeds. Who doesn't read failures misses it."
            ),
        ),
    ),
    Item(
        "A service with binpack by memory is scaled from 9 tasks to 6. Which tasks are stopped?",
        (
            wrong("those on the fullest instance", "scale-in empties the fullest"),
            right(
                "those whose instances then have most left", "So the least filled instance becomes empty and can go."
            ),
            mistaken("the oldest", "Age plays no part."),
        ),
    ),
    Item(
        "You change a service's strategy from random to binpack. What do its running tasks do?",
        (
            wrong("They move together.", "ECS moves tasks to better places"),
            right("They stay.", "Only tasks placed from now on are packed. Force a new deployment to place all anew."),
            mistaken("They are stopped at once.", "A change of strategy stops nothing by itself."),
        ),
    ),
    Item(
        "The same strategy is given for a task on Fargate. What happens?",
        (
            wrong("It packs the task's machine.", "Fargate takes strategies"),
            right("The request is refused.", "Fargate has no instances to place on, so it takes neither kind of rule."),
            mistaken("It is ignored without a word.", "ECS answers with InvalidParameterException."),
        ),
    ),
)
