"""Command lines as they are typed: what they print, what they exit with, and what is said of wrong ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labkit import Lab
from labkit.aws_cli import Output, run

USAGE = """usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
"""
WEB = '[{"name":"web","image":"nginx","cpu":128,"memory":128,"portMappings":[{"containerPort":80}]}]'


@pytest.fixture
def lab() -> Lab:
    made = Lab.ecs(instances=3)
    aws(made, "ecs register-task-definition --family web --container-definitions", WEB)
    return made


def aws(lab: Lab, line: str, *more: str) -> Any:
    """A command that must succeed, its JSON read; `more` are further words as they are."""
    output = run(lab, [*line.split(), *more])
    assert output.exit_code == 0, output
    return json.loads(output) if output else None


def failed(lab: Lab, command: str, code: int) -> str:
    """What a command that must fail says, without the first line's beginning."""
    output = run(lab, command)
    assert (output.exit_code, output.stdout) == (code, "")
    assert output.startswith("\naws: [ERROR]: ")
    return output.removeprefix("\naws: [ERROR]: ")


def test_the_first_demonstration_runs_as_typed() -> None:
    lab = Lab.ecs(instances=2, cluster="demo")
    assert aws(lab, "ecs create-cluster --cluster-name demo")["cluster"]["status"] == "ACTIVE"
    made = aws(lab, "ecs register-task-definition --family web --container-definitions", WEB)
    assert made["taskDefinition"]["revision"] == 1
    create = "ecs create-service --cluster demo --service-name web --task-definition web --desired-count 2"
    assert aws(lab, create)["service"]["desiredCount"] == 2
    [shown] = aws(lab, "ecs describe-services --cluster demo --services web")["services"]
    assert (shown["status"], shown["desiredCount"]) == ("ACTIVE", 2)
    aws(
        lab, "ecs run-task --cluster demo --task-definition web --count 2 --placement-constraints type=distinctInstance"
    )
    arns = aws(lab, "ecs list-tasks --cluster demo --family web")["taskArns"]
    assert run(lab, ["ecs", "wait", "tasks-running", "--cluster", "demo", "--tasks", *arns]) == ""
    assert run(lab, "ecs wait services-stable --cluster demo --services web") == ""
    arns = aws(lab, "ecs list-tasks --cluster demo --family web")["taskArns"]
    tasks = aws(lab, "ecs describe-tasks --cluster demo --tasks", *arns)["tasks"]
    assert {task["lastStatus"] for task in tasks} == {"RUNNING"} and len(tasks) == 4
    places = {task["containerInstanceArn"] for task in tasks}
    hosts = aws(lab, "ecs describe-container-instances --cluster demo --container-instances", *places)
    assert sum(one["runningTasksCount"] for one in hosts["containerInstances"]) == len(tasks)


def test_a_misspelt_operation_gets_the_real_suggestion(lab: Lab) -> None:
    said = failed(lab, "aws ecs register-task-defination --family web", 252)
    assert said == (
        "An error occurred (ParamValidation): argument operation: Found invalid choice 'register-task-defination'\n\n"
        "Maybe you meant:\n\n  * register-task-definition\n  * deregister-task-definition\n"
        "  * register-daemon-task-definition\n\n" + USAGE
    )


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "the following arguments are required: command\n\n" + USAGE),
        ("ecs", "the following arguments are required: operation\n\n" + USAGE),
        ("ecs run-task --count 2", "the following arguments are required: --task-definition\n\n" + USAGE),
        ("ecz list-tasks", "argument command: Found invalid choice 'ecz'\n\n\n" + USAGE),
        ("ecs list-tasks --output xml", "argument --output: Found invalid choice 'xml'\n\n\n" + USAGE),
        ("ecs run-task --task-definition", "argument --task-definition: expected one argument\n\n" + USAGE),
        ("ecs list-tasks --servise web", "Unknown options: --servise, web\n"),
        ("ecs wait", f"{USAGE.splitlines()[0]}\naws: [ERROR]: too few arguments\n"),
        (
            "ecs run-task --task-definition web --overrides {",
            "Error parsing parameter '--overrides': Invalid JSON: Expecting property name enclosed in double quotes: "
            "line 1 column 2 (char 1)\nJSON received: {\n",
        ),
        (
            "ecs run-task --task-definition web --network-configuration web",
            "Error parsing parameter '--network-configuration': Expected: '=', received: 'EOF' for input:\nweb\n   ^\n",
        ),
        (
            "ecs register-task-definition --cli-input-json file://no.json",
            "Error parsing parameter 'cli-input-json': Unable to load paramfile file://no.json: [Errno 2] No such file "
            "or directory: 'no.json'\n",
        ),
        ("ecs run-task --cli-input-json x", "Error parsing parameter 'cli-input-json': Invalid JSON received.\n"),
        (
            "ecs run-task --task-definition web --placement-strategy kind=spread",
            'Parameter validation failed:\nUnknown parameter in placementStrategy[0]: "kind", must be one of: type, '
            "field\n",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_252(lab: Lab, command: str, said: str) -> None:
    before = len(lab.history)
    assert failed(lab, command, 252) == f"An error occurred (ParamValidation): {said}"
    assert len(lab.history) == before


def test_a_service_refuses_with_254(lab: Lab) -> None:
    said = failed(lab, "aws ecs run-task --task-definition web --cluster nope", 254)
    assert (
        said == "An error occurred (ClusterNotFoundException) when calling the RunTask operation: Cluster not found.\n"
    )


def test_an_expression_that_is_wrong_is_shown_where(lab: Lab) -> None:
    said = failed(lab, "ecs list-container-instances --filter 'attribute:stack like prod'", 254)
    assert said == (
        "An error occurred (InvalidParameterException) when calling the ListContainerInstances operation: "
        "Invalid expression: 'like' is no operator at position 17.\n"
        "attribute:stack like prod\n                ^\n"
    )


def test_a_waiter_that_gives_up_exits_with_255(lab: Lab) -> None:
    assert failed(lab, "ecs wait tasks-running --tasks gone", 255).startswith("Waiter TasksRunning failed: Waiter ")


def test_what_the_lab_has_not_is_said_in_its_own_name(lab: Lab) -> None:
    assert run(lab, "s3 ls") == "\nlabkit: the lab doesn't answer `aws s3`\n"
    assert "labkit" in run(lab, "ecs create-express-gateway-service --execution-role-arn a --infrastructure-role-arn b")


def test_placement_is_given_in_shorthand(lab: Lab) -> None:
    command = (
        "ecs run-task --task-definition web --count 2"
        " --placement-strategy type=spread,field=attribute:ecs.availability-zone type=binpack,field=memory"
        " --placement-constraints type=distinctInstance"
        " type=memberOf,expression='attribute:ecs.instance-type =~ m5.*' --query 'length(tasks)'"
    )
    assert run(lab, command) == "2\n"


def test_query_comes_before_output(lab: Lab) -> None:
    run(lab, "ecs run-task --task-definition web --count 2 --group batch")
    clusters = "ecs describe-clusters --query clusters[].[clusterName,pendingTasksCount]"
    assert run(lab, f"{clusters} --output text") == "default\t2\n"
    assert run(lab, f"{clusters} --output yaml") == "- - default\n  - 2\n"
    assert "|  default |  2  |" in run(lab, f"{clusters} --output table")
    assert run(lab, f"{clusters} --output json") == '[\n    [\n        "default",\n        2\n    ]\n]\n'
    assert failed(lab, "ecs list-tasks --query 'a[['", 252).startswith(
        "An error occurred (ParamValidation): Bad value for --query"
    )


def test_pages_are_turned_or_kept(lab: Lab) -> None:
    run(lab, "ecs run-task --task-definition web --count 5")
    assert len(aws(lab, "ecs list-tasks --page-size 2")["taskArns"]) == 5
    first = aws(lab, "ecs list-tasks --max-items 3")
    rest = aws(lab, "ecs list-tasks --starting-token", first["NextToken"])
    assert [len(first["taskArns"]), len(rest["taskArns"])] == [3, 2]
    assert "nextToken" in aws(lab, "ecs list-tasks --max-results 2 --no-paginate")
    text = run(lab, "ecs list-tasks --max-items 1 --output text").splitlines()
    assert [line.split("\t")[0] for line in text] == ["TASKARNS", "NEXTTOKEN"]


def test_documents_and_files_give_parameters(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "task.json").write_text(json.dumps({"family": "file", "containerDefinitions": json.loads(WEB)}))
    (tmp_path / "web.json").write_text(WEB)
    query = "--query taskDefinition.family --output text"
    assert run(lab, f"ecs register-task-definition --cli-input-json file://task.json {query}", tmp_path) == "file\n"
    over = f"ecs register-task-definition --cli-input-json file://task.json --family other {query}"
    assert run(lab, over, tmp_path) == "other\n"
    one = f"ecs register-task-definition --family one --container-definitions file://web.json {query}"
    assert run(lab, one, tmp_path) == "one\n"


def test_a_skeleton_has_every_parameter(lab: Lab) -> None:
    skeleton = aws(lab, "ecs stop-task --generate-cli-skeleton")
    assert skeleton == {"cluster": "", "task": "", "reason": ""}
    assert run(lab, "ecs stop-task --generate-cli-skeleton yaml-input").startswith("cluster: ''\n")


def test_flags_and_options_without_meaning_here_are_taken(lab: Lab) -> None:
    line = "aws ecs list-tasks --region eu-west-1 --profile me --no-cli-pager --query taskArns --output json"
    assert run(lab, line) == "[]\n"
    made = aws(lab, "ecs run-task --task-definition web --enable-execute-command")
    assert made["tasks"][0]["enableExecuteCommand"] is True


def test_help_lists_what_can_be_said(lab: Lab) -> None:
    assert "o register-task-definition" in run(lab, "ecs help")
    assert "[--enable-execute-command | --no-enable-execute-command]" in run(lab, "ecs run-task help")
    assert "o services-stable" in run(lab, "ecs wait help")


def test_the_lab_runs_commands_itself(lab: Lab) -> None:
    output = lab.aws("aws ecs list-clusters --output text")
    assert isinstance(output, Output) and output.startswith("CLUSTERARNS\tarn:aws:ecs:us-east-1:")


def test_a_task_is_explained_by_its_arn(lab: Lab) -> None:
    [arn] = aws(lab, "ecs run-task --task-definition web --query tasks[].taskArn")
    told = str(lab.why(arn))
    assert told.startswith("family:web → ") and "no strategy given" in told
    assert "<table" in lab.why(arn)._repr_html_()
