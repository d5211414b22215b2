"""-o custom-columns."""

from __future__ import annotations

import pytest

from labkit.errors import CommandError
from labkit.kubectl.customcolumns import showing

POD = {
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "x"}},
    "spec": {"containers": [{"image": "a"}, {"image": "b"}]},
}


def test_each_column_shows_what_its_path_finds():
    spec = "NAME:.metadata.name,IMAGES:.spec.containers[*].image,LABELS:metadata.labels,NODE:{.spec.nodeName}"
    assert showing(spec, no_headers=False)(POD) == (
        "NAME   IMAGES   LABELS       NODE\nweb    a,b      map[app:x]   <none>\n"
    )


def test_the_header_can_be_left_out():
    assert showing("NAME:.metadata.name", no_headers=True)(POD) == "web\n"
    assert showing("NAME:.metadata.name", no_headers=True)({"kind": "List", "items": []}) == ""
    assert showing("NAME:.metadata.name", no_headers=False)({"kind": "List", "items": []}) == "NAME\n"


@pytest.mark.parametrize("spec", ["", "NAME", "NAME:a:b", "NAME:{.a", "NAME:.a["])
def test_what_is_no_column_is_refused(spec):
    with pytest.raises(CommandError):
        showing(spec, no_headers=False)
