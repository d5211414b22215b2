"""What lesson 27 asks: its predictions and its quiz."""

from __future__ import annotations

from labkit.checks.ecs_scaling import strategy
from labkit.checks.ecs_scaling_answers import (
    fleet,
    provide,
    register,
    serve,
    service_tasks,
    size,
    stepping,
    target,
    tracking,
    up,
    wanted,
)
from labkit.checks.quizzing import Foresight, Item, mistaken, right, wrong
from labkit.lab import Lab


def _shop(rps: float, policy: str = "") -> Lab:
    """Two tasks under a load, tracking 60 per cent."""
    lab = serve(register(Lab.ecs(4, seed=1)), 2)
    lab.load("service/web", rps=rps)
    lab.run("4m").aws(target())
    lab.aws(policy or tracking(60))
    return lab.run("4m")


def _by_the_formula() -> int:
    return up(_shop(75))


def _soon_after() -> int:
    return up(_shop(75).load("service/web", rps=10).run("10m"))


def _machines(tasks: int, machines: int = 0, full: int = 100) -> Lab:
    """A provider whose machines run tasks; `full`: its targetCapacity."""
    lab = register(Lab.ecs(0, seed=1))
    provide(lab, ("fleet", fleet(lab, machines)))
    lab.aws(f"ecs update-capacity-provider --name fleet --auto-scaling-group-provider managedScaling={{status=ENABLED,"
            f"targetCapacity={full}}}")  # fmt: skip
    return serve(lab, tasks)


def _from_nothing() -> int:
    return size(_machines(20).run("1m"))


def _headroom() -> int:
    return size(_machines(36, 9, 90).run("12m"))


def _silent() -> int:
    lab = serve(register(Lab.ecs(4, seed=1)), 4)
    lab.run("2m").aws(target())
    named = {"Namespace": "Shop", "MetricName": "Queue", "Statistic": "Average"}
    given = {"TargetValue": 50, "CustomizedMetricSpecification": named}
    lab.boto3.client("application-autoscaling").put_scaling_policy(
        ServiceNamespace="ecs", ResourceId="service/default/web", ScalableDimension="ecs:service:DesiredCount",
        PolicyName="queue", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=given,
    )  # fmt: skip
    return wanted(lab.run("30m"))


def _ten_tasks() -> str:
    lab = register(Lab.ecs(0, seed=1))
    provide(lab, *((name, fleet(lab, 0, name, spot=name == "cheap")) for name in ("steady", "cheap")), default=False)
    lab.aws(strategy(",base=2,weight=1", ",weight=3"))
    lab.client.create_service(serviceName="web", taskDefinition="web", desiredCount=10,
                              availabilityZoneRebalancing="DISABLED")  # fmt: skip
    found = [task.capacity_provider_name for task in service_tasks(lab.run("30s"))]
    return f"{found.count('steady')} and {found.count('cheap')}"


def _thirty_per_cent() -> int:
    lab = serve(register(Lab.ecs(8, seed=1)), 11)
    lab.run("2m").aws(target(2, 20))
    lab.aws(stepping((0, None, 30), kind="PercentChangeInCapacity"))
    arn = lab.boto3.client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")
    lab.boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="busy", Namespace="Shop", MetricName="Pressure", Statistic="Average", Period=60, EvaluationPeriods=1,
        Threshold=50, ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[arn["ScalingPolicies"][0]["PolicyARN"]],
    )  # fmt: skip
    lab.boto3.client("cloudwatch").put_metric_data(
        Namespace="Shop", MetricData=[{"MetricName": "Pressure", "Value": 70}]
    )
    return wanted(lab.run("70s"))


PREDICTIONS = {
    "formula": Foresight(
        "Two tasks use 150 % of their CPU units; the target is 60 %. How many tasks will there be?",
        ("3", "4", "5", "12"),
        _by_the_formula,
        "2 running x 150 / 60 = 5.",
    ),
    "after": Foresight(
        "Five tasks, and the rush is over: they use 8 %. How many are there ten minutes later?",
        ("1", "2", "5"),
        _soon_after,
        "The alarm of scale-in needs fifteen minutes on end below 54 %.",
    ),
    "silent": Foresight(
        "Four tasks follow a metric that nobody has sent a value of, target 50. How many are there half an hour later?",
        ("0", "2", "4"),
        _silent,
        "No value is not 0. Without data both alarms are in INSUFFICIENT_DATA, and nothing is scaled.",
    ),
    "percent": Foresight(
        "Eleven tasks, and a step says +30 %. How many will there be?",
        ("12", "14", "15", "41"),
        _thirty_per_cent,
        "30 % of 11 are 3.3. What is above 1 is rounded down: 3 more.",
    ),
    "nothing": Foresight(
        "A group has no machine. Twenty tasks wait, four fit on each machine. How many machines are asked for first?",
        ("1", "2", "5", "20"),
        _from_nothing,
        "From nothing it always goes to two first, and reckons anew when those are there.",
    ),
    "headroom": Foresight(
        "Nine machines are full of tasks. targetCapacity is 90. How many machines will there be?",
        ("9", "10", "11", "18"),
        _headroom,
        "9 x 100 / 90 = 10: nine with tasks, one free.",
    ),
    "split": Foresight(
        "Ten tasks. steady has base 2 and weight 1, cheap has weight 3. How many go to steady, how many to cheap?",
        ("2 and 8", "3 and 7", "4 and 6", "5 and 5"),
        _ten_tasks,
        "Two by the base. Of the other eight a quarter, two, goes to steady, and six go to cheap.",
    ),
}

QUIZ = (
    Item(
        "The target is 60 %, and the tasks use 57 % for an hour. What happens?",
        (
            wrong("One task goes, then one comes, and so on", "the two alarms are one"),
            right("Nothing", "It isn't above 60, and not below 54 either."),
            mistaken("One task goes", "5 x 57 / 60 = 4.75, and that is rounded up."),
        ),
    ),
    Item(
        "Eight tasks run, eight more wait for machines, and the metric says 90 at a target of 60. How many are wanted?",
        (
            wrong("24: 16 x 90 / 60", "the desired count is reckoned from"),
            right("12: 8 x 90 / 60, so none more", "Sixteen are desired already, and an alarm above never scales in."),
            mistaken("12, so four of them are stopped", "AlarmHigh only scales out."),
        ),
    ),
    Item(
        "A program that sends a queue's length has crashed. A target tracking policy follows it. What happens?",
        (
            wrong("It scales in: the queue is at 0", "silence is zero"),
            right("Nothing, in either direction", "INSUFFICIENT_DATA. So watch for that state: it is silent itself."),
            mistaken("It goes to MaxCapacity to be safe", "Nothing does that by itself."),
        ),
    ),
    Item(
        "One minute after it has added three tasks, target tracking wants seven in all instead of six. The cooldown is"
        " 300 s. What happens?",
        (
            wrong("It waits for four minutes", "a cooldown stops everything"),
            right("One task more, at once", "Outward, what was just added counts; only the rest is added."),
            mistaken("Seven tasks more", "The three that were just added count towards the wish."),
        ),
    ),
    Item(
        "Ten machines, all with tasks. 20 tasks wait, four fit on a machine. What is CapacityProviderReservation?",
        (
            wrong("100: all are full", "100 means that it is full"),
            right("150", "Five machines more are needed: M = 15, N = 10."),
            mistaken("300: ten have tasks, twenty more are needed", "M counts machines, not tasks: 20 / 4 = 5."),
        ),
    ),
    Item(
        "A service's machines are at 100 % cpu, all of its tasks run. What does managed scaling do?",
        (
            wrong("It adds machines", "ECS adds machines for cpu"),
            right("Nothing", "It looks at tasks that need a machine. More tasks are the business of the first loop."),
            wrong("It moves tasks", "ECS moves tasks to better places"),
        ),
    ),
    Item(
        "A service started with launchType EC2 finds no room. What does the capacity provider do?",
        (
            wrong("It adds machines, for tasks are missing", "wanting more brings machines"),
            right("Nothing", "Such tasks never wait in PROVISIONING, so they count nowhere."),
            wrong("It takes them over by the cluster's default", "the default strategy is for services that run"),
        ),
    ),
    Item(
        "Traffic doubles within a second, and all machines are full. What comes before the first new answer?",
        (
            mistaken("A machine's start, about 90 s", "That comes third."),
            right(
                "Three minutes of alarm, a minute of the second loop, a machine's start, a task's start",
                "They come one after the other: five minutes and more. Room kept free leaves out two of them.",
            ),
            wrong("Nothing, if the target is low", "tracking sees it coming"),
        ),
    ),
)
