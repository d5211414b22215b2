"""The container instances of one cluster as numpy columns: a cache of the world, good for placing thousands of tasks.

A row is an instance, in order of registration. `refresh` reads the history since the last time and touches only the
rows that it names; a refreshed fleet is always equal to a new one. `fleet_of` keeps one for each cluster of a world.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import msgspec
import numpy as np

from labkit.cluster import Cluster
from labkit.ecs import quotas
from labkit.instancetypes import table
from labkit.kinds.ecs import CONTAINER_INSTANCE, TASK, TYPE_ATTRIBUTE, ContainerInstance, Reserved, Task
from labkit.scheduler.coded import Bools, Coded, Ints

AMOUNTS = ("CPU", "MEMORY", "GPU")
UNKNOWN = 2
"""Tasks with an interface of their own on a machine whose type isn't known: most small types have three."""
ARRAYS = ("remaining", "active", "connected", "interfaces", "interfaces_used", "ports_held", "changed")

Test = Callable[[ContainerInstance, tuple[str, ...]], bool]
Port = tuple[str, int]

ALWAYS_HELD = frozenset(("tcp", port) for port in quotas.RESERVED_PORTS)


class Standing(NamedTuple):
    """A task on an instance: its group, and whether it is to run on."""

    row: int
    group: str
    wanted: bool


class Fleet:
    """One value per instance and thing to know.

    `remaining`: instances by (CPU units, MiB, GPUs) that are left. `active`, `connected`: its status is ACTIVE, its
    agent is connected. `interfaces`: how many tasks may have one of their own, `interfaces_used`: how many have.
    `hosted(group)`: tasks of a group that are not stopped; `wanted(group)`: those of them that are to run on.
    `values(field)`: Coded values of what a strategy spreads over. `asked(key, test)`: a test of each instance.
    """

    def __init__(self, instances: Iterable[ContainerInstance] = (), tasks: Iterable[Task] = ()) -> None:
        self._reset()
        for instance in instances:
            self._read_instance(instance)
        for task in tasks:
            self._read_task(task.id, task)

    def _reset(self) -> None:
        self.version = 1
        self.seen = 0
        self.row: dict[str, int] = {}
        self._arns: tuple[str, ...] = ()
        self.instances: list[ContainerInstance] = []
        self.tasks: dict[str, Standing] = {}
        self.remaining: Ints = np.zeros((0, len(AMOUNTS)), np.int64)
        self.active: Bools = np.zeros(0, np.bool_)
        self.connected: Bools = np.zeros(0, np.bool_)
        self.interfaces: Ints = np.zeros(0, np.int64)
        self.interfaces_used: Ints = np.zeros(0, np.int64)
        self.ports_held: Ints = np.zeros(0, np.int64)
        self.changed: Ints = np.zeros(0, np.int64)
        self._ports: dict[Port, Bools] = {}
        self._ports_of: list[frozenset[Port]] = []
        self._hosted: dict[str, Ints] = {}
        self._wanted: dict[str, Ints] = {}
        self._groups_of: list[dict[str, int]] = []
        self._values: dict[str, Coded] = {}
        self._asked: dict[Hashable, tuple[int, Bools]] = {}
        self._astray: dict[str, Task] = {}

    def __len__(self) -> int:
        return len(self.instances)

    @property
    def arns(self) -> tuple[str, ...]:
        """The ARNs of the instances by row; the same tuple until an instance is added."""
        if len(self._arns) != len(self):
            self._arns = tuple(instance.container_instance_arn for instance in self.instances)
        return self._arns

    def id(self, row: int) -> str:
        """The id of the instance of a row."""
        return self.instances[row].id

    # Keeping in step with the world

    def refresh(self, world: Cluster, name: str) -> Fleet:
        """Catch up with everything written of the cluster `name` since the last time. Returns itself."""
        entries = world.history[self.seen :]
        if not self.seen or any(entry.new is None and entry.key.kind == CONTAINER_INSTANCE for entry in entries):
            self._reset()
            keys = [*world.keys(CONTAINER_INSTANCE, name), *world.keys(TASK, name)]
        else:
            self.version += 1
            keys = [*dict.fromkeys(entry.key for entry in entries if entry.key.namespace == name)]
        for key in (key for key in keys if key.kind == CONTAINER_INSTANCE):
            self._read_instance(world.read(key))
        for key in (key for key in keys if key.kind == TASK):
            self._read_task(key.name, world.read(key))
        self.seen = len(world.history)
        return self

    def _read_instance(self, instance: ContainerInstance) -> None:
        row = self.row.get(instance.id)
        if row is None:
            row = self._add_row(instance)
        self.instances[row] = instance
        self.remaining[row] = [instance.remaining(name) for name in AMOUNTS]
        self.active[row], self.connected[row] = instance.status == "ACTIVE", instance.agent_connected
        self.interfaces[row], self.interfaces_used[row] = _interfaces(instance), instance.enis
        self._set_ports(row, frozenset((way, port) for way in ("tcp", "udp") for port in instance.ports(way)))
        for field, column in self._values.items():
            column.put(row, _value(instance, field))
        self.changed[row] = self.version
        for task in list(self._astray.values()):
            self._read_task(task.id, task)

    def _add_row(self, instance: ContainerInstance) -> int:
        row = self.row[instance.id] = len(self)
        self.instances.append(instance)
        self._groups_of.append({})
        self._ports_of.append(frozenset())
        for name in ARRAYS:
            setattr(self, name, _grown(getattr(self, name)))
        self._ports = {port: _grown(held) for port, held in self._ports.items()}
        self._hosted = {group: _grown(counts) for group, counts in self._hosted.items()}
        self._wanted = {group: _grown(counts) for group, counts in self._wanted.items()}
        for column in self._values.values():
            column.grow(1)
        self._asked.clear()
        return row

    def _set_ports(self, row: int, ports: frozenset[Port]) -> None:
        before = self._ports_of[row]
        if ports == before:
            return
        for port in before ^ ports:
            self._ports.setdefault(port, np.zeros(len(self), np.bool_))[row] = port in ports
        self._ports_of[row] = ports
        self.ports_held[row] = len(ports)

    def _read_task(self, id: str, task: Task | None) -> None:
        before = self.tasks.pop(id, None)
        if before is not None:
            self._count(before, -1)
        self._astray.pop(id, None)
        if task is None or task.is_stopped or not task.container_instance_arn:
            return
        row = self.row.get(task.container_instance_arn.rpartition("/")[2])
        if row is None:
            self._astray[id] = task
            return
        standing = Standing(row, task.group, task.desired_status != "STOPPED")
        self.tasks[id] = standing
        self._count(standing, 1)

    def _count(self, standing: Standing, sign: int) -> None:
        row, group = standing.row, standing.group
        self._counts(self._hosted, group)[row] += sign
        self._counts(self._wanted, group)[row] += sign * standing.wanted
        held = self._groups_of[row]
        held[group] = held.get(group, 0) + sign
        if not held[group]:
            del held[group]
        self.changed[row] = self.version

    def _counts(self, table: dict[str, Ints], group: str) -> Ints:
        if group not in table:
            table[group] = np.zeros(len(self), np.int64)
        return table[group]

    # Trying things out

    def copy(self) -> Fleet:
        """A fleet to try things on: what is done to it nobody else sees, and it isn't to be refreshed."""
        twin = Fleet()
        twin.__dict__ |= self.__dict__
        for name in ARRAYS:
            setattr(twin, name, getattr(self, name).copy())
        twin.row, twin.instances, twin.tasks = dict(self.row), list(self.instances), dict(self.tasks)
        twin._ports_of, twin._groups_of = list(self._ports_of), [dict(held) for held in self._groups_of]
        twin._ports = {port: held.copy() for port, held in self._ports.items()}
        twin._hosted = {group: counts.copy() for group, counts in self._hosted.items()}
        twin._wanted = {group: counts.copy() for group, counts in self._wanted.items()}
        twin._values, twin._asked, twin._astray = {}, {}, {}
        return twin

    def put(self, id: str, row: int, group: str, reserved: Reserved) -> None:
        """Let a task of that id take its part of an instance, as the world will once it is written there."""
        self.version += 1
        self.remaining[row] -= (reserved.cpu, reserved.memory, reserved.gpu)
        self.interfaces_used[row] += reserved.eni
        ports = {*(("tcp", port) for port in reserved.ports), *(("udp", port) for port in reserved.ports_udp)}
        self._set_ports(row, self._ports_of[row] | ports)
        instance = self.instances[row]
        self.instances[row] = msgspec.structs.replace(instance, running_tasks_count=instance.running_tasks_count + 1)
        self.tasks[id] = standing = Standing(row, group, True)
        self._count(standing, 1)

    # Reading

    def hosted(self, group: str) -> Ints:
        """How many tasks of a group are on each instance and not stopped."""
        return self._counts(self._hosted, group)

    def wanted(self, group: str) -> Ints:
        """How many tasks of a group are on each instance and are to run on."""
        return self._counts(self._wanted, group)

    def groups(self, row: int) -> tuple[str, ...]:
        """The groups of the tasks on an instance."""
        return tuple(self._groups_of[row])

    def holding(self, port: Port) -> Bools:
        """On which instances a host port is in use."""
        if port in ALWAYS_HELD:
            return np.ones(len(self), np.bool_)
        found = self._ports.get(port)
        return np.zeros(len(self), np.bool_) if found is None else found

    def values(self, field: str) -> Coded:
        """The values of `instanceId`, `host` or `attribute:NAME`; made when first asked for, then kept in step."""
        if field not in self._values:
            self._values[field] = Coded(_value(instance, field) for instance in self.instances)
        return self._values[field]

    def asked(self, key: Hashable, test: Test) -> Bools:
        """Which instances pass a test that depends on the instance and the groups there; kept under `key`."""
        version, answers = self._asked.get(key, (-1, np.zeros(len(self), np.bool_)))
        for row in (self.changed > version).nonzero()[0].tolist():
            answers[row] = test(self.instances[row], tuple(self._groups_of[row]))
        self._asked[key] = self.version, answers
        return answers


def _grown(array: Any) -> Any:
    return np.concatenate([array, np.zeros((1, *array.shape[1:]), array.dtype)])


def _value(instance: ContainerInstance, field: str) -> str | None:
    return instance.attribute(field.removeprefix("attribute:")) if field.startswith("attribute:") else instance.id


def _interfaces(instance: ContainerInstance) -> int:
    """How many tasks may have an interface of their own: one is the machine's; more where trunking is on."""
    known = table().get(instance.instance_type or instance.attribute(TYPE_ATTRIBUTE) or "")
    if known is None:
        return UNKNOWN
    return known.trunked_tasks if instance.trunked else known.awsvpc_tasks


_KEPT: WeakKeyDictionary[Cluster, dict[str, Fleet]] = WeakKeyDictionary()


def fleet_of(world: Cluster, name: str) -> Fleet:
    """The fleet of the ECS cluster `name`, up to date; only what was written since the last time is read."""
    fleets = _KEPT.setdefault(world, {})
    return fleets.setdefault(name, Fleet()).refresh(world, name)
