"""From a line to its output."""

from __future__ import annotations

from labkit.errors import ApiError, Cause, CommandError, ManifestError
from labkit.kubectl import run
from labkit.kubectl.wording import worded


def test_the_word_kubectl_may_be_left_out():
    assert run(None, "kubectl version --client") == run(None, "version --client") == run(None, ["version", "--client"])


def test_output_is_its_text_with_both_streams_apart():
    output = run(None, "version")
    assert output.stdout.endswith("Server Version: v1.36.2\n")
    assert output.stderr.startswith("WARNING: version difference")
    assert str(output) == output.stdout + output.stderr
    assert repr(output) == str(output).rstrip("\n")
    assert output.exit_code == 0


def test_an_open_quote_is_an_error_not_an_exception():
    output = run(None, "get pods -l 'app")
    assert output.exit_code == 1
    assert "open quote" in output.stderr


def test_a_shell_is_not_there():
    assert run(None, "get pods | grep web").stderr == (
        "error: labkit runs one kubectl command, not a shell: it can't do `|`\n"
    )


def test_errors_of_the_server_are_worded_as_kubectl_does():
    assert worded(ApiError.not_found("deployments", "web", "apps")) == (
        'Error from server (NotFound): deployments.apps "web" not found'
    )
    one, two = Cause("spec.a", "FieldValueRequired", "Required value"), Cause("spec.b", "x", "bad")
    assert worded(ApiError.invalid("Pod", "", "web", [one])) == 'The Pod "web" is invalid: spec.a: Required value'
    assert worded(ApiError.invalid("Pod", "", "web", [one, two])) == (
        'The Pod "web" is invalid: \n* spec.a: Required value\n* spec.b: bad'
    )


def test_other_errors_get_the_word_error_once():
    assert worded(ManifestError("no such file")) == "error: no such file"
    assert worded(CommandError("error: bad flag")) == "error: bad flag"
