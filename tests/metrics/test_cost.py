"""What nodes cost."""

from __future__ import annotations

import pytest

from labkit.metrics.cost import hourly, price


def node(**labels: str) -> dict:
    return {"metadata": {"name": "n", "labels": {name.replace("__", "/"): text for name, text in labels.items()}}}


M5 = node(**{"node.kubernetes.io__instance-type": "m5.large"})
SPOT = node(**{"node.kubernetes.io__instance-type": "m5.large", "karpenter.sh__capacity-type": "spot"})


def test_a_node_costs_what_its_instance_type_costs():
    assert price(M5) == 0.096


def test_a_spot_node_is_cheaper():
    assert price(SPOT) == pytest.approx(0.35 * 0.096)


UNKNOWN = node(**{"node.kubernetes.io__instance-type": "m99.huge"})


@pytest.mark.parametrize("without", [node(), {"metadata": {"name": "n"}}, UNKNOWN])
def test_a_node_without_known_type_has_no_price(without):
    assert price(without) is None


def test_all_nodes_together():
    assert hourly([M5, M5, node()]) == pytest.approx(0.192)
