"""Commands that a lab can only refuse."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("logs nothing", 'error: error from server (NotFound): pods "nothing" not found in namespace "default"\n'),
        ("exec nothing -- ls", 'Error from server (NotFound): pods "nothing" not found\n'),
        ("logs hungry", "Error from server (BadRequest): pod hungry does not have a host assigned\n"),
        ("top nodes", "error: Metrics API not available\n"),
    ],
)
def test_it_is_refused_in_words(lab, command, text):
    output = lab.kubectl(command)
    assert (output.stderr, output.stdout, output.exit_code) == (text, "", 1)
