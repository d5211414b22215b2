"""Printers against the recorded tables of the real ones, and what the recordings don't reach."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labkit.kubectl import printers
from labkit.kubectl.printers.registry import View

ROWS = json.loads((Path(__file__).parents[1] / "conformance/functions/printers.json").read_text())
NOW = "2026-01-05T09:10:00Z"


@pytest.mark.parametrize("kind", sorted({row["fn"] for row in ROWS}))
def test_every_recorded_row_agrees(kind):
    for row in (row for row in ROWS if row["fn"] == kind):
        assert printers.cells(kind, row["in"]["object"], row["in"]["now"]) == row["out"], row["id"]


def test_a_kind_without_a_printer_shows_its_name_and_creation():
    obj = {"metadata": {"name": "defaults", "creationTimestamp": "2026-01-05T09:00:00Z"}}
    assert printers.cells("LimitRange", obj, NOW) == {"Name": "defaults", "Created At": "2026-01-05T09:00:00Z"}


def test_narrow_tables_leave_out_the_wide_columns():
    assert printers.printer_of("Pod").columns(wide=False) == ["Name", "Ready", "Status", "Restarts", "Age"]
    obj = {"metadata": {"name": "web", "creationTimestamp": "2026-01-05T09:00:00Z"}}
    assert printers.printer_of("Pod").cells(obj, View(NOW)) == ["web", "0/0", "", "0", "10m"]


@pytest.mark.parametrize("kind", sorted(printers.PRINTERS))
def test_every_printer_copes_with_an_object_that_has_nothing_but_a_name(kind):
    cells = printers.cells(kind, {"kind": kind, "metadata": {"name": "x"}}, NOW)
    assert all(isinstance(cell, str | int) for cell in cells.values())


def test_an_ingress_shows_three_hosts_and_counts_the_rules_beyond():
    rules = [{"host": f"h{number}"} for number in range(5)]
    obj = {"metadata": {"name": "i"}, "spec": {"rules": rules, "tls": [{}]}}
    cells = printers.cells("Ingress", obj, NOW)
    assert (cells["Hosts"], cells["Ports"], cells["Class"]) == ("h0,h1,h2 + 2 more...", "80, 443", "<none>")


def test_a_load_balancer_address_is_shortened_in_narrow_tables_only():
    ingress = [{"hostname": "a-very-long-name.elb.example.com"}]
    obj = {
        "metadata": {"name": "s"},
        "spec": {"type": "LoadBalancer"},
        "status": {"loadBalancer": {"ingress": ingress}},
    }
    assert printers.cells("Service", obj, NOW)["External-IP"] == "a-very-long-name.elb.example.com"
    assert printers.printer_of("Service").cells(obj, View(NOW))[3] == "a-very-long-n..."
