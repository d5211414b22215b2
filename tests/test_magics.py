"""The magics of a notebook, in a shell without a notebook."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from labkit import Lab, load_ipython_extension
from labkit.cluster import Cluster
from labkit.magics import filled, lab_named


def a_lab(*names: str) -> SimpleNamespace:
    cluster = Cluster()
    for name in names:
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return SimpleNamespace(cluster=cluster, kubectl=None)


@pytest.fixture
def shell():
    shell = InteractiveShell()
    load_ipython_extension(shell)
    shell.user_ns["lab"] = a_lab("shop")
    return shell


def test_a_line_runs_one_command_on_the_variable_lab(shell, capsys):
    shell.run_line_magic("kubectl", "get ns -o name")
    assert capsys.readouterr().out == "namespace/shop\n"


def test_another_lab_is_chosen_by_name(shell, capsys):
    shell.user_ns["other"] = a_lab("ops")
    shell.run_line_magic("kubectl", "--lab other get ns -o name")
    assert capsys.readouterr().out == "namespace/ops\n"


def test_a_cell_runs_every_line_but_comments(shell, capsys):
    shell.run_cell_magic("kubectl", "", "# look\nget ns -o name\n\nkubectl get ns \\\n  -o name\n")
    assert capsys.readouterr().out == "namespace/shop\n" * 2


def test_errors_are_printed_not_raised(shell, capsys):
    shell.run_line_magic("kubectl", "get podd")
    assert capsys.readouterr().out == 'error: the server doesn\'t have a resource type "podd"\n'


def test_without_a_variable_lab_the_lab_made_last_is_meant():
    first, last = a_lab(), a_lab()
    assert lab_named({"a": first, "b": last, "x": 1}) is last
    assert lab_named({"lab": first, "b": last}) is first


def test_a_missing_lab_is_a_usage_error():
    with pytest.raises(UsageError, match="no lab named 'other'"):
        lab_named({"lab": a_lab()}, "other")
    with pytest.raises(UsageError, match="no lab yet"):
        lab_named({})


def test_variables_in_braces_are_filled_in_and_templates_left_alone(shell, capsys):
    shell.user_ns |= {"name": "shop", "end": "no", "x": [1]}
    shell.run_line_magic("kubectl", "get ns {name} -o jsonpath='{.metadata.name}{\"\\n\"}'")
    assert capsys.readouterr().out == "shop\n"
    left = "{range .items[*]}{end} {{name}} {x} {unknown} $HOME"
    assert filled(left, shell.user_ns) == left


def test_aws_is_spoken_in_a_line_and_in_a_cell(shell, capsys):
    shell.user_ns["lab"] = Lab.ecs(instances=2)
    shell.run_line_magic("aws", "ecs list-clusters --query 'length(clusterArns)'")
    assert capsys.readouterr().out == "1\n"
    shell.user_ns["name"] = "shop"
    shell.run_cell_magic("aws", "", "ecs create-cluster \\\n  --cluster-name {name} --query cluster.status\n# done\n")
    assert capsys.readouterr().out == '"ACTIVE"\n'


def test_an_open_quote_goes_on_with_the_next_line(shell, capsys):
    shell.user_ns["lab"] = Lab.ecs(instances=1)
    shell.run_cell_magic(
        "aws",
        "",
        "ecs list-clusters --query 'clusterArns[\n  0]'\n\necs list-services --query 'length(\nserviceArns)'\n",
    )
    assert capsys.readouterr().out.split() == ['"arn:aws:ecs:us-east-1:123456789012:cluster/default"', "0"]


def test_an_edit_opens_a_box(shell, capsys):
    shell.run_line_magic("kubectl", "edit ns shop")
    assert "<editbox>" in capsys.readouterr().out
    shell.run_line_magic("kubectl", "edit ns nothing")
    assert 'namespaces "nothing" not found' in capsys.readouterr().out
