"""Tables of an extension's kinds, by the columns that its definition names.

Source: apiextensions-apiserver pkg/registry/customresource/tableconvertor/tableconvertor.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.kinds import EXTENSIONS
from labkit.kubectl import jsonpath
from labkit.kubectl.printers.cells import age
from labkit.kubectl.printers.registry import Cell, Object, Row, View, printer
from labkit.manifests import extensions


def _row(columns: Sequence[Object]) -> Row:
    paths = [(column["type"], jsonpath.relaxed(column["jsonPath"])) for column in columns]

    def row(obj: Object, view: View) -> list[Cell]:
        return [obj["metadata"]["name"], *(_cell(obj, view, kind, path) for kind, path in paths)]

    return row


def _cell(obj: Object, view: View, kind: str, path: str) -> Cell:
    found = [value for results in jsonpath.find(path, obj) for value in results]
    if not found:
        return ""
    return age(found[0], view.now) if kind == "date" else jsonpath.go_value(found[0])


for _kind in EXTENSIONS:
    _columns = extensions.columns_of(_kind.name)
    _titles = ["+" * column.get("priority", 0) + column["name"] for column in _columns]
    printer(_kind.name, columns=("Name", *_titles))(_row(_columns))
