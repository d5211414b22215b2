"""`--output`: tables and text to the character as the real command prints them: aws-cli 1.46 made these."""

from __future__ import annotations

from labkit.aws_cli.table import table
from labkit.aws_cli.text import text

CLUSTERS = {
    "clusters": [
        {"clusterName": "default", "status": "ACTIVE", "runningTasksCount": 2, "tags": []},
        {"clusterName": "shop", "status": "ACTIVE", "settings": [{"name": "containerInsights", "value": "disabled"}]},
    ],
    "failures": [],
}


def test_text_has_the_names_of_lists_in_capitals() -> None:
    assert text(CLUSTERS) == (
        "CLUSTERS\tdefault\t2\tACTIVE\n"
        "CLUSTERS\tshop\t\tACTIVE\n"
        "SETTINGS\tcontainerInsights\tdisabled\n"
    )  # fmt: skip


def test_a_bare_list_is_one_line_and_a_list_of_lists_several() -> None:
    assert text(["a", 1, True]) == "a\t1\tTrue\n"
    assert text([["a", 1], ["b", 2]]) == "a\t1\nb\t2\n"
    assert text(None) == "None\n"


def test_a_table_has_a_box_in_a_box() -> None:
    assert (
        table("DescribeClusters", CLUSTERS)
        == """\
--------------------------------------------------
|                DescribeClusters                |
+------------------------------------------------+
||                   clusters                   ||
|+--------------+---------------------+---------+|
||  clusterName |  runningTasksCount  | status  ||
|+--------------+---------------------+---------+|
||  default     |  2                  |  ACTIVE ||
|+--------------+---------------------+---------+|
||                   clusters                   ||
|+--------------+---------------------+---------+|
||  clusterName |  runningTasksCount  | status  ||
|+--------------+---------------------+---------+|
||  shop        |                     |  ACTIVE ||
|+--------------+---------------------+---------+|
|||                  settings                  |||
||+---------------------------+----------------+||
|||           name            |     value      |||
||+---------------------------+----------------+||
|||  containerInsights        |  disabled      |||
||+---------------------------+----------------+||
"""
    )


def test_a_wide_row_stands_upright() -> None:
    made = table("DescribeTasks", {"arn": "x" * 60, "name": "y" * 30}).split("\n")
    assert made[3].startswith("|  arn ") and made[4].startswith("|  name|")


def test_nothing_is_no_table() -> None:
    assert table("ListTasks", {}) == table("ListTasks", []) == ""
