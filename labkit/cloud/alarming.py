"""CloudWatch's alarms as objects, in DescribeAlarms' shape, and the actor that evaluates them each minute.

The texts of the state's reason are those of public captures of state changes (2018 to 2026). Numbers in them are
written as Java writes doubles; CloudWatch names at most the five newest points.
Source: CloudWatch user guide, "Alarm evaluation"; botocore 1.44 cloudwatch MetricAlarm. Left out: composite alarms,
metric math, percentiles, SNS, evaluations more often than each minute.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from labkit.clock import EPOCH
from labkit.cloud import alarms, metrics
from labkit.cloud.alarms import ALARM, OK, Rule
from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds.registry import Key

Object = dict[str, Any]

KIND = "AWS::CloudWatch::Alarm"
TICK = "minute"
SHOWN = 5
_WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def key_of(name: str) -> Key:
    """An alarm's key."""
    return Key(KIND, "", name)


def rule_of(alarm: Object) -> Rule:
    """What an alarm compares."""
    periods = alarm["EvaluationPeriods"]
    needed = alarm.get("DatapointsToAlarm") or periods
    missing = alarm.get("TreatMissingData") or "missing"
    return Rule(alarm["ComparisonOperator"], alarm["Threshold"], periods, needed, missing)


def values(world: Cluster, alarm: Object, count: int) -> list[tuple[float, float | None]]:
    """The last `count` periods that are over, oldest first: when each began, and its value if there is one."""
    period = float(alarm["Period"])
    end = world.clock.now // period * period
    start = end - count * period
    held = metrics.metrics_of(world).points(metrics.named(alarm), start, end, period)
    found = {point.time: point.statistic(alarm["Statistic"]) for point in held}
    return [(start + at * period, found.get(start + at * period)) for at in range(count)]


def evaluate(world: Cluster, key: Key) -> None:
    """Look at an alarm's points and write its state if that is another one now."""
    alarm = world.require(key)
    rule = rule_of(alarm)
    points = values(world, alarm, rule.range)
    state = alarms.state(rule, [value for _, value in points], alarm["StateValue"])
    if state != alarm["StateValue"]:
        became(world, key, state, reason(rule, points, alarm["StateValue"], state))


def became(world: Cluster, key: Key, state: str, why: str) -> None:
    """Write an alarm's state."""
    now = world.clock.stamp()
    told = {"StateValue": state, "StateReason": why, "StateUpdatedTimestamp": now}
    world.put(key, {**world.require(key), **told, "StateTransitionedTimestamp": now})


def reason(rule: Rule, points: list[tuple[float, float | None]], before: str, state: str) -> str:
    """Why an alarm has come to a state, in CloudWatch's words."""
    real = [(time, value) for time, value in points if value is not None][-rule.periods :]
    lacking = rule.periods - len(real)
    if state not in (OK, ALARM):
        return f"Insufficient Data: {_counted(rule.periods, 'datapoint')} {_were(rule.periods)} unknown."
    if not real:
        treated = f"{_counted(lacking, 'missing datapoint')} {_were(lacking)} treated as [{_TREATED[rule.missing]}]"
        return f"Threshold Crossed: no datapoints were received for {_counted(lacking, 'period')} and {treated}."
    wrong = state == ALARM
    telling = [one for one in real if rule.breaches(one[1]) == wrong]
    least = rule.needed if wrong else rule.periods - rule.needed + 1
    verb = f"{_were(len(telling))} {'' if wrong else 'not '}{_WORDS[rule.comparison]}"
    listed = ", ".join(f"{float(value)} ({_stamp(time)})" for time, value in reversed(telling[-SHOWN:]))
    was = before if before in (OK, ALARM) else (OK if wrong else ALARM)
    last = f"(minimum {_counted(least, 'datapoint')} for {was} -> {state} transition)."
    first = f"Threshold Crossed: {len(telling)} out of the last {rule.periods} datapoints"
    if len(telling) <= SHOWN - 1:
        return f"{first} [{listed}] {verb} the threshold ({float(rule.threshold)}) {last}"
    crossed = f"The most recent datapoints which crossed the threshold: [{listed}]"
    return f"{first} {verb} the threshold ({float(rule.threshold)}). {crossed} {last}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _stamp(time: float) -> str:
    return (EPOCH + timedelta(seconds=time)).strftime("%d/%m/%y %H:%M:%S")


def tick(world: Cluster, entry: Entry) -> list[str]:
    """An alarm was made or changed: the minutes count."""
    return [TICK] if entry.new is not None else []


class Alarms:
    """Evaluates CloudWatch's alarms.

    Does: at each full minute, every alarm's state by its last points. Reads: alarms, metrics. Writes: alarms, where the
    state changes. Runs again: each minute while there are alarms. Source and what is left out: see the module.
    """

    name = "cloudwatch-alarms"
    kind = KIND

    def __init__(self) -> None:
        self.watches = {KIND: tick}

    def reconcile(self, world: Cluster, key: str) -> float | None:
        """A full minute, or the way to one."""
        if early := metrics.wait(world, self.name):
            return early
        keys = world.keys(KIND)
        for one in keys:
            evaluate(world, one)
        return metrics.MINUTE if keys else None
