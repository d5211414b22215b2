"""Command lines read as pflag and cobra read them."""

from __future__ import annotations

import pytest

from labkit.errors import CommandError
from labkit.kubectl import run
from labkit.kubectl.parser import COMMANDS, parse

run(None, "version --client")


@pytest.mark.parametrize(
    "words",
    [
        ["get", "pods", "-n", "ops"],
        ["get", "pods", "-nops"],
        ["get", "pods", "-n=ops"],
        ["get", "pods", "--namespace", "ops"],
        ["get", "pods", "--namespace=ops"],
        ["-n", "ops", "get", "pods"],
        ["--namespace=ops", "get", "pods"],
        ["get", "-n", "ops", "pods"],
    ],
)
def test_a_flag_may_stand_anywhere_in_any_spelling(words):
    parsed = parse(words)
    assert (parsed.command.name, parsed.args, parsed.flags["namespace"]) == ("get", ["pods"], "ops")


def test_short_switches_may_be_joined():
    flags = parse(["get", "pods", "-Aowide"]).flags
    assert flags["all-namespaces"] is True
    assert flags["output"] == "wide"


def test_lists_are_split_at_commas_and_add_up():
    assert parse(["get", "no", "-L", "a,b", "-L", "c"]).flags["label-columns"] == ["a", "b", "c"]


def test_a_switch_can_be_turned_off():
    parsed = parse(["api-resources", "--namespaced=false"])
    assert parsed.flags["namespaced"] is False
    assert "namespaced" in parsed.given


def test_what_follows_two_dashes_is_no_flag():
    parsed = parse(["exec", "web", "--", "ls", "-l"])
    assert parsed.args == ["web", "ls", "-l"]
    assert parsed.after_dashes == ["ls", "-l"]


def test_the_longest_name_wins():
    assert parse(["auth", "can-i", "get", "pods"]).command.name == "auth can-i"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["get", "--outputt", "x"], "error: unknown flag: --outputt\nSee 'kubectl get --help' for usage."),
        (["get", "-x"], "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage."),
        (["get", "pods", "-o"], "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage."),
        (["get", "--output"], "error: flag needs an argument: --output\nSee 'kubectl get --help' for usage."),
        (["get", "---x"], "error: bad flag syntax: ---x\nSee 'kubectl get --help' for usage."),
        (["gett"], 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget'),
        (["descrbe"], 'error: unknown command "descrbe" for "kubectl"\n\nDid you mean this?\n\tdescribe'),
        (["frobnicate"], 'error: unknown command "frobnicate" for "kubectl"'),
        (["create", "token", "x"], 'error: labkit does not simulate "kubectl create token"'),
        (["port-forward", "x"], 'error: labkit does not simulate "kubectl port-forward"'),
        (
            ["get", "-A=7"],
            'error: invalid argument "7" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "7": '
            + "invalid syntax\nSee 'kubectl get --help' for usage.",
        ),
    ],
)
def test_a_wrong_line_is_refused_in_the_real_words(words, message):
    with pytest.raises(CommandError) as caught:
        parse(words)
    assert str(caught.value) == message


def test_help_lists_every_flag_of_every_command():
    for name, command in COMMANDS.items():
        text = run(None, f"{name} --help").stdout
        assert command.usage in text
        assert all(f"--{flag.name}" in text for flag in command.flags)


def test_a_group_without_its_subcommand_is_an_error():
    assert run(None, "auth").exit_code == 1
    text = "error: unknown command \"can-u x\"\nSee 'kubectl auth -h' for help and examples\n"
    assert run(None, "auth can-u x").stderr == text
