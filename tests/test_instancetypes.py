"""Instance types: the table, and what follows from it."""

import pytest

from labkit.errors import LabError
from labkit.instancetypes import instance_type, table


@pytest.mark.parametrize(
    ("name", "pods", "prefixed"),
    [
        ("t3.nano", 4, 34), ("t3.small", 11, 110), ("t3.medium", 17, 110), ("m5.large", 29, 110),
        ("m5.4xlarge", 234, 110), ("m5.8xlarge", 234, 250), ("m5.16xlarge", 737, 250), ("m6g.medium", 8, 98),
        ("t2.micro", 4, 4), ("t2.large", 35, 35),
    ],
)  # fmt: skip
def test_pods_follow_from_interfaces_and_addresses(name, pods, prefixed):
    assert (instance_type(name).max_pods, instance_type(name).prefix_pods) == (pods, prefixed)


@pytest.mark.parametrize(("name", "memory"), [("m4.large", 7985), ("c4.large", 3768), ("c4.4xlarge", 30158)])
def test_documented_memory_is_exact(name, memory):
    assert instance_type(name).registered_memory == memory


def test_less_memory_is_registered_than_advertised_and_more_on_a_bigger_type():
    for one in table().values():
        assert 0.6 * one.memory < one.registered_memory < one.memory
    for family in ("t3", "m5", "c5", "r5"):
        sizes = [one for one in table().values() if one.family == family]
        assert sizes == sorted(sizes, key=lambda one: one.registered_memory)


@pytest.mark.parametrize(
    ("name", "plain", "trunked"),
    [("m5.large", 2, 10), ("c5.xlarge", 3, 20), ("r5.24xlarge", 14, 120), ("t3.medium", 2, 2), ("r5.8xlarge", 7, 7)],
)
def test_tasks_with_their_own_interface_are_few_without_trunking(name, plain, trunked):
    assert (instance_type(name).awsvpc_tasks, instance_type(name).trunked_tasks) == (plain, trunked)


def test_cpu_units_are_1024_a_vcpu_and_graviton_is_arm():
    assert instance_type("m5.large").cpu_units == 2048
    assert instance_type("m6g.large").architecture == "arm64"
    assert instance_type("m5.large").architecture == "x86_64"
    assert instance_type("g4dn.xlarge").gpus == 1


def test_spot_costs_less():
    assert all(0 < one.spot_price < one.price for one in table().values())


def test_an_unknown_type_is_refused_and_the_known_ones_are_named():
    with pytest.raises(LabError, match=r"Invalid value 'm5\.larg' for InstanceType\.\nlabkit knows: .*m5\.large"):
        instance_type("m5.larg")
