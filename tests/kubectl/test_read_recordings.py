"""The recorded outputs of reading commands that need no controller: the shop's manifests, standing still."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from labkit.kinds import key_of
from labkit.security import BESIDE, AlwaysAllow

FOLDER = Path(__file__).parents[1] / "conformance/kubectl"
RECORDED = {entry["n"]: entry for entry in json.loads((FOLDER / "read.json").read_text())["commands"]}
STILL = [
    0, 2, 3, 5, 6, 8, 9, 29, 33, 36, 39, 50, 60, 62, 65, 66, 125, 126, 128, 129, 131, 132, 134, 135, 137, 138, 140,
    141, 143, 144, 147, 149, 150, 152, 156,
]  # fmt: skip


@pytest.fixture(scope="module")
def shop(empty_lab):
    lab = empty_lab()
    lab.cluster.beside[BESIDE] = AlwaysAllow()  # the recorded server asked no authorizer
    for namespace in ("default", "kube-system"):
        lab.add("Namespace", namespace)
    documents = [
        document
        for name in ("shop/nodes.yaml", "shop/shop.yaml")
        for document in yaml.safe_load_all((FOLDER / "manifests" / name).read_text())
    ]
    status = documents[0]["status"]
    for number, document in enumerate(documents):
        document.pop("status", None)
        if document["kind"] == "Node":
            document["metadata"]["labels"] |= {"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux"}
        lab.cluster.create(document)
        if document["kind"] == "Node":
            address = {"type": "InternalIP", "address": f"192.168.10.{11 + number}"}
            lab.cluster.set_status(key_of(document), status | {"addresses": [address]})
    return lab


def same(text: str) -> str:
    """The text with ages and runs of spaces made equal."""
    return re.sub(r" +", " ", re.sub(r"<age>|\b\d+s\b", "<age>", text)).rstrip()


@pytest.mark.parametrize("number", STILL)
def test_a_recorded_command_prints_the_same(shop, number):
    entry = RECORDED[number]
    output = shop.kubectl(entry["command"], cwd=FOLDER / "manifests/lab")
    assert same(output.stdout) == same(entry["stdout"])
    assert same(output.stderr) == same(entry["stderr"])
    assert output.exit_code == entry["exit"]
