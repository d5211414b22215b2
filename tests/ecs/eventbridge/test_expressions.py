"""When schedules are due, worked out by hand from EventBridge's reference."""

from datetime import UTC, datetime

import pytest

from labkit.ecs.eventbridge.expressions import following, parse
from labkit.errors import AwsError

MONDAY = datetime(2026, 1, 5, 9, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate(1 minute)", "2026-01-05 09:01"),
        ("rate(2 hours)", "2026-01-05 11:00"),
        ("rate(7 days)", "2026-01-12 09:00"),
        ("cron(0 12 * * ? *)", "2026-01-05 12:00"),
        ("cron(0 10 ? * MON-FRI *)", "2026-01-05 10:00"),
        ("cron(0/15 * * * ? *)", "2026-01-05 09:15"),
        ("cron(0 8 1 * ? *)", "2026-02-01 08:00"),
        ("cron(0 8 L * ? *)", "2026-01-31 08:00"),
        ("cron(0 8 31W * ? *)", "2026-01-30 08:00"),
        ("cron(0 8 1W FEB ? *)", "2026-02-02 08:00"),
        ("cron(0 9 ? * 2#1 *)", "2026-02-02 09:00"),
        ("cron(0 9 ? * FRIL *)", "2026-01-30 09:00"),
        ("cron(0 9 ? * 1 *)", "2026-01-11 09:00"),
        ("cron(30 5 29 2 ? *)", "2028-02-29 05:30"),
        ("cron(0 0 1 1 ? 2030-2040)", "2030-01-01 00:00"),
    ],
)
def test_the_next_due_time(text, expected):
    since = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert f"{following(parse(text), MONDAY, since):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    "text",
    ["", "rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "cron(0 12 * * * *)", "cron(0 12 ? * ? *)",
     "cron(60 * * * ? *)", "cron(0 12 * * ?)", "cron(a * * * ? *)", "cron(0 12 ? * 8 *)", "0 12 * * ? *"],
)  # fmt: skip
def test_what_is_not_an_expression_is_refused(text):
    with pytest.raises(AwsError, match=r"Parameter ScheduleExpression is not valid\."):
        parse(text)


def test_a_year_that_has_passed_is_never_due():
    assert following(parse("cron(0 0 1 1 ? 2020)"), MONDAY, MONDAY) is None
