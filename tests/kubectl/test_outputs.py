"""What -o asks for."""

from __future__ import annotations

import pytest

from labkit.errors import CommandError
from labkit.kubectl.outputs import as_list, items, named, showing

WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "managedFields": [1]}}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db"}}


def test_names_are_typed_one_a_line():
    assert showing("name")(as_list([WEB, POD])) == "deployment.apps/web\npod/db\n"
    assert showing("name", suffix=" created")(POD) == "pod/db created\n"
    assert named(WEB) == "deployment.apps/web"


def test_a_list_is_its_items_and_an_object_itself():
    assert items(as_list([WEB, POD])) == [WEB, POD]
    assert items(POD) == [POD]


def test_an_empty_list_is_still_a_list():
    assert showing("yaml")(as_list([])) == 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n'


@pytest.mark.parametrize("output", ["yaml", "json", "jsonpath={}"])
def test_who_wrote_which_field_is_left_out(output):
    assert "managedFields" not in showing(output)(WEB)
    assert "managedFields" not in showing(output)(as_list([WEB]))


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            "wied",
            'unable to match a printer suitable for the output format "wied", allowed formats are: custom-columns,',
        ),
        ("jsonpath-file=x", 'labkit does not simulate the output format "jsonpath-file"'),
        ("custom-columns", "custom-columns format specified but no custom columns given"),
        ("go-template", "template format specified but no template given"),
        ("jsonpath={.a", "error parsing jsonpath {.a, unclosed action"),
    ],
)
def test_other_formats_are_refused(output, message):
    with pytest.raises(CommandError) as caught:
        showing(output)
    assert str(caught.value).startswith(f"error: {message}")


def test_a_template_that_does_not_fit_is_shown_with_the_object():
    with pytest.raises(CommandError) as caught:
        showing("jsonpath={.metadata[0]}")(POD)
    assert 'error executing jsonpath "{.metadata[0]}"' in str(caught.value)
    assert "map[apiVersion:v1" in str(caught.value)
