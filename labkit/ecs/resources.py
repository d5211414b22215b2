"""What a container instance has and what is left of it: CPU, MEMORY, PORTS, PORTS_UDP, GPU. Pure functions.

CPU and MEMORY are numbers; of ports the list names those in use, of GPUs those that are free. The API has no entry for
network interfaces: how many tasks have one is counted (`labkit.kinds.ecs.ContainerInstance.enis`).
Source: botocore 1.44 ecs, ContainerInstance and PortMapping.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.ecs import quotas
from labkit.instancetypes import InstanceType
from labkit.kinds.ecs import Reserved

Object = dict[str, Any]

NOTHING = Reserved()


def number(name: str, amount: int) -> Object:
    """An entry with a number."""
    return {"name": name, "type": "INTEGER", "doubleValue": 0.0, "longValue": 0, "integerValue": amount}


def names(name: str, members: Iterable[str]) -> Object:
    """An entry with a set of names."""
    empty = {"doubleValue": 0.0, "longValue": 0, "integerValue": 0}
    return {"name": name, "type": "STRINGSET", **empty, "stringSetValue": list(members)}


def registered(of: InstanceType, gpu_ids: Iterable[str] = (), reserved_memory: int = 0) -> list[Object]:
    """What an instance of a type registers; `reserved_memory`: MiB that the agent keeps back (ECS_RESERVED_MEMORY)."""
    entries = [
        number("CPU", of.cpu_units),
        number("MEMORY", of.registered_memory - reserved_memory),
        names("PORTS", map(str, quotas.RESERVED_PORTS)),
        names("PORTS_UDP", ()),
    ]
    return [*entries, names("GPU", gpu_ids)] if of.gpus else entries


def taken(entries: Iterable[Object], what: Reserved, gpu_ids: Iterable[str] = ()) -> list[Object]:
    """The remaining resources after a task has taken its share; `gpu_ids` are those it gets."""
    gone = set(gpu_ids)
    return [_changed(entry, what, -1, gone) for entry in entries]


def given_back(entries: Iterable[Object], what: Reserved, gpu_ids: Iterable[str] = ()) -> list[Object]:
    """The remaining resources after a task has given its share back."""
    back = list(gpu_ids)
    return [_changed(entry, what, 1, set(), back) for entry in entries]


def _changed(entry: Object, what: Reserved, sign: int, gone: set[str], back: Iterable[str] = ()) -> Object:
    name = entry["name"]
    if name in ("CPU", "MEMORY"):
        amount = what.cpu if name == "CPU" else what.memory
        return {**entry, "integerValue": entry["integerValue"] + sign * amount}
    if name in ("PORTS", "PORTS_UDP"):
        ports = [str(port) for port in (what.ports if name == "PORTS" else what.ports_udp)]
        if not ports:
            return entry
        held = entry["stringSetValue"]
        kept = [*held, *ports] if sign < 0 else [port for port in held if port not in ports]
        return {**entry, "stringSetValue": kept}
    if name == "GPU":
        return {**entry, "stringSetValue": [*(one for one in entry["stringSetValue"] if one not in gone), *back]}
    return entry


def free_gpus(entries: Iterable[Object], wanted: int) -> list[str]:
    """The first free GPUs."""
    return next((entry["stringSetValue"][:wanted] for entry in entries if entry["name"] == "GPU"), [])
