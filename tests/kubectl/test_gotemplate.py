"""The part of Go's templates that kubectl users write."""

from __future__ import annotations

import pytest

from labkit.errors import CommandError
from labkit.kubectl.gotemplate import showing

POD = {"kind": "Pod", "metadata": {"name": "web", "labels": {"app": "x"}}, "spec": {"c": [{"n": "a"}, {"n": "b"}]}}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.metadata.name}}", "web"),
        ('{{range .spec.c}}{{.n}}{{"\\n"}}{{end}}', "a\nb\n"),
        ("{{range .spec.none}}x{{else}}none{{end}}", "none"),
        ("{{if .metadata.labels}}yes{{else}}no{{end}}", "yes"),
        ("{{if .metadata.nothing}}yes{{else}}no{{end}}", "no"),
        ("{{.metadata.nothing}}", "<no value>"),
        ("{{len .spec.c}}", "2"),
        ('{{index .metadata.labels "app"}}{{index .spec.c 1}}', "xmap[n:b]"),
        ("a  {{- .kind -}}  b", "aPodb"),
        ("{{range .spec.c}}{{if .n}}{{.n}}{{end}};{{end}}", "a;b;"),
    ],
)
def test_a_template_renders(template, text):
    assert showing(template)(POD) == text


@pytest.mark.parametrize("template", ["", "{{.a", '{{printf "%s" .a}}', "{{$x}}"])
def test_what_is_wrong_or_not_simulated_is_refused(template):
    with pytest.raises(CommandError):
        showing(template)(POD)
