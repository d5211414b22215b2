"""Task sizes."""

import pytest

from labkit.ecs.sizes import FARGATE, cpu_units, is_fargate, memory_mib


@pytest.mark.parametrize(
    ("text", "units"),
    [("512", 512), ("1 vCPU", 1024), (".5 vcpu", 512), ("0.25 vCPU", 256), ("2 GB", None), ("1.5", None), ("x", None)],
)
def test_cpu_is_read_in_units_or_vcpu(text, units):
    assert cpu_units(text) == units


@pytest.mark.parametrize(("text", "mib"), [("2048", 2048), ("2 GB", 2048), (".5GB", 512), ("1 vCPU", None), ("", None)])
def test_memory_is_read_in_mib_or_gb(text, mib):
    assert memory_mib(text) == mib


@pytest.mark.parametrize(
    ("cpu", "memory", "exists"),
    [
        (256, 512, True), (256, 1024, True), (256, 1536, False), (256, 3072, False), (512, 512, False),
        (1024, 8192, True), (1024, 9216, False), (2048, 16384, True), (4096, 7168, False), (4096, 30720, True),
        (8192, 16384, True), (8192, 17408, False), (8192, 20480, True), (16384, 122880, True), (300, 1024, False),
    ],
)  # fmt: skip
def test_fargate_has_just_the_documented_pairs(cpu, memory, exists):
    assert is_fargate(cpu, memory) == exists


def test_fargate_has_as_many_sizes_as_documented():
    assert [len(memories) for memories in FARGATE.values()] == [3, 4, 7, 13, 23, 12, 12, 3]
