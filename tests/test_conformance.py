"""labkit against recordings of the real control plane, and the replay itself."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from labkit.conformance import Outcome, Report, replay
from labkit.conformance.commands import changes
from labkit.conformance.comparing import differences
from labkit.conformance.forms import form
from labkit.conformance.functions import outcome
from labkit.conformance.placeholders import differences as output_differences
from labkit.conformance.placeholders import fill
from labkit.errors import ManifestError

RECORDINGS = Path(__file__).parent / "conformance"
TABLES = (
    "quantity",
    "selectors",
    "names",
    "intstr",
    "duration_human",
    "printers",
    "deployment",
    "replicaset_rank",
    "endpointslice",
    "tolerations",
    "pod_requests",
    "node_lifecycle",
    "crashloop",
    "eviction_rank",
    "daemonset",
    "pdb",
    "job",
    "job_sync",
    "cron",
    "hpa_replicas",
    "hpa_behavior",
    "hpa_reconcile",
    "statefulset",
    "vpa",
    "ca_expander",
    "karpenter",
)
FAMILIES = (
    "resources",
    "taints",
    "nodeaffinity",
    "ports",
    "images",
    "podlevel",
    "preemption",
    "spread",
    "services",
    "podaffinity",
    "volumes",
    "mixed",
)


def words(recorded: object, got: object) -> list[str]:
    return list(differences(recorded, got))


@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_a_golden_table_agrees(table: str) -> None:
    report = replay([RECORDINGS / "functions" / f"{table}.json"])
    assert report.exit_status == 0, str(report)
    assert report.families[table].agreed > 60


@pytest.mark.parametrize("family", FAMILIES)
def test_every_decision_of_a_family_agrees(family: str) -> None:
    report = replay([RECORDINGS / "scheduler" / f"{family}.jsonl.gz"])
    assert report.exit_status == 0, str(report)
    assert report.families[family].agreed > 100


def test_every_answer_of_the_api_server_agrees() -> None:
    report = replay([RECORDINGS / "errors"])
    assert report.exit_status == 0, str(report)
    assert report.families["errors"].agreed > 190


def test_a_doctored_row_is_reported(tmp_path: Path) -> None:
    rows = json.loads((RECORDINGS / "functions/quantity.json").read_text())
    rows[0]["out"]["canonical"] = "a lie"
    doctored = tmp_path / "any-name.json"
    doctored.write_text(json.dumps(rows))
    report = replay([doctored])
    assert report.exit_status == 1
    assert report.families["quantity"].agreed == len(rows) - 1
    assert report.families["quantity"].differences == [f"{rows[0]['id']} parse: canonical is '-1', recorded 'a lie'"]


def test_a_doctored_decision_is_reported(tmp_path: Path) -> None:
    with gzip.open(RECORDINGS / "scheduler/taints.jsonl.gz", "rt") as lines:
        scenarios = [json.loads(line) for line in lines]
    scenario, step = next((one, step) for one in scenarios for step in one["steps"] if "scores" in step["answer"])
    plugin, nodes = next(iter(step["answer"]["scores"].items()))
    node = next(iter(nodes))
    nodes[node] += 1
    doctored = tmp_path / "one.jsonl"
    doctored.write_text(json.dumps(scenario))
    report = replay([doctored])
    assert report.exit_status == 1
    assert f"scores.{plugin}.{node} is {nodes[node] - 1}, recorded {nodes[node]}" in str(report)


def test_an_error_that_is_not_raised_is_a_difference() -> None:
    row = {"id": "quantity/1", "fn": "parse", "in": {"s": "1"}, "error": "no"}
    assert outcome("quantity", row).words == ("is accepted, recorded the error 'no'",)


@pytest.mark.parametrize("text", ["[]", "{}", '{"steps": []}', "# words", '[{"a": 1}]', "3"])
def test_a_file_of_another_form_is_named_and_gives_status_2(tmp_path: Path, text: str) -> None:
    path = tmp_path / "strange.json"
    path.write_text(text)
    report = replay([path])
    assert report.exit_status == 2
    assert str(path) in str(report)


def test_a_function_that_labkit_lacks_gives_status_2_by_name(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(json.dumps([{"id": "table/0", "fn": "DoThings", "in": {}, "out": 1}]))
    report = replay([path])
    assert report.exit_status == 2
    assert "not simulated yet: DoThings (1)" in str(report)


def test_a_recording_that_labkit_stumbles_over_is_a_difference(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps({"nodes": [{}], "placed": [], "steps": [], "objects": [], "family": "f"}))
    report = replay([path])
    assert report.exit_status == 1
    assert "broken.json: labkit fails" in str(report)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"nothing\.json"):
        replay([tmp_path / "nothing.json"])


def test_the_form_is_told_by_the_content() -> None:
    forms = {path.parent.name: form(json.loads(path.read_text())) for path in RECORDINGS.glob("*/*.json")}
    assert forms == {"controllers": "controllers", "errors": "errors", "functions": "functions", "kubectl": "kubectl"}


def test_a_difference_outweighs_what_is_not_simulated() -> None:
    found = [Outcome("a", "1"), Outcome.unsimulated("a", "2", "x"), Outcome.compared("b", "3", ["wrong"])]
    report = Report.of(found)
    assert report.exit_status == 1
    assert (report.families["a"].agreed, report.families["a"].total) == (1, 1)
    assert Report.of(found[:2]).exit_status == 2
    assert Report.of(found[:1]).exit_status == 0


def test_values_are_compared_as_the_tables_ask() -> None:
    assert words({"a": 1}, {"a": 1, "b": "", "c": []}) == []
    assert words({"a": 1}, {"a": 1, "b": 0}) == ["b is 0, recorded None"]
    assert words(1.0, 1.0 + 1e-12) == []
    assert words(1, 2) == ["is 2, recorded 1"]
    assert words(1, True) == ["is True, recorded 1"]
    assert words([1, 2], [1]) == ["is [1], recorded [1, 2]"]
    assert words({"a": [{"b": 1}]}, {"a": [{"b": 2}]}) == ["a[0].b is 2, recorded 1"]


def test_names_drawn_at_random_must_come_back() -> None:
    bound: dict[str, str] = {}
    assert not list(output_differences("pod/web-<h1>-<p1> created\n", "pod/web-7d9f8c-x2bcd created\n", bound))
    assert bound == {"h1": "7d9f8c", "p1": "x2bcd"}
    assert list(output_differences("rs <h1>", "rs 7d9f8b", bound))
    assert fill("kubectl get rs web-<h1>", bound) == "kubectl get rs web-7d9f8c"


def test_rows_of_pods_may_swap_and_other_lines_may_not() -> None:
    assert not list(output_differences("a-<p1> x\na-<p2> y", "a-bcdfg y\na-xzwvt x", {}))
    assert list(output_differences("one\ntwo", "two\none", {}))


def test_descriptions_of_pods_may_come_in_another_order() -> None:
    assert not list(
        output_differences("Name: a-<p1>\nx\n\n\nName: a-<p2>\ny", "Name: a-bcdfg\ny\n\n\nName: a-xzwvt\nx", {})
    )
    assert list(
        output_differences("Name: a-<p1>\nx\n\n\nName: a-<p2>\ny", "Name: a-bcdfg\ny\n\n\nName: a-xzwvt\ny", {})
    )


def test_widths_do_not_count_and_indentation_does() -> None:
    assert not list(output_differences("NAME   AGE\nweb    <age>", "NAME  AGE\nweb   5m30s", {}))
    assert list(output_differences("  a: 1", "a: 1", {}))


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        ("kubectl taint nodes a b=c:NoSchedule", True),
        ("kubectl rollout undo deploy/web", True),
        ("kubectl diff -f x", False),
        ("kubectl rollout statu", False),
    ],
)
def test_what_follows_a_change_that_labkit_lacks_is_not_compared(command: str, changed: bool) -> None:
    assert changes(command) is changed
