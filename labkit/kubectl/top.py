"""`kubectl top pods` and `kubectl top nodes`.

Sources: kubectl pkg/cmd/top/top_{pod,node}.go and pkg/metricsutil/metrics_printer.go, v1.33; the texts are theirs.
Every cell is ended by a tab there, so lines have blanks at their ends. Left out: swap.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from labkit.errors import ApiError, CommandError
from labkit.fields import durations, quantity
from labkit.kinds import KINDS, Key
from labkit.kubectl.call import Call
from labkit.kubectl.parser import Flag, command, group
from labkit.kubectl.resources import ALL_NAMESPACES, SELECTOR_FLAGS, listed
from labkit.kubectl.tables import columns
from labkit.kubelet.resourcemetrics import PodMetrics, node_metrics, pod_metrics
from labkit.kubelet.usage import Use
from labkit.metrics.server import serves

Object = dict[str, Any]
NODE_COLUMNS = ("NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)")
POD_COLUMNS = ("NAME", "CPU(cores)", "MEMORY(bytes)")
MEBI = 2**20
DELAY = 120.0
"""Seconds after which a pod should have metrics."""

SORT_BY = Flag("sort-by", help="cpu or memory: the largest first")
NO_HEADERS = Flag("no-headers", "", "bool", help="Leave the header out")
PROTOCOL = Flag("use-protocol-buffers", "", "bool", True, help="Taken, a lab has no wire")

POD_FLAGS = (
    *SELECTOR_FLAGS, ALL_NAMESPACES, SORT_BY, NO_HEADERS, PROTOCOL,
    Flag("containers", "", "bool", help="A line for each container"),
    Flag("sum", "", "bool", help="Add the sum of all"),
)  # fmt: skip
NODE_FLAGS = (
    SELECTOR_FLAGS[0], SORT_BY, NO_HEADERS, PROTOCOL,
    Flag("show-capacity", "", "bool", help="Shares of the capacity instead of what is allocatable"),
)  # fmt: skip
POD_USAGE, NODE_USAGE = "kubectl top pod [NAME | -l label]", "kubectl top node [NAME | -l label]"
POD_SHORT = "Display resource (CPU/memory) usage of pods."
NODE_SHORT = "Display resource (CPU/memory) usage of nodes."

group("top", "kubectl top SUBCOMMAND", "Display resource (CPU/memory) usage of nodes or pods.")


class Row(NamedTuple):
    """One line: what it is about, in the words of its first columns, and what that uses."""

    namespace: str
    name: str
    use: Use
    parts: tuple[tuple[str, Use], ...] = ()


@command("top po", POD_USAGE, POD_SHORT, *POD_FLAGS)
@command("top pods", POD_USAGE, POD_SHORT, *POD_FLAGS)
@command("top pod", POD_USAGE, POD_SHORT, *POD_FLAGS)
def top_pods(call: Call) -> None:
    """What pods use, as of metrics-server's newest scrape."""
    name = _checked(call)
    if name and (call.flags["selector"] or call.flags["field-selector"]):
        raise CommandError("error: only one of NAME or selector can be provided")
    rows = [_named(call, name)] if name else _known(call)
    if not rows:
        _explain_nothing(call)
        return
    rows = _sorted(rows, call.flags["sort-by"], lambda row: (row.namespace, row.name))
    call.out(_pod_table(call, rows), end="")


@command("top no", NODE_USAGE, NODE_SHORT, *NODE_FLAGS)
@command("top nodes", NODE_USAGE, NODE_SHORT, *NODE_FLAGS)
@command("top node", NODE_USAGE, NODE_SHORT, *NODE_FLAGS)
def top_nodes(call: Call) -> None:
    """What the pods of each node use, and which share of what the node has to give."""
    name = _checked(call)
    if name and call.flags["selector"]:
        raise CommandError("error: only one of NAME or selector can be provided")
    nodes = [item.obj for item in listed(call, KINDS["Node"], selector=call.flags["selector"])]
    if name:
        nodes = [call.cluster.require(Key("Node", "", name))]
    names = [obj["metadata"]["name"] for obj in nodes]
    told = {node: node_metrics(call.cluster, Key("Node", "", node)) for node in names}
    known = [Row("", node, use) for node, use in told.items() if use is not None]
    if not known:
        raise CommandError("error: metrics not available yet")
    rows = [] if call.flags["no-headers"] else [list(NODE_COLUMNS)]
    room = {obj["metadata"]["name"]: _room(obj, call.flags["show-capacity"]) for obj in nodes}
    rows += [_node_cells(row, room[row.name]) for row in _sorted(known, call.flags["sort-by"], lambda row: row.name)]
    rows += [[node, *["<unknown>"] * 4] for node, use in told.items() if use is None]
    call.out(_table(rows), end="")


def _checked(call: Call) -> str:
    """The name that was asked for, or nothing; the flags and the API are looked at first, as the real command does."""
    if len(call.args) > 1:
        raise CommandError(f"error: unexpected arguments: [{' '.join(call.args[1:])}]")
    if call.flags["sort-by"] not in ("", "cpu", "memory"):
        raise CommandError("error: --sort-by accepts only cpu or memory")
    if not serves(call.cluster):
        raise CommandError("error: Metrics API not available")
    return call.args[0] if call.args else ""


def _named(call: Call, name: str) -> Row:
    key = Key("Pod", call.namespace, name)
    call.cluster.require(key)
    found = pod_metrics(call.cluster, key)
    if found is None:
        raise ApiError.not_found("podmetrics", f"{key.namespace}/{name}", "metrics.k8s.io")
    return _pod_row(key, found)


def _known(call: Call) -> list[Row]:
    keys = [item.key for item in _pods(call)]
    return [_pod_row(key, found) for key in keys if (found := pod_metrics(call.cluster, key)) is not None]


def _pods(call: Call) -> list[Any]:
    flags = call.flags
    return list(
        listed(
            call,
            KINDS["Pod"],
            selector=flags["selector"],
            field_selector=flags["field-selector"],
            everywhere=flags["all-namespaces"],
        )
    )


def _pod_row(key: Key, found: PodMetrics) -> Row:
    return Row(key.namespace, key.name, Use(found.cpu, found.memory), tuple(found.containers.items()))


def _explain_nothing(call: Call) -> None:
    pods = _pods(call)
    for item in pods:
        created = call.cluster.clock.seconds(item.obj["metadata"]["creationTimestamp"])
        if (age := call.cluster.clock.now - created) > DELAY:
            name = f"{item.key.namespace}/{item.key.name}"
            raise CommandError(f"error: Metrics not available for pod {name}, age: {durations.format_go(age)}")
    if pods:
        raise CommandError("error: metrics not available yet")
    everywhere = call.flags["all-namespaces"]
    call.err("No resources found" if everywhere else f"No resources found in {call.namespace} namespace.")


def _sorted(rows: list[Row], by: str, name: Callable[[Row], Any]) -> list[Row]:
    if not by:
        return sorted(rows, key=name)
    return sorted(sorted(rows, key=name), key=lambda row: -(row.use.cpu if by == "cpu" else row.use.memory))


def _pod_table(call: Call, rows: list[Row]) -> str:
    flags = call.flags
    before = ["NAMESPACE"] * flags["all-namespaces"] + ["POD"] * flags["containers"]
    lines = [] if flags["no-headers"] else [[*before, *POD_COLUMNS]]
    for row in rows:
        spaced = [row.namespace] * flags["all-namespaces"]
        if flags["containers"]:
            parts = _sorted([Row("", name, use) for name, use in row.parts], flags["sort-by"], lambda one: one.name)
            lines += [[*spaced, row.name, part.name, *_amounts(part.use)] for part in parts]
        else:
            lines.append([*spaced, row.name, *_amounts(row.use)])
    if flags["sum"]:
        total = Use(sum(_whole(row.use).cpu for row in rows), sum(row.use.memory for row in rows))
        lines.append([*[""] * (len(before) + 1), "________", "________"])
        lines.append([*[""] * (len(before) + 1), *_amounts(total)])
    return _table(lines)


def _node_cells(row: Row, room: Use) -> list[str]:
    cpu, memory = _amounts(row.use)
    whole = _whole(row.use)
    return [row.name, cpu, _share(whole.cpu, room.cpu), memory, _share(whole.memory, room.memory)]


def _share(used: float, room: float) -> str:
    return f"{int(used / room * 100)}%" if room else "<unknown>"


def _room(node: Object, capacity: bool) -> Use:
    held = node["status"]["capacity" if capacity else "allocatable"]
    return Use(quantity.milli(held.get("cpu", 0)), quantity.value(held.get("memory", 0)))


def _amounts(use: Use) -> list[str]:
    whole = _whole(use)
    return [f"{whole.cpu:.0f}m", f"{int(whole.memory) // MEBI}Mi"]


def _whole(use: Use) -> Use:
    """As quantities are read: up to the next millicore."""
    return Use(-(-use.cpu // 1), int(use.memory))


def _table(rows: list[list[str]]) -> str:
    return columns([[*row, ""] for row in rows])
